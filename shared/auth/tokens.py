"""Tokens: who is asking, signed by the one service entitled to say so (EdDSA, RFC 8725)."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.auth.permissions import Permission, permissions_of
from shared.errors import Forbidden, Malformed, NotFound, TokenInvalid
from shared.ids import CLINIC_ID
from shared.web import strict_json

ALGORITHM = "Ed25519"
LIFETIME = timedelta(minutes=10)
LONGEST_LIFETIME_SECONDS = 15 * 60
CLOCK_LEEWAY_SECONDS = 30
LONGEST_TOKEN = 4096
MOST_REMEMBERED = 2000
STAFF, SERVICE = "staff", "service"
STAFF_ISSUER = "portal"
STAFF_AUDIENCE = ("billing", "inventory")

_COMPACT = re.compile(r"[A-Za-z0-9_-]{1,1024}\.[A-Za-z0-9_-]{1,3072}\.[A-Za-z0-9_-]{86}")
_REGISTERED = frozenset({"iss", "aud", "sub", "iat", "exp", "jti", "name", "roles", "clinics"})


@dataclass(frozen=True)
class Actor:
    """The person or service on whose behalf something happens."""

    subject: str
    name: str
    kind: str
    roles: frozenset[str]
    clinics: frozenset[str]

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles) if self.kind == STAFF else frozenset()

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission, detail: str = "") -> None:
        """Raise Forbidden unless this person holds `permission`."""
        if not self.may(permission):
            raise Forbidden(detail or "Ask someone whose role allows it.")

    def require_clinic(self, clinic_id: str) -> str:
        """Return the clinic, or raise NotFound when this person does not work there."""
        if clinic_id not in self.clinics:
            raise NotFound("There is no such clinic among those you work at.")
        return clinic_id


class KeyRing:
    """The public keys of all services and the private key of one. Read from files once."""

    def __init__(
        self, public: Mapping[str, Mapping[str, OKPKey]], service: str, private: OKPKey | None
    ) -> None:
        self._public = public
        self._service = service
        self._private = private
        # Tokens whose signature was found good: a person sends the same one for minutes. Times and audience
        # are looked at each time.
        self._good: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}

    @classmethod
    def from_folder(cls, folder: Path, service: str) -> "KeyRing":
        """Load everyone's `public/<service>/<kid>.pem` and our own newest `private/<service>/<kid>.pem`."""
        public = {
            owner.name: {path.stem: _import(path) for path in sorted(owner.glob("*.pem"))}
            for owner in sorted((folder / "public").iterdir())
            if owner.is_dir()
        }
        own = sorted((folder / "private" / service).glob("*.pem"))
        return cls(public, service, _import(own[-1]) if own else None)

    def staff_token(self, actor: Actor, *, now: datetime) -> str:
        """Sign a token for a person. Only the portal's key is accepted for these."""
        claims = {
            "sub": actor.subject,
            "name": actor.name,
            "roles": sorted(actor.roles),
            "clinics": sorted(actor.clinics),
            "aud": list(STAFF_AUDIENCE),
        }
        return self._sign(STAFF, claims, now)

    def service_token(self, audience: str, *, now: datetime) -> str:
        """Sign a token with which this service speaks to exactly one other."""
        return self._sign(SERVICE, {"sub": self._service, "aud": audience}, now)

    def _sign(self, kind: str, claims: dict[str, Any], now: datetime) -> str:
        if self._private is None:
            raise RuntimeError(f"no private key for {self._service}")
        issued_at = int(now.timestamp())
        header = {"alg": ALGORITHM, "kid": self._private.kid, "typ": f"{kind}+jwt"}
        stamped = {
            **claims,
            "iss": self._service,
            "iat": issued_at,
            "exp": issued_at + int(LIFETIME.total_seconds()),
            "jti": uuid4().hex,
        }
        return jwt.encode(header, stamped, self._private, algorithms=[ALGORITHM])

    def verify(self, token: str, *, audience: str, now: datetime) -> Actor:
        """Return who signed in with this token.

        Issuer and kid choose among the keys read at start; nothing in the token is followed.

        Raises:
            TokenInvalid: for every reason alike, so that a guess learns nothing.
        """
        try:
            header, claims = self._signed_content(token)
            kind = _kind(header)
            _check_times(claims, int(now.timestamp()))
            _check_audience(claims, kind, audience)
            return _actor(claims, kind)
        except (JoseError, Malformed, KeyError, TypeError, ValueError) as refusal:
            raise TokenInvalid("The token is missing, expired or not meant for this service.") from refusal

    def _signed_content(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        if known := self._good.get(token):
            return known
        if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
            raise ValueError("not a compact token")
        issuer, kid = _unverified_origin(token)
        verified = jwt.decode(token, self._public[issuer][kid], algorithms=[ALGORITHM])
        if set(verified.header) != {"alg", "kid", "typ"} or not set(verified.claims) <= _REGISTERED:
            raise ValueError("unexpected content")
        if len(self._good) >= MOST_REMEMBERED:
            self._good.clear()
        self._good[token] = dict(verified.header), dict(verified.claims)
        return self._good[token]


def _unverified_origin(token: str) -> tuple[str, str]:
    """Read issuer and key id, which only choose among our own keys; the signature check follows."""
    header, payload, _ = token.encode("ascii").split(b".")
    issuer, kid = _content(payload)["iss"], _content(header)["kid"]
    if not isinstance(issuer, str) or not isinstance(kid, str):
        raise TypeError("issuer and key id are text")
    return issuer, kid


def _content(part: bytes) -> Any:
    """Read one part of a token as strictly as a body: what is said twice could be read either way."""
    return strict_json.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))


