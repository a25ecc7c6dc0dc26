"""Slows down guessing of passwords: after some failures in a row each further try must wait twice as long.

A try is counted before the password is looked at and given back when it was right, so that a hundred tries at
the same moment gain nothing. A browser in which the person has signed in before has a count of its own:
strangers can make each other wait, never somebody who works here.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from sqlalchemy import Interval, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.portal.staff.models import SignInTry
from shared.errors import TooManyRequests

FREE_TRIES = 5
# A whole clinic shares one address.
FREE_TRIES_PER_ADDRESS = 20
SHORTEST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 15 * 60
FORGOTTEN = timedelta(hours=24)
_MOST_DOUBLINGS = 10
_SWEEP_ROWS = 200


@dataclass(frozen=True, slots=True)
class Bucket:
    """What tries are counted for."""

    name: str
    free_tries: int


def of_account(email: str) -> Bucket:
    """Return the count of an account, whether or not it exists. The address itself is not written down."""
    return Bucket(f"account:{hashlib.sha256(email.encode('utf-8', 'replace')).hexdigest()}", FREE_TRIES)


def of_address(address: str) -> Bucket:
    """Return the count of a network address; of IPv6 the half that names the network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return Bucket("address:unknown", FREE_TRIES_PER_ADDRESS)
    network = parsed.exploded[:19] if isinstance(parsed, IPv6Address) else str(parsed)
    return Bucket(f"address:{network}", FREE_TRIES_PER_ADDRESS)


def of_device(device_hash: bytes, staff_id: UUID) -> Bucket:
    """Return the count of one person in one browser they have used before."""
    return Bucket(f"device:{device_hash.hex()}:{staff_id}", FREE_TRIES)


def count(session: Session, bucket: Bucket, *, now: datetime) -> None:
    """Count a try.

    Raises:
        TooManyRequests: it came too soon. It is not counted then, so waiting always helps.
    """
    failures = func.least(1_000_000, SignInTry.failures + 1)
    fresh = SignInTry.last_at < now - FORGOTTEN
    waiting = func.least(
        LONGEST_WAIT_SECONDS,
        SHORTEST_WAIT_SECONDS
        * func.power(2, func.greatest(0, func.least(failures - bucket.free_tries, _MOST_DOUBLINGS))),
    )
    counted = session.execute(
        insert(SignInTry)
        .values(bucket=bucket.name, failures=1, blocked_until=now, last_at=now)
        .on_conflict_do_update(
            index_elements=[SignInTry.bucket],
            set_={
                "failures": case((fresh, 1), else_=failures),
                "blocked_until": case(
                    (fresh | (failures < bucket.free_tries), now),
                    else_=literal(now) + func.make_interval(0, 0, 0, 0, 0, 0, waiting, type_=Interval),
                ),
                "last_at": now,
            },
            where=SignInTry.blocked_until <= now,
        )
        .returning(SignInTry.bucket)
    ).scalar_one_or_none()
    if counted is None:
        until = session.execute(
            select(SignInTry.blocked_until).where(SignInTry.bucket == bucket.name)
        ).scalar_one_or_none()
        seconds = max(1, int((until - now).total_seconds()) + 1) if until else 1
        raise TooManyRequests(words(seconds), retry_after_seconds=seconds)


def forgive(session: Session, bucket: Bucket, *, now: datetime) -> None:
    """Give back a try that was right. What an account or device failed is forgotten, an address's is not."""
    if bucket.free_tries == FREE_TRIES_PER_ADDRESS:
        session.execute(
            update(SignInTry)
            .where(SignInTry.bucket == bucket.name)
            .values(failures=func.greatest(0, SignInTry.failures - 1), blocked_until=now)
        )
    else:
        session.execute(delete(SignInTry).where(SignInTry.bucket == bucket.name))


def forget_old(session: Session, *, now: datetime) -> None:
    """Delete a handful of counts that no longer matter."""
    old = select(SignInTry.bucket).where(SignInTry.last_at < now - FORGOTTEN).limit(_SWEEP_ROWS)
    session.execute(delete(SignInTry).where(SignInTry.bucket.in_(old.with_for_update(skip_locked=True))))


def words(seconds: int) -> str:
    """Say how long to wait."""
    wait = f"{seconds} seconds" if seconds < 90 else f"{(seconds + 59) // 60} minutes"
    return f"Too many tries that failed. Wait {wait}, then try again."
