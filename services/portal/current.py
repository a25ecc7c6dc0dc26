"""Who is signed in to this request, at which clinic, and the portal's own transactions."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, g
from sqlalchemy.orm import Session

from shared.auth.tokens import Actor
from shared.db import EVERY_CLINIC, database
from shared.errors import AppError, NotFound


class NotSignedIn(AppError):
    """Nobody is signed in. A browser is led to the sign-in page, a program gets 401."""

    status, code, title = 401, "not-signed-in", "Sign in first"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a live session, read from the database at the beginning of this request."""

    actor: Actor
    staff_id: UUID
    email: str
    clinic_id: str | None
    clinic_names: Mapping[str, str]
    must_change_password: bool
    session_hash: bytes


def signed_in() -> SignedIn | None:
    """Return who is signed in, if anybody."""
    found: SignedIn | None = g.get("signed_in")
    return found


def person() -> SignedIn:
    """Return who is signed in, or raise NotSignedIn."""
    found = signed_in()
    if found is None:
        raise NotSignedIn("Your session has ended, or you have not signed in yet.")
    return found


def authenticate() -> Actor:
    """Say who is asking: the way the portal's guards know."""
    return person().actor


def working_clinic() -> str:
    """Return the clinic this person is working at just now, or raise NotFound when they work at none."""
    clinic_id = person().clinic_id
    if clinic_id is None:
        raise NotFound("You work at no clinic yet. Ask the owner to add you to one.")
    return clinic_id


def now() -> datetime:
    """Return the time of the portal's clock, which tests and the demo may set."""
    moment: datetime = current_app.extensions["clock"]()
    return moment


def transaction() -> AbstractContextManager[Session]:
    """Open a transaction on accounts, sessions and drafts. They belong to the house, not to a clinic."""
    return database().transaction(EVERY_CLINIC)


def reading() -> AbstractContextManager[Session]:
    """As `transaction()`, for what only reads."""
    return database().reading(EVERY_CLINIC)
