"""The cookies of a browser: its session, its visitor's slip before sign-in, and the mark of a known device.

Over https all names begin with `__Host-`: set by this host over TLS only, for every path, never by another.
The http demo on one's own machine uses plain names, because browsers refuse the prefix there.

SameSite is Lax, not Strict: a link in an e-mail or on a payment page must open an invoice without a second
sign-in. Nothing changes state on GET, and every other method proves its origin and a token (see `csrf.py`).
"""

import secrets
from typing import Any

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog import get_logger

from services.portal import current
from services.portal.staff import sessions
from shared.errors import Malformed
from shared.settings import Settings

log = get_logger()

SESSION, VISITOR, DEVICE = "clinic_session", "clinic_visitor", "clinic_device"
YEAR_SECONDS = 365 * 24 * 3600
VISITOR_SECONDS = 24 * 3600


def is_secure() -> bool:
    """Tell whether browsers reach us over https."""
    settings: Settings = current_app.extensions["settings"]
    return settings.portal_url.startswith("https://")


def full_name(name: str) -> str:
    """Return what the cookie is called on the way."""
    return f"__Host-{name}" if is_secure() else name


def read(name: str) -> str:
    """Return a cookie of this request, empty when there is none.

    Raises:
        Malformed: there are two of that name; a neighbour may have planted one.
    """
    found = request.cookies.getlist(full_name(name))
    if len(found) > 1:
        raise Malformed(
            "Your browser sent two sign-in cookies. Clear the cookies of this site and sign in again."
        )
    return found[0] if found else ""


def write(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie that no script can read and no other host can set."""
    response.set_cookie(
        full_name(name), value, max_age=max_age, path="/", secure=is_secure(), httponly=True, samesite="Lax"
    )


def forget(response: Response, name: str) -> None:
    """Take a cookie away."""
    response.delete_cookie(full_name(name), path="/", secure=is_secure(), httponly=True, samesite="Lax")


def device_id() -> str:
    """Return the mark of this browser, a new one if it has none."""
    return read(DEVICE) or secrets.token_urlsafe(32)


class Sessions(SecureCookieSessionInterface):
    """Flask's `session`: for somebody signed in a row in PostgreSQL, for a visitor a small signed cookie.

    A visitor needs no more than the proof in the sign-in form and perhaps a message. That in a signed cookie
    costs us nothing, so that nobody can fill the database by opening the sign-in page.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """Begin empty: reading the database may fail, and only later is there somebody to say so well."""
        return SecureCookieSession()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Keep what this request has changed."""
        if not g.get("session_is_loaded") or not session.modified:
            return
        person = current.signed_in()
        if person is None:
            self._save_visitor(app, session, response)
            return
        try:
            with current.transaction() as transaction:
                sessions.keep_data(transaction, session_hash=person.session_hash, data=dict(session))
        except (DBAPIError, PoolTimeout):
            # Only a message for the next page is lost; what this request did is done and must be answered.
            log.warning("session_data_lost")

    def _save_visitor(self, app: Flask, session: Any, response: Response) -> None:
        signer = self.get_signing_serializer(app)
        if session and signer is not None:
            write(response, VISITOR, str(signer.dumps(dict(session))))
        elif read(VISITOR):
            forget(response, VISITOR)


def visitor_data() -> dict[str, Any]:
    """Return what the cookie of somebody not signed in says, nothing if it is not ours or too old."""
    signer = Sessions().get_signing_serializer(current_app)
    value = read(VISITOR)
    if not value or signer is None:
        return {}
    try:
        found = signer.loads(value, max_age=VISITOR_SECONDS)
    except BadSignature:
        return {}
    return dict(found) if isinstance(found, dict) else {}
