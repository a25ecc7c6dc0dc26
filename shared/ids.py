"""Identifiers: a clinic's short name, and UUIDs of version 7, which lie in their index as they were made."""

import re
from uuid import UUID

from uuid_utils.compat import uuid7

CLINIC_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")


def new_id() -> UUID:
    """Return a fresh, time-ordered identifier. It is unique, not secret: never use one as a token."""
    return uuid7()
