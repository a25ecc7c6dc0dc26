"""Finds out at the beginning of every request who is there."""

from flask import Flask, current_app, g, request
from flask import session as web_session

from services.portal import current
from services.portal.staff import cookies, sessions

# Asked by machines, often; they read no cookie.
_WITHOUT_COOKIES = frozenset({"static", "healthz", "readyz", "metrics", "openapi", "api_page"})


def install(app: Flask) -> None:
    """Load the session before every request that could use one."""
    app.session_interface = cookies.Sessions()
    app.before_request(_load)


def reads_cookies() -> bool:
    """Tell whether this request may be made on the strength of a cookie."""
    return request.endpoint not in _WITHOUT_COOKIES and not request.path.startswith("/v1/")


def needs_somebody() -> bool:
    """Tell whether this request is for people signed in only."""
    view = current_app.view_functions.get(request.endpoint or "")
    access = getattr(view, "access", None)
    return access is not None and access.kind != "public"


def _load() -> None:
    g.signed_in, g.expired = None, None
    if not reads_cookies():
        return
    session_id = cookies.read(cookies.SESSION)
    found = _find(session_id) if session_id else None
    if isinstance(found, sessions.Live):
        g.signed_in = found.signed_in
        web_session.update(found.data)
    else:
        web_session.update(cookies.visitor_data())
        if isinstance(found, sessions.Expired):
            g.expired = found
            # Forms drawn before it expired stay good, so that they can be sent again after signing in.
            web_session["csrf_token"] = found.data["csrf_token"]
    web_session.modified = False
    g.session_is_loaded = True


def _find(session_id: str) -> sessions.Live | sessions.Expired | None:
    now = current.now()
    with current.reading() as session:
        found = sessions.find(session, session_id=session_id, now=now)
    if isinstance(found, sessions.Live) and now - found.last_seen_at >= sessions.SEEN_EVERY:
        with current.transaction() as session:
            sessions.touch(session, session_hash=found.signed_in.session_hash, now=now)
    return found