def _kind(header: Mapping[str, Any]) -> str:
    return {"staff+jwt": STAFF, "service+jwt": SERVICE}[header["typ"]]


def _check_times(claims: Mapping[str, Any], now: int) -> None:
    issued_at, expires_at = claims["iat"], claims["exp"]
    if type(issued_at) is not int or type(expires_at) is not int:
        raise TypeError("times are whole seconds")
    if not 0 < expires_at - issued_at <= LONGEST_LIFETIME_SECONDS:
        raise ValueError("lives too long")
    if issued_at > now + CLOCK_LEEWAY_SECONDS or expires_at <= now:
        raise ValueError("not valid now")


def _check_audience(claims: Mapping[str, Any], kind: str, audience: str) -> None:
    if kind == STAFF:
        valid = (
            claims["iss"] == STAFF_ISSUER
            and claims["aud"] == list(STAFF_AUDIENCE)
            and audience in STAFF_AUDIENCE
        )
    else:
        valid = claims["iss"] == claims["sub"] and claims["aud"] == audience
    if not valid:
        raise ValueError("not meant for this service")


def _actor(claims: Mapping[str, Any], kind: str) -> Actor:
    return Actor(
        subject=_text(claims["sub"]),
        name=_text(claims.get("name", claims["sub"])),
        kind=kind,
        roles=frozenset(_texts(claims.get("roles", []))),
        clinics=frozenset(_clinic(text) for text in _texts(claims.get("clinics", []))),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\x00" in value:
        raise TypeError("text expected")
    value.encode()  # half a character is a ValueError, here and not in the database
    return value


def _clinic(value: str) -> str:
    """Return the id of one clinic: never `*` nor a list, which row-level security would understand."""
    if not CLINIC_ID.fullmatch(value):
        raise ValueError("clinic expected")
    return value


def _texts(values: Any) -> Iterable[str]:
    if not isinstance(values, list):
        raise TypeError("list expected")
    return [_text(value) for value in values]


def _import(path: Path) -> OKPKey:
    return OKPKey.import_key(path.read_bytes(), {"kid": path.stem})
