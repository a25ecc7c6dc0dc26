"""Create, disable and change accounts. There is always one owner left who can sign in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.portal.base import Clinic
from services.portal.staff import details
from services.portal.staff.models import Device, Staff, StaffClinic, StaffRole, WebSession
from shared.auth.permissions import Role
from shared.errors import Conflict, FieldError, NotFound
from shared.ids import CLINIC_ID, new_id

# Two owners who disable each other at the same moment must not both succeed.
_OWNERS_ONE_AT_A_TIME = 4_711_010


class EmailTaken(Conflict):
    code, title = "email-taken", "Somebody has this e-mail address already"


class LastOwner(Conflict):
    code, title = "last-owner", "One owner must stay"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An account as it is shown: never with its password."""

    staff_id: UUID
    email: str
    name: str
    active: bool
    must_change_password: bool
    roles: tuple[str, ...]
    clinics: tuple[str, ...]


def create(
    session: Session,
    *,
    email: str,
    name: str,
    roles: Iterable[str],
    clinics: Iterable[str],
    password_hash: str,
    must_change_password: bool,
    now: datetime,
) -> StaffMember:
    """Add an account.

    Raises:
        Invalid: a detail is not usable; `errors` says which.
        EmailTaken: there is an account with this address.
    """
    address, clean_name, chosen_roles, chosen_clinics = details.all_at_once(
        lambda: details.read_email(email),
        lambda: details.read_name(name),
        lambda: details.read_roles(roles),
        lambda: _known_clinics(session, clinics),
    )
    staff_id = new_id()
    added = session.execute(
        insert(Staff)
        .values(
            staff_id=staff_id,
            email=address,
            name=clean_name,
            password_hash=password_hash,
            active=True,
            must_change_password=must_change_password,
            created_at=now,
            password_changed_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Staff.email])
        .returning(Staff.staff_id)
    ).scalar_one_or_none()
    if added is None:
        words = "Use another address, or change the account that has it."
        raise EmailTaken(words, errors=[FieldError("/email", "taken", words)])
    _write_roles(session, staff_id, chosen_roles)
    _write_clinics(session, staff_id, chosen_clinics)
    return get(session, staff_id=staff_id)


def get(session: Session, *, staff_id: UUID) -> StaffMember:
    """Return one account, or raise NotFound."""
    found = _members(session, Staff.staff_id == staff_id)
    if not found:
        raise NotFound("There is no such account.")
    return found[0]


def find(session: Session, *, email: str) -> StaffMember:
    """Return the account with this address, or raise NotFound."""
    found = _members(session, Staff.email == details.read_email(email))
    if not found:
        raise NotFound(f"There is no account {email}.")
    return found[0]


def list_all(session: Session) -> list[StaffMember]:
    """Return every account by name. Cost: one row per person who ever worked here."""
    return _members(session)


def list_clinics(session: Session) -> dict[str, str]:
    """Return the names of all clinics by id."""
    rows = session.execute(select(Clinic.clinic_id, Clinic.name).order_by(Clinic.name, Clinic.clinic_id))
    return {row.clinic_id: row.name for row in rows}


def disable(session: Session, *, staff_id: UUID, now: datetime) -> StaffMember:
    """Let this person in no more: their sessions end with this transaction.

    Raises:
        LastOwner: nobody could manage the accounts any more.
    """
    _change(session, staff_id, active=False)
    _refuse_without_owner(session)
    end_sessions(session, staff_id=staff_id, now=now)
    return get(session, staff_id=staff_id)


def enable(session: Session, *, staff_id: UUID) -> StaffMember:
    """Let this person in again, with the password they had."""
    _change(session, staff_id, active=True)
    return get(session, staff_id=staff_id)


def set_roles(session: Session, *, staff_id: UUID, roles: Iterable[str]) -> StaffMember:
    """Give this person exactly these roles. Open sessions have them from their next request on.

    Raises:
        LastOwner: nobody could manage the accounts any more.
    """
    chosen = details.read_roles(roles)
    get(session, staff_id=staff_id)
    session.execute(delete(StaffRole).where(StaffRole.staff_id == staff_id))
    _write_roles(session, staff_id, chosen)
    _refuse_without_owner(session)
    return get(session, staff_id=staff_id)


