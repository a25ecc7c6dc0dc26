"""Nobody else's page can act for a person signed in here: origin, and a proof that only our pages hold."""

from urllib.parse import urlsplit

from flask import Flask, flash, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]

from services.portal.current import NotSignedIn
from services.portal.drafts.routes import keep_of_expired
from services.portal.staff.loading import needs_somebody, reads_cookies
from shared.app import MOST_FORM_FIELDS
from shared.errors import AppError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_protection = CSRFProtect()


class CsrfRefused(AppError):
    status, code, title = 403, "csrf", "This page was out of date"


class TooManyFields(AppError):
    status, code, title = 413, "too-large", "The form has too many fields"


def install(app: Flask) -> None:
    """Check every request that may change something before its view is called."""
    app.config.update(
        # Checked below, where an expired session is told apart from a forgery.
        WTF_CSRF_CHECK_DEFAULT=False,
        # As long as the session: a till stands open all day.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    _protection.init_app(app)
    app.before_request(_check)


def _check() -> None:
    if request.method in SAFE_METHODS or request.endpoint is None or not reads_cookies():
        return
    _refuse_other_origins()
    if len(request.form.to_dict(flat=False)) > MOST_FORM_FIELDS:
        raise TooManyFields(f"Send at most {MOST_FORM_FIELDS} fields.")
    try:
        _protection.protect()
    except CSRFError as refused:
        raise CsrfRefused("Open the page again and repeat what you did. Nothing was changed.") from refused
    if g.expired is not None and needs_somebody():
        keep_of_expired()
        flash("You were signed out for safety. Sign in again: what you typed is still here.")
        raise NotSignedIn("Your session has ended. What you sent is kept: sign in and send it again.")


def _refuse_other_origins() -> None:
    fetched_from = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if fetched_from is not None:
        own = fetched_from in {"same-origin", "none"}
    else:
        # Old browsers say at least the origin; programs that say neither hold no cookie but their own.
        own = origin is None or urlsplit(origin).netloc == request.host
    if not own:
        raise CsrfRefused("This came from another site. Open the page here and repeat what you did.")
