"""Deciding who may come in: the same words and the same work for a wrong name and a wrong password."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.portal import current
from services.portal.staff import details, sessions, throttle
from services.portal.staff.models import Device, Staff
from shared.auth import passwords
from shared.errors import AppError


class SignInRefused(AppError):
    """Wrong name, wrong password, or an account that is switched off: nobody learns which."""

    status, code, title = 401, "sign-in-refused", "That did not work"

    def __init__(self) -> None:
        super().__init__(
            "The e-mail address and the password do not belong together. Check both and try again.",
            headers={"WWW-Authenticate": "Bearer"},
        )


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Who claims to be there, and what the tries of this claim are counted for."""

    staff_id: UUID | None
    password_hash: str | None
    buckets: tuple[throttle.Bucket, ...]


def admit(*, email: str, password: str, device_id: str = "") -> UUID:
    """Return whose e-mail and password these are. Opens short transactions; none is open while hashing.

    Raises:
        TooManyRequests: too many tries failed; the words say how long to wait.
        SignInRefused: for every other reason alike.
    """
    email = _known_form(email)
    moment = current.now()
    with current.transaction() as session:
        visitor = _look_up(session, email, device_id)
        for bucket in visitor.buckets:
            throttle.count(session, bucket, now=moment)
    right = passwords.matches(visitor.password_hash, password)
    if not right or visitor.staff_id is None:
        raise SignInRefused
    with current.transaction() as session:
        for bucket in visitor.buckets:
            throttle.forgive(session, bucket, now=moment)
        throttle.forget_old(session, now=moment)
        sessions.forget_old(session, now=moment)
    return visitor.staff_id


def remember_device(session: Session, *, device_id: str, staff_id: UUID, now: datetime) -> None:
    """Note that this person has signed in with this browser."""
    session.execute(
        insert(Device)
        .values(device_hash=sessions.hash_of(device_id), staff_id=staff_id, last_used_at=now)
        .on_conflict_do_update(
            index_elements=[Device.device_hash, Device.staff_id], set_={"last_used_at": now}
        )
    )


def _known_form(email: str) -> str:
    try:
        return details.normalised_email(email)
    except ValueError:
        # Nobody has it, which is found out below at the same pace as for any other.
        return f"\x7f{email[: details.LONGEST_EMAIL]!a}"


def _look_up(session: Session, email: str, device_id: str) -> _Visitor:
    device_hash = sessions.hash_of(device_id)
    row = session.execute(
        select(Staff.staff_id, Staff.password_hash, Device.device_hash)
        .outerjoin(Device, (Device.staff_id == Staff.staff_id) & (Device.device_hash == device_hash))
        .where(Staff.email == email, Staff.active)
    ).first()
    if row is not None and row.device_hash is not None:
        return _Visitor(row.staff_id, row.password_hash, (throttle.of_device(device_hash, row.staff_id),))
    buckets = (throttle.of_account(email), throttle.of_address(request.remote_addr or ""))
    return _Visitor(row.staff_id, row.password_hash, buckets) if row else _Visitor(None, None, buckets)
