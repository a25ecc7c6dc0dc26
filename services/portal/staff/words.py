"""What people call the roles."""

from collections.abc import Iterable

from shared.auth.permissions import Role

ROLE_WORDS = {
    Role.FRONT_DESK: "Front desk",
    Role.CLINICIAN: "Clinician",
    Role.MANAGER: "Manager",
    Role.ACCOUNTANT: "Accountant",
    Role.OWNER: "Owner",
}


def role_words(roles: Iterable[str]) -> str:
    """Return the roles as a person would say them, the one with most rights last."""
    return ", ".join(words for role, words in ROLE_WORDS.items() if role in set(roles)) or "No role"
