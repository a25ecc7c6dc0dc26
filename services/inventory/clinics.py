"""The clinics whose shelves are kept here."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.inventory.base import Clinic
from shared import dates
from shared.errors import NotFound


def create_clinic(session: Session, *, clinic_id: str, name: str, time_zone: str) -> Clinic:
    """Add a clinic. Raises ValueError for a time zone nobody knows."""
    dates.zone(time_zone)
    clinic = Clinic(clinic_id=clinic_id, name=name, time_zone=time_zone)
    session.add(clinic)
    session.flush()
    return clinic


def business_date(session: Session, *, clinic_id: str, now: datetime) -> date:
    """Return the day it is at the clinic, or raise NotFound if its shelves are not kept here."""
    zone = session.execute(select(Clinic.time_zone).where(Clinic.clinic_id == clinic_id)).scalar_one_or_none()
    if zone is None:
        raise NotFound("There is no such clinic.")
    return dates.business_date(now, zone)


def today_at(session: Session, *, clinics: Iterable[str], now: datetime) -> dict[str, date]:
    """Return the day it is at each of these clinics."""
    rows = session.execute(
        select(Clinic.clinic_id, Clinic.time_zone).where(Clinic.clinic_id.in_(list(clinics)))
    )
    return {row.clinic_id: dates.business_date(now, row.time_zone) for row in rows}
