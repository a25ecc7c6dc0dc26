"""The portal's own tokens for the people signed in: signed here, kept here, never seen by a browser."""

import threading
import time
from dataclasses import dataclass

from flask import current_app

from services.portal import current
from shared.auth.tokens import KeyRing

REUSED_SECONDS = 300
MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class _Key:
    """A changed name, role or clinic is another key, so a token never says more than is true now."""

    session_hash: bytes
    name: str
    roles: frozenset[str]
    clinics: frozenset[str]


class TokenCache:
    """Tokens by session, signed again every five minutes. Safe to share between threads."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._lock = threading.Lock()
        self._kept: dict[_Key, tuple[str, float]] = {}

    def token_for(self, person: current.SignedIn) -> str:
        """Return a token that says who this is and what they may do."""
        actor = person.actor
        key = _Key(person.session_hash, actor.name, actor.roles, actor.clinics)
        with self._lock:
            token, renew_at = self._kept.get(key, ("", 0.0))
            if time.monotonic() < renew_at:
                return token
        token = self._keys.staff_token(actor, now=current.now())
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (token, time.monotonic() + REUSED_SECONDS)
        return token


def own_token() -> str:
    """Return the token with which the portal speaks for the person signed in."""
    cache: TokenCache = current_app.extensions["tokens"]
    return cache.token_for(current.person())
