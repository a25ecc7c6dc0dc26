"""What day it is at the clinic where somebody works just now."""

from datetime import date

from flask import current_app

from services.portal import current
from services.portal.clients import billing
from services.portal.showing import SHORT_SECONDS, if_it_answers
from shared import dates


def today() -> date:
    """Return the clinic's business day; the day in UTC while billing is away and never said its time zone."""
    zones: dict[str, str] = current_app.extensions.setdefault("time_zones", {})
    clinic_id = current.working_clinic()
    if clinic_id not in zones:
        # A clinic does not move: its time zone is asked for once.
        found = if_it_answers(billing().within(SHORT_SECONDS).clinics) or {"items": []}
        zones.update({clinic["clinic_id"]: clinic["time_zone"] for clinic in found["items"]})
    return dates.business_date(current.now(), zones.get(clinic_id, "UTC"))
