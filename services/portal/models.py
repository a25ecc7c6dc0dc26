"""Every table of the portal, so that migrations see them all."""

from services.portal.base import Base, Clinic
from services.portal.drafts.models import Draft
from services.portal.staff.models import Device, SignInTry, Staff, StaffClinic, StaffRole, WebSession

__all__ = [
    "Base",
    "Clinic",
    "Device",
    "Draft",
    "SignInTry",
    "Staff",
    "StaffClinic",
    "StaffRole",
    "WebSession",
]
