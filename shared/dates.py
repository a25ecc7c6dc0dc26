"""Dates: strict in, and the business day of a clinic, which is the day on its own wall calendar."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST_YEAR = 2000
LAST_YEAR = 2100

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_date(text: str) -> date:
    """The date of "2026-02-28". Raises ValueError with a sentence for any other shape, day or century.

    The shape is checked first: date.fromisoformat also reads "20240230" and "2024-W01-1".
    """
    if not isinstance(text, str) or _ISO_DATE.fullmatch(text) is None:
        raise ValueError("Write the date as year-month-day, like 2026-02-28.")
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar.") from None
    if not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        raise ValueError(f"The year must be between {FIRST_YEAR} and {LAST_YEAR}.")
    return parsed


def business_date(now_utc: datetime, time_zone: str) -> date:
    """The day it is at the clinic at that moment.

    Raises ValueError for a time without zone (it would be read in the server's) and for an unknown time zone.
    """
    if now_utc.tzinfo is None:
        raise ValueError("The time must say its zone.")
    return now_utc.astimezone(zone(time_zone)).date()


def zone(time_zone: str) -> ZoneInfo:
    """The named time zone, like "America/New_York". Raises ValueError if there is none of that name."""
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{time_zone!r} is not a time zone.") from None
