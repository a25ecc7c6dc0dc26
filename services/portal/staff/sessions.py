"""Server-side sessions: begun at sign-in, read by every request, ended by time, leaving or a new password."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.portal.base import Clinic
from services.portal.current import SignedIn
from services.portal.staff.models import Staff, StaffClinic, StaffRole, WebSession
from shared.auth.tokens import STAFF, Actor

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# How long an expired session still knows whose it was, so that what they send is kept as their draft.
REMEMBERED = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=1)

_SESSION_ID = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Expired:
    """A session that ended by time alone: whose it was, and what its forms prove themselves with."""

    staff_id: UUID
    clinic_id: str | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Live:
    """A session that lets its person in."""

    signed_in: SignedIn
    data: dict[str, Any]
    last_seen_at: datetime


def new_csrf_value() -> str:
    """Return what the forms of one session prove themselves with."""
    return secrets.token_hex(20)


def begin(session: Session, *, staff_id: UUID, clinic_id: str | None, csrf_value: str, now: datetime) -> str:
    """Open a session and return its id, which is nowhere written down but in the person's browser."""
    session_id = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            session_hash=hash_of(session_id),
            staff_id=staff_id,
            clinic_id=clinic_id,
            data={"csrf_token": csrf_value},
            created_at=now,
            last_seen_at=now,
            ended_at=None,
        )
    )
    session.flush()
    return session_id


def find(session: Session, *, session_id: str, now: datetime) -> Live | Expired | None:
    """Return the session with this id, alive or expired; None when it never was, was ended, or is long gone.

    Roles, clinics and whether the account is active are read here: a change holds from the next request on.
    """
    if not _SESSION_ID.fullmatch(session_id):
        return None
    roles = (
        select(func.array_agg(StaffRole.role)).where(StaffRole.staff_id == Staff.staff_id).scalar_subquery()
    )
    places = (
        select(func.jsonb_object_agg(Clinic.clinic_id, Clinic.name, type_=JSONB))
        .join_from(StaffClinic, Clinic, StaffClinic.clinic_id == Clinic.clinic_id)
        .where(StaffClinic.staff_id == Staff.staff_id)
        .scalar_subquery()
    )
    row = session.execute(
        select(WebSession, Staff.name, Staff.email, Staff.must_change_password, roles, places)
        .join(Staff, Staff.staff_id == WebSession.staff_id)
        .where(
            WebSession.session_hash == hash_of(session_id),
            WebSession.ended_at.is_(None),
            WebSession.last_seen_at > now - REMEMBERED,
            Staff.active,
        )
    ).first()
    if row is None:
        return None
    found, name, email, must_change, role_names, clinics = row
    if found.last_seen_at <= now - IDLE or found.created_at <= now - LONGEST:
        return Expired(found.staff_id, found.clinic_id, found.data)
    clinic_names = dict(sorted((clinics or {}).items(), key=lambda clinic: clinic[1]))
    person = SignedIn(
        actor=Actor(str(found.staff_id), name, STAFF, frozenset(role_names or ()), frozenset(clinic_names)),
        staff_id=found.staff_id,
        email=email,
        clinic_id=found.clinic_id if found.clinic_id in clinic_names else next(iter(clinic_names), None),
        clinic_names=clinic_names,
        must_change_password=must_change,
        session_hash=found.session_hash,
    )
    return Live(person, found.data, found.last_seen_at)


def touch(session: Session, *, session_hash: bytes, now: datetime) -> None:
    """Note that the person is still here."""
    _update(session, session_hash, last_seen_at=now)


def keep_data(session: Session, *, session_hash: bytes, data: dict[str, Any]) -> None:
    """Store what pages keep in the session: messages for the next page."""
    _update(session, session_hash, data=data)


def choose_clinic(session: Session, *, session_hash: bytes, clinic_id: str) -> None:
    """Remember at which clinic the person is working."""
    _update(session, session_hash, clinic_id=clinic_id)


def end(session: Session, *, session_id: str, now: datetime) -> None:
    """End this one session."""
    _update(session, hash_of(session_id), ended_at=now)


def forget_old(session: Session, *, now: datetime) -> None:
    """Delete the rows of sessions that nobody can come back to."""
    session.execute(delete(WebSession).where(WebSession.last_seen_at < now - REMEMBERED))


def hash_of(session_id: str) -> bytes:
    """Return what is stored in place of a random id."""
    return hashlib.sha256(session_id.encode("utf-8", "surrogateescape")).digest()


def _update(session: Session, session_hash: bytes, **values: Any) -> None:
    session.execute(update(WebSession).where(WebSession.session_hash == session_hash).values(**values))
