"""Passwords: Argon2id, with the same work done for an unknown name as for a known one."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256

_hasher = PasswordHasher()


class WeakPassword(ValueError):
    """The password is too short or too long; the message says which."""


def check_strength(password: str) -> None:
    """Raise WeakPassword unless the length is right. Length is what counts; no composition rules (NIST 800-63B)."""
    if not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        raise WeakPassword(f"Use between {MINIMUM_LENGTH} and {MAXIMUM_LENGTH} characters.")


def hash_password(password: str) -> str:
    """Return the Argon2id hash to store."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Tell whether the password belongs to the stored hash. None costs as much as a wrong password."""
    if len(password) > MAXIMUM_LENGTH:
        password = password[:MAXIMUM_LENGTH] + "!"
    try:
        _hasher.verify(stored or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("a password that nobody has")
