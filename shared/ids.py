"""Identifiers: UUID version 7, so that rows made one after another lie one after another in their index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh, time-ordered identifier. It is unique, not secret: never use one as a token."""
    return uuid7()
