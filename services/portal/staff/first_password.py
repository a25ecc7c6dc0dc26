"""A password that somebody else chose opens nothing but the page where it is replaced."""

from flask import Flask, request

from services.portal import current
from services.portal.staff.loading import needs_somebody
from shared.errors import Forbidden

_OPEN = frozenset({"staff.password_page", "staff.change_password"})


class PasswordChangeNeeded(Forbidden):
    code, title = "password-change-needed", "Choose your own password first"


def install(app: Flask) -> None:
    """Insist before every page."""
    app.before_request(_insist)


def _insist() -> None:
    person = current.signed_in()
    if person is None or not person.must_change_password or request.endpoint in _OPEN:
        return
    if needs_somebody():
        raise PasswordChangeNeeded("Replace the password you were given before you go on.")
