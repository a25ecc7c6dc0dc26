"""What an account is made of, read strictly: e-mail, name, roles, clinics, password."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from services.portal.staff.models import ROLES
from shared.auth import passwords
from shared.errors import FieldError, Invalid
from shared.web.fields import clean_text

LONGEST_EMAIL = 200
LONGEST_NAME = 100
_EMAIL = re.compile(r"[^@\s,;:<>()\"\\]{1,64}@[^@\s,;:<>()\"\\]{1,180}")
# Without letters and digits that are mistaken for each other when read from a note.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_ONE_TIME_GROUPS, _ONE_TIME_LETTERS = 4, 5


def normalised_email(text: str) -> str:
    """Return the address in the one form it is stored and looked up in.

    Raises:
        ValueError: it is not one e-mail address.
    """
    if len(text) > LONGEST_EMAIL:
        raise ValueError(f"Use at most {LONGEST_EMAIL} characters.")
    # Compatibility form first, so that look-alikes in full width become the address they look like.
    email = unicodedata.normalize("NFKC", clean_text(text)).lower()
    if not _EMAIL.fullmatch(email):
        raise ValueError("This does not look like one e-mail address.")
    return email


def read_email(text: str) -> str:
    """Return the normalised address, or raise Invalid at /email."""
    try:
        return normalised_email(text)
    except ValueError as refused:
        raise invalid("email", str(refused)) from refused


def read_name(text: str) -> str:
    """Return the trimmed name, or raise Invalid at /name."""
    try:
        name = clean_text(text)
    except ValueError as refused:
        raise invalid("name", str(refused)) from refused
    if not 1 <= len(name) <= LONGEST_NAME:
        raise invalid("name", f"Use 1 to {LONGEST_NAME} characters.")
    return name


def read_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """Return the roles without repetition, or raise Invalid at /roles."""
    found = tuple(dict.fromkeys(roles))
    if not found:
        raise invalid("roles", "Choose at least one role.")
    if any(role not in ROLES for role in found):
        raise invalid("roles", f"The roles are {', '.join(ROLES)}.")
    return found


def check_password(password: str, *, email: str, field: str = "password") -> None:
    """Raise Invalid at `field` for a password that is too short, too long, or the person's own address."""
    try:
        passwords.check_strength(password)
    except passwords.WeakPassword as weak:
        raise invalid(field, str(weak)) from weak
    if email.partition("@")[0] in password.lower() and len(password) < len(email) + passwords.MINIMUM_LENGTH:
        raise invalid(field, "Leave your own e-mail address out of it.")


def one_time_password() -> str:
    """Return a fresh password to be told to somebody, who must change it at once."""
    return "-".join(
        "".join(secrets.choice(_READABLE) for _ in range(_ONE_TIME_LETTERS)) for _ in range(_ONE_TIME_GROUPS)
    )


def all_at_once(*checks: Callable[[], Any]) -> list[Any]:
    """Return what every check found, or raise one Invalid with everything that is wrong."""
    found: list[Any] = []
    errors: list[FieldError] = []
    for check in checks:
        try:
            found.append(check())
        except Invalid as refused:
            errors.extend(refused.errors)
    if errors:
        raise Invalid("Some fields need another look.", errors=errors)
    return found


def invalid(field: str, words: str) -> Invalid:
    """Return the refusal of one field."""
    return Invalid("Some fields need another look.", errors=[FieldError(f"/{field}", "invalid", words)])
