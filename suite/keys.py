"""Signing keys: one Ed25519 pair per service, in files named after the key's id.

`private/<service>/<kid>.pem` is for that service alone, `public/<service>/<kid>.pem` for everybody. Key ids
begin with the time they were made, so the last in alphabetical order is the newest: the one to sign with.
"""

import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SERVICES = ("portal", "billing", "inventory")

# The one in use and the one before: a token signed just before a rotation lives ten minutes more.
PUBLIC_KEYS_KEPT = 2


def ensure_keys(folder: Path, services: Iterable[str] = SERVICES) -> None:
    """Make a key pair for each service that has none, and any public half that is missing."""
    for service in services:
        own = sorted(_private(folder, service).glob("*.pem"))
        if not own:
            _make_pair(folder, service)
        for path in own:
            _publish(folder, service, path.stem, _load(path))


def rotate(folder: Path, service: str) -> str:
    """Make a new pair for `service`, forget the older private keys, and return the new key's id.

    Processes read keys when they start: restart all services afterwards.
    """
    kid = _make_pair(folder, service)
    for path in _private(folder, service).glob("*.pem"):
        if path.stem != kid:
            path.unlink()
    for path in sorted(_public(folder, service).glob("*.pem"))[:-PUBLIC_KEYS_KEPT]:
        path.unlink()
    return kid


def _private(folder: Path, service: str) -> Path:
    return folder / "private" / service


def _public(folder: Path, service: str) -> Path:
    return folder / "public" / service


def _make_pair(folder: Path, service: str) -> str:
    kid = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    key = Ed25519PrivateKey.generate()
    # Public first: nobody may ever meet a signature whose key is not there to check it.
    _publish(folder, service, kid, key)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(_private(folder, service) / f"{kid}.pem", pem, folder_mode=0o700, mode=0o600)
    return kid


def _publish(folder: Path, service: str, kid: str, key: Ed25519PrivateKey) -> None:
    path = _public(folder, service) / f"{kid}.pem"
    if not path.exists():
        pem = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        _write(path, pem, folder_mode=0o755, mode=0o644)


def _load(path: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} is not an Ed25519 key")
    return key


def _write(path: Path, content: bytes, *, folder_mode: int, mode: int) -> None:
    path.parent.mkdir(mode=folder_mode, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
