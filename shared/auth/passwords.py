"""Passwords: Argon2id, with the same work done for an unknown name as for a known one."""

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256

_hasher = PasswordHasher()
# One hash takes 64 MiB while it runs: many at once would be a way to exhaust the machine.
_one_at_a_time = threading.Lock()


class WeakPassword(ValueError):
    """The password is too short or too long; the message says which."""


def check_strength(password: str) -> None:
    """Raise WeakPassword unless the length is right.

    Length is what counts; no composition rules (NIST 800-63B).
    """
    if not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        raise WeakPassword(f"Use between {MINIMUM_LENGTH} and {MAXIMUM_LENGTH} characters.")


def hash_password(password: str) -> str:
    """Return the Argon2id hash to store."""
    with _one_at_a_time:
        return _hasher.hash(_as_bytes(password))


def matches(stored: str | None, password: str) -> bool:
    """Tell whether the password belongs to the stored hash. None costs as much as a wrong password."""
    if len(password) > MAXIMUM_LENGTH:
        password = password[:MAXIMUM_LENGTH] + "!"
    # Made before it is needed, or the first unknown name would take twice as long as a known one.
    nobodys = _nobodys_hash()
    try:
        with _one_at_a_time:
            _hasher.verify(stored or nobodys, _as_bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def _as_bytes(password: str) -> bytes:
    """Return the same bytes for the same characters, however a keyboard composes them, even half ones."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _nobodys_hash() -> str:
    return hash_password("a password that nobody has")
