"""Who works at the demo clinics. All have the one password that every page of the demo shows."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.portal.staff import service
from shared.auth.passwords import hash_password
from shared.auth.permissions import Role
from shared.auth.tokens import STAFF, Actor
from suite.demo.clinics import HARBOR, MAIN, PLACES
from suite.demo.password import PASSWORD

DESK, CLINICIAN, MANAGER, ACCOUNTANT, OWNER = "desk", "clinician", "manager", "accountant", "owner"
HARBOR_DESK, HARBOR_CLINICIAN = "harbor.desk", "harbor.clinician"

_PEOPLE: tuple[tuple[str, str, Role, tuple[str, ...]], ...] = (
    (DESK, "Dana Whitfield", Role.FRONT_DESK, (MAIN,)),
    (CLINICIAN, "Chloé Marchand", Role.CLINICIAN, (MAIN,)),
    (MANAGER, "Marcus Obi", Role.MANAGER, (MAIN,)),
    (ACCOUNTANT, "Aiko Tanaka", Role.ACCOUNTANT, (MAIN,)),
    (OWNER, "Olivia Brandt", Role.OWNER, (MAIN, HARBOR)),
    (HARBOR_DESK, "Hugo Lindqvist", Role.FRONT_DESK, (HARBOR,)),
    (HARBOR_CLINICIAN, "Thu Hà Phạm", Role.CLINICIAN, (HARBOR,)),
)
AT_THE_DESK = {MAIN: DESK, HARBOR: HARBOR_DESK}
TREATING = {MAIN: CLINICIAN, HARBOR: HARBOR_CLINICIAN}
# Harbor has no manager of its own: the owner does it.
MANAGING = {MAIN: MANAGER, HARBOR: OWNER}


def hire(session: Session, *, now: datetime) -> dict[str, Actor]:
    """Open the accounts at the portal and return everybody, by the first part of their address."""
    for place in PLACES:
        service.create_clinic(session, clinic_id=place.clinic_id, name=place.name)
    # One hash for all: it is the same public password, and each hash takes a tenth of a second on purpose.
    password_hash = hash_password(PASSWORD)
    people = {}
    for account, name, role, clinics in _PEOPLE:
        member = service.create(
            session,
            email=f"{account}@demo.clinic",
            name=name,
            roles=[role.value],
            clinics=clinics,
            password_hash=password_hash,
            must_change_password=False,
            now=now,
        )
        people[account] = Actor(
            str(member.staff_id), name, STAFF, frozenset({role.value}), frozenset(clinics)
        )
    return people
