"""The environment variables of the suite: what the processes are told, each only what it needs."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from suite.cluster import Cluster
from suite.databases import variable
from suite.errors import CannotStart
from suite.keys import SERVICES

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
# In what is given to one service, nothing of another one and nothing of an owner or administrator is found.
PRIVATE = {"PORTAL_SECRET_KEY": "portal"} | {variable(service): service for service in SERVICES}
OWNERS_ONLY = frozenset(
    {"CLINIC_ADMIN_DATABASE_URL", *(variable(service, owner=True) for service in SERVICES)}
)


def data_folder() -> Path:
    """Return where data, keys, secrets and logs lie."""
    return Path(os.environ.get("CLINIC_VAR_DIR") or ROOT / "var").resolve()


def keys_folder() -> Path:
    """Return where the signing keys lie."""
    return Path(os.environ.get("CLINIC_KEYS_DIR") or data_folder() / "keys")


def ports() -> dict[str, int]:
    """Return the port of each service: three in a row from CLINIC_FIRST_PORT on."""
    text = os.environ.get("CLINIC_FIRST_PORT") or str(FIRST_PORT)
    if not text.isdecimal() or not 1024 <= int(text) <= 65533:
        raise CannotStart(f"CLINIC_FIRST_PORT must be a number from 1024 to 65533, not {text!r}.")
    return {service: int(text) + place for place, service in enumerate(SERVICES)}


def of_machine(cluster: Cluster) -> dict[str, str]:
    """Return all variables of a suite that runs on this machine, on the embedded PostgreSQL."""
    addresses = {f"{service.upper()}_URL": f"http://127.0.0.1:{port}" for service, port in ports().items()}
    return {
        "CLINIC_TRUSTED_HOSTS": "127.0.0.1,localhost",
        **addresses,
        **{name: value for name, value in os.environ.items() if name in {"CLINIC_TRUSTED_HOSTS", *addresses}},
        **cluster.environment(),
        "CLINIC_ENV": os.environ.get("CLINIC_ENV") or "demo",
        "CLINIC_VAR_DIR": str(cluster.folder),
        "CLINIC_KEYS_DIR": str(cluster.folder / "keys"),
        "CLINIC_METRICS_TOKEN": cluster.secrets.get("metrics_token"),
        "PORTAL_SECRET_KEY": cluster.secrets.get("portal_secret_key"),
    }


def of_process(everything: Mapping[str, str], service: str) -> dict[str, str]:
    """Return what a process of `service` is told of all this: nothing that is another one's or an owner's."""
    return {
        name: value
        for name, value in everything.items()
        if name not in OWNERS_ONLY and PRIVATE.get(name, service) == service
    }


def public_variables() -> dict[str, str]:
    """Return the variables we were started with that may be passed on to everybody."""
    return {
        name: value for name, value in os.environ.items() if name not in OWNERS_ONLY and name not in PRIVATE
    }


def given() -> dict[str, str]:
    """Return the variables we were started with, where NAME_FILE stands for the content of that file."""
    found = dict(os.environ)
    for name, path in os.environ.items():
        if name.endswith("_FILE") and name.startswith(("CLINIC_", "PORTAL_", "BILLING_", "INVENTORY_")):
            try:
                found[name.removesuffix("_FILE")] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise CannotStart(f"{name} names {path}, which cannot be read: {error.strerror}.") from error
    return found


@contextmanager
def connected() -> Iterator[dict[str, str]]:
    """Give the variables of a suite whose databases answer: those we were started with, or the embedded ones.

    The embedded PostgreSQL is used as it runs, or runs for as long as the block takes.
    """
    found = given()
    if all(variable(service) in found for service in SERVICES):
        yield found
        return
    cluster = Cluster(data_folder())
    with cluster.running():
        cluster.ensure_databases()
        yield of_machine(cluster)
