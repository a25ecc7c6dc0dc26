"""The cast. Dora sits at Main's desk; Hal works at Harbor only and must never see anything of Main's."""

from datetime import datetime
from pathlib import Path

from shared.auth.tokens import STAFF, Actor, KeyRing
from shared.clock import utc_now

MAIN, HARBOR = "main", "harbor"


def person(name: str, *roles: str, clinics: tuple[str, ...] = (MAIN,)) -> Actor:
    """Return someone who works here."""
    return Actor(
        f"staff-{name.split(maxsplit=1)[0].lower()}", name, STAFF, frozenset(roles), frozenset(clinics)
    )


DORA = person("Dora Desk", "front_desk")
CLEO = person("Cleo Clinician", "clinician")
MARA = person("Mara Manager", "manager")
ABEL = person("Abel Accountant", "accountant")
OLGA = person("Olga Owner", "owner", clinics=(MAIN, HARBOR))
HAL = person("Hal Harbor", "front_desk", clinics=(HARBOR,))
HANA = person("Hana Harbor", "manager", clinics=(HARBOR,))

EVERYBODY = (DORA, CLEO, MARA, ABEL, OLGA, HAL, HANA)


def staff_token(keys_dir: Path, actor: Actor, *, now: datetime | None = None) -> str:
    """Sign in without a page."""
    return KeyRing.from_folder(keys_dir, "portal").staff_token(actor, now=now or utc_now())


def service_token(keys_dir: Path, sender: str, audience: str, *, now: datetime | None = None) -> str:
    """Speak as a service."""
    return KeyRing.from_folder(keys_dir, sender).service_token(audience, now=now or utc_now())
