"""The clinic a page is about: its day, and the time on its wall."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app

from services.portal import clients, current
from shared.dates import business_date, zone
from shared.errors import NotFound

KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Place:
    """One clinic, as far as a page must know it."""

    clinic_id: str
    name: str
    time_zone: str
    currency: str

    @property
    def today(self) -> date:
        """The day it is there now."""
        return business_date(current.now(), self.time_zone)

    def hour(self, moment: str | None) -> str:
        """Return "09:12" for a time from the API, with the day in front when it was not today."""
        if not moment:
            return ""
        local = datetime.fromisoformat(moment).astimezone(zone(self.time_zone))
        shown = f"{local:%H:%M}"
        return shown if local.date() == self.today else f"{day_words(local.date())}, {shown}"


def here() -> Place:
    """Return the clinic this person is working at."""
    clinic_id = current.working_clinic()
    kept: dict[str, tuple[float, Place]] = current_app.extensions.setdefault("places", {})
    until, place = kept.get(clinic_id, (0.0, None))
    if place is None or time.monotonic() > until:
        place = _ask(clinic_id)
        kept[clinic_id] = (time.monotonic() + KEPT_SECONDS, place)
    return place


def day_words(day: date | str | None) -> str:
    """Return "Nov 20, 2026"."""
    if not day:
        return ""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day:%b} {day.day}, {day.year}"


def _ask(clinic_id: str) -> Place:
    found: list[dict[str, Any]] = clients.billing().clinics()["items"]
    for clinic in found:
        if clinic["clinic_id"] == clinic_id:
            return Place(clinic_id, clinic["name"], clinic["time_zone"], clinic["currency"])
    raise NotFound("Billing does not know this clinic yet. Ask the owner to set it up.")
