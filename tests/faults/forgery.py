"""Makes tokens by hand, so that they can be wrong in any way and still be well signed."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared.auth.tokens import STAFF_AUDIENCE
from shared.clock import utc_now


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def part(content: Any) -> str:
    """Return one part of a token; text is taken as it is, however little sense it makes."""
    return b64(
        (content if isinstance(content, str) else json.dumps(content)).encode("utf-8", "surrogatepass")
    )


@dataclass(frozen=True)
class Forge:
    """The keys of the house, as somebody would have them who stole one, or only saw the public ones."""

    keys_dir: Path

    def private(self, service: str) -> tuple[str, Ed25519PrivateKey]:
        """Return key id and key."""
        path = sorted((self.keys_dir / "private" / service).glob("*.pem"))[-1]
        key = load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return path.stem, key

    def public_pem(self, service: str) -> bytes:
        return sorted((self.keys_dir / "public" / service).glob("*.pem"))[-1].read_bytes()

    def staff_claims(self, **changes: Any) -> dict[str, Any]:
        """Return what the portal says of an owner who may do everything. None leaves a claim out."""
        now = int(utc_now().timestamp())
        claims = {
            "iss": "portal",
            "sub": "staff-mallory",
            "name": "Mallory",
            "roles": ["owner"],
            "clinics": ["main", "harbor"],
            "aud": list(STAFF_AUDIENCE),
            "iat": now,
            "exp": now + 600,
            "jti": uuid4().hex,
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def service_claims(self, sender: str, **changes: Any) -> dict[str, Any]:
        """Return what a service says of itself."""
        nobody = {"name": None, "roles": None, "clinics": None}
        return self.staff_claims(**{"iss": sender, "sub": sender, **nobody, **changes})

    def header(self, service: str = "portal", **changes: Any) -> dict[str, Any]:
        header = {"alg": "Ed25519", "kid": self.private(service)[0], "typ": "staff+jwt", **changes}
        return {name: value for name, value in header.items() if value is not None}

    def signed(self, header: Any, claims: Any, *, by: str = "portal") -> str:
        """Sign whatever it is with a real key of the house."""
        body = f"{part(header)}.{part(claims)}"
        return f"{body}.{b64(self.private(by)[1].sign(body.encode()))}"

    def good(self, **changes: Any) -> str:
        return self.signed(self.header(), self.staff_claims(**changes))

    def hmac_signed(self, algorithm: str, secret: bytes, header: dict[str, Any] | None = None) -> str:
        """Sign with a secret that everybody knows: the public key."""
        body = f"{part({**self.header(), 'alg': algorithm, **(header or {})})}.{part(self.staff_claims())}"
        digest = getattr(hashlib, f"sha{algorithm[2:]}")
        return f"{body}.{b64(hmac.new(secret, body.encode(), digest).digest())}"
