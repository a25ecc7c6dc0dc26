"""The guard every route must carry: `requires`, `staff_only`, `services_only` or `public`.

A route without one stops the start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from shared.auth.permissions import Permission
from shared.auth.tokens import SERVICE, STAFF, Actor, KeyRing
from shared.clock import utc_now
from shared.errors import Forbidden, TokenInvalid

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks of the caller. The authorization tests are generated from it."""

    kind: str
    permission: Permission | None = None
    services: frozenset[str] = frozenset()
    reason: str = ""


class UnguardedRoute(Exception):
    """A route was registered without saying who may call it."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in staff who hold `permission`."""

    def check() -> None:
        actor = current_actor()
        if actor.kind != STAFF:
            raise Forbidden("This is for people, not for services.")
        actor.require(permission)

    return _guard(Access(STAFF, permission=permission), check)


def staff_only(view: View) -> View:
    """Let in everybody who works here, whatever their role: for what people do with their own account."""

    def check() -> None:
        if current_actor().kind != STAFF:
            raise Forbidden("This is for people, not for services.")

    return _guard(Access(STAFF), check)(view)


def services_only(*services: str) -> Callable[[View], View]:
    """Let in the named sibling services, speaking for themselves."""

    def check() -> None:
        actor = current_actor()
        if actor.kind != SERVICE or actor.subject not in services:
            raise Forbidden("This is for other services only.")

    return _guard(Access(SERVICE, services=frozenset(services)), check)


def public(reason: str) -> Callable[[View], View]:
    """Let in anybody, for the stated reason."""
    return _guard(Access("public", reason=reason), lambda: None)


def _guard(access: Access, check: Callable[[], None]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            check()
            return view(*args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def current_actor() -> Actor:
    """Return who is asking, or raise TokenInvalid. Read once per request."""
    if "actor" not in g:
        g.actor = current_app.extensions["authenticate"]()
    found: Actor = g.actor
    return found


def visible_clinics() -> tuple[str, ...]:
    """Return the clinics whose rows this request may touch."""
    actor = current_actor()
    return ("*",) if actor.kind == SERVICE else tuple(sorted(actor.clinics))


def chosen_clinics(clinic_id: str | None) -> list[str]:
    """Return the clinics a list is about: the one asked for, or all this person works at.

    Raises:
        NotFound: a clinic was asked for at which this person does not work.
    """
    actor = current_actor()
    return sorted(actor.clinics) if clinic_id is None else [actor.require_clinic(clinic_id)]


def bearer_authentication(keys: KeyRing, audience: str) -> Callable[[], Actor]:
    """Return the way an API tells who is asking: one bearer token in one header."""

    def authenticate() -> Actor:
        headers = request.headers.getlist("Authorization")
        if len(headers) != 1:
            raise TokenInvalid("Send exactly one Authorization header with a bearer token.")
        scheme, _, token = headers[0].partition(" ")
        if scheme.lower() != "bearer":
            raise TokenInvalid("Send a bearer token.")
        return keys.verify(token, audience=audience, now=utc_now())

    return authenticate


def refuse_unguarded_routes(app: Flask) -> None:
    """Raise UnguardedRoute if any route of this app lets everyone in by forgetting to say who may."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not isinstance(getattr(view, "access", None), Access):
            raise UnguardedRoute(f"{rule.rule} ({rule.endpoint}) names no permission")