def set_clinics(session: Session, *, staff_id: UUID, clinics: Iterable[str]) -> StaffMember:
    """Let this person work at exactly these clinics."""
    get(session, staff_id=staff_id)
    chosen = _known_clinics(session, clinics)
    session.execute(delete(StaffClinic).where(StaffClinic.staff_id == staff_id))
    _write_clinics(session, staff_id, chosen)
    return get(session, staff_id=staff_id)


def set_password(
    session: Session, *, staff_id: UUID, password_hash: str, must_change: bool, now: datetime
) -> StaffMember:
    """Replace the password and end every session of this person."""
    _change(
        session,
        staff_id,
        password_hash=password_hash,
        must_change_password=must_change,
        password_changed_at=now,
    )
    end_sessions(session, staff_id=staff_id, now=now)
    if must_change:
        # Somebody else set it, so trust in the browsers used before ends as well.
        session.execute(delete(Device).where(Device.staff_id == staff_id))
    return get(session, staff_id=staff_id)


def create_clinic(session: Session, *, clinic_id: str, name: str) -> None:
    """Add a clinic, or correct the name of one that is there."""
    if not CLINIC_ID.fullmatch(clinic_id):
        raise details.invalid("clinic_id", "Use a short name in small letters, such as main.")
    clean = details.read_name(name)
    session.execute(
        insert(Clinic)
        .values(clinic_id=clinic_id, name=clean)
        .on_conflict_do_update(index_elements=[Clinic.clinic_id], set_={"name": clean})
    )


def end_sessions(session: Session, *, staff_id: UUID, now: datetime) -> None:
    """End every session of this person."""
    session.execute(
        update(WebSession)
        .where(WebSession.staff_id == staff_id, WebSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _change(session: Session, staff_id: UUID, **values: Any) -> None:
    changed = session.execute(
        update(Staff).where(Staff.staff_id == staff_id).values(**values).returning(Staff.staff_id)
    ).scalar_one_or_none()
    if changed is None:
        raise NotFound("There is no such account.")


def _write_roles(session: Session, staff_id: UUID, roles: Sequence[str]) -> None:
    session.execute(insert(StaffRole), [{"staff_id": staff_id, "role": role} for role in roles])


def _known_clinics(session: Session, clinics: Iterable[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(clinics))
    if not chosen:
        raise details.invalid("clinics", "Choose at least one clinic.")
    known = session.execute(select(Clinic.clinic_id).where(Clinic.clinic_id.in_(chosen))).scalars().all()
    if unknown := sorted(set(chosen) - set(known)):
        raise details.invalid("clinics", f"There is no clinic {', '.join(unknown)}.")
    return chosen


def _write_clinics(session: Session, staff_id: UUID, clinics: Sequence[str]) -> None:
    session.execute(
        insert(StaffClinic), [{"staff_id": staff_id, "clinic_id": clinic_id} for clinic_id in clinics]
    )


def _refuse_without_owner(session: Session) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _OWNERS_ONE_AT_A_TIME})
    # A statement of its own after the lock: it sees what whoever held it before has committed.
    left = session.execute(
        select(
            exists().where(
                Staff.staff_id == StaffRole.staff_id, Staff.active, StaffRole.role == Role.OWNER.value
            )
        )
    ).scalar_one()
    if not left:
        raise LastOwner("Nobody could manage the accounts any more. Make somebody else an owner first.")


def _members(session: Session, *conditions: Any) -> list[StaffMember]:
    roles = (
        select(func.array_agg(StaffRole.role)).where(StaffRole.staff_id == Staff.staff_id).scalar_subquery()
    )
    clinics = (
        select(func.array_agg(StaffClinic.clinic_id))
        .where(StaffClinic.staff_id == Staff.staff_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Staff.staff_id,
            Staff.email,
            Staff.name,
            Staff.active,
            Staff.must_change_password,
            roles.label("roles"),
            clinics.label("clinics"),
        )
        .where(*conditions)
        .order_by(Staff.active.desc(), func.lower(Staff.name), Staff.staff_id)
    )
    return [
        StaffMember(
            staff_id=row.staff_id,
            email=row.email,
            name=row.name,
            active=row.active,
            must_change_password=row.must_change_password,
            roles=tuple(sorted(row.roles or ())),
            clinics=tuple(sorted(row.clinics or ())),
        )
        for row in rows
    ]
