"""Lot codes and expiry dates as they are printed, and as they are compared. Pure."""

import calendar
import re
import unicodedata
from datetime import date
from typing import NamedTuple

from shared.dates import parse_date

DAY, MONTH = "day", "month"
_MONTH_ONLY = re.compile(r"[0-9]{4}-[0-9]{2}")


class Expiry(NamedTuple):
    """The last day of use, and whether the label named the day or only its month."""

    on: date
    precision: str


def fold_code(code: str) -> str:
    """Return the lot code as it is compared: "a1 " and "A1" are the same lot."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", code).strip().casefold())


def parse_expiry(text: str) -> Expiry:
    """Read "2026-11-20", or "2026-11" for a label with the month only: good until the last day of it.

    Raises ValueError with a sentence for any other shape, day or century.
    """
    if isinstance(text, str) and _MONTH_ONLY.fullmatch(text):
        first = parse_date(f"{text}-01")
        return Expiry(first.replace(day=calendar.monthrange(first.year, first.month)[1]), MONTH)
    return Expiry(parse_date(text), DAY)
