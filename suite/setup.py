"""The one-shot set-up of a suite whose PostgreSQL comes from outside, as in the compose file. Repeatable."""

from collections.abc import Mapping
from pathlib import Path

from suite.certificate import ensure_certificate
from suite.databases import variable
from suite.errors import CannotStart
from suite.keys import SERVICES
from suite.preparation import prepare

NEEDED = (
    "CLINIC_ENV",
    "CLINIC_ADMIN_DATABASE_URL",
    "CLINIC_KEYS_DIR",
    *(variable(service, owner=owner) for service in SERVICES for owner in (True, False)),
)
THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def setup(environment: Mapping[str, str]) -> None:
    """Create roles, databases, schema and keys; the proxy's certificate and the demo, if asked for.

    Raises:
        CannotStart: something is missing, or a demo would be open to the network.
    """
    missing = [name for name in NEEDED if not environment.get(name)]
    if missing:
        raise CannotStart(f"Set {', '.join(missing)} (each also as NAME_FILE).")
    address = environment.get("CLINIC_PUBLISH_ADDRESS", "127.0.0.1")
    if environment["CLINIC_ENV"] == "demo" and address not in THIS_MACHINE:
        raise CannotStart(f"The demo's password is public: publish it on 127.0.0.1, not on {address}.")
    prepare(environment["CLINIC_ADMIN_DATABASE_URL"], environment)
    if folder := environment.get("CLINIC_TLS_DIR"):
        ensure_certificate(Path(folder), environment.get("CLINIC_HOST") or "localhost")
