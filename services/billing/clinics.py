"""Finding a clinic of billing."""

from sqlalchemy.orm import Session

from services.billing.base import Clinic
from shared.errors import NotFound


def get_clinic(session: Session, clinic_id: str) -> Clinic:
    """Return the clinic, or raise NotFound when billing does not know it."""
    clinic = session.get(Clinic, clinic_id)
    if clinic is None:
        raise NotFound("There is no such clinic among those you work at.")
    return clinic
