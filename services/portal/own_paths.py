"""Where to go next: only ever to a page of this house (no open redirects)."""

import re
from urllib.parse import urlsplit

from flask import request

from shared.auth.permissions import Role

LONGEST_PATH = 2000
TODAY, STOCK, INVOICES, ACCOUNT = "/desk/today", "/stock", "/books/invoices", "/password"

# One slash, then no second slash and no backslash: browsers read both as the beginning of another host.
_OWN = re.compile(r"/(?![/\\])[!-\[\]-~]*")
# Signing in leads to none of these.
_NOT_PAGES = ("/sign-in", "/sign-out", "/static/", "/v1/", "/drafts/")


def own_path(given: str | None, otherwise: str = "/") -> str:
    """Return `given` if it is a path of ours, else `otherwise`."""
    if not given or len(given) > LONGEST_PATH or not _OWN.fullmatch(given) or given.startswith(_NOT_PAGES):
        return otherwise
    return given


def page_before(otherwise: str = "/") -> str:
    """Return the page of ours whose form this request sends."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return otherwise
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path, otherwise)


def home_of(roles: frozenset[str]) -> str:
    """Return the page of the day of somebody with these roles."""
    if roles & {Role.FRONT_DESK, Role.CLINICIAN, Role.OWNER}:
        return TODAY
    if Role.MANAGER in roles:
        return STOCK
    return INVOICES if Role.ACCOUNTANT in roles else ACCOUNT
