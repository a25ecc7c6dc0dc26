"""The portal on its own database, with a clock that tests move and people who can sign in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import Client as WebClient
from werkzeug.test import TestResponse

from services.portal.app import create_app
from services.portal.staff import service
from shared.auth import passwords
from shared.db import EVERY_CLINIC
from tests.databases import Databases, ServiceDatabase
from tests.settings import settings_for

if TYPE_CHECKING:
    from tests.portal.siblings import Siblings

PASSWORD = "correct horse battery"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HARBOR_TOO = ("main", "harbor")
PEOPLE = {
    "anna_owner": ("Anna Owner", ("owner",), HARBOR_TOO),
    "dora_desk": ("Dora Desk", ("front_desk",), ("main",)),
    "cleo_clinician": ("Cleo Clinician", ("clinician",), ("main",)),
    "mara_manager": ("Mara Manager", ("manager",), ("main",)),
    "abel_accountant": ("Abel Accountant", ("accountant",), HARBOR_TOO),
}


@dataclass
class Clock:
    """Stands still until it is moved."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class Browser:
    """A person's browser: keeps cookies, sends the form's own proof."""

    def __init__(self, app: Flask, *, address: str = "192.0.2.10") -> None:
        self.client: WebClient = app.test_client()
        self.address = address

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self._open("GET", path, **kwargs)

    def post(self, path: str, form: Any = None, *, page: str = "/sign-in", **kwargs: Any) -> TestResponse:
        """Send a form as the page it stands on would."""
        data = [*_pairs(form or {}), ("csrf_token", self.csrf_token(page))]
        headers = {"Referer": f"http://localhost{page}", **kwargs.pop("headers", {})}
        return self.send(path, data, headers=headers, **kwargs)

    def send(self, path: str, data: Any, **kwargs: Any) -> TestResponse:
        """Send a form as it is, with no proof added."""
        if isinstance(data, list):
            folded: dict[str, list[str]] = {}
            for name, value in data:
                folded.setdefault(name, []).append(value)
            data = folded
        return self._open("POST", path, data=data, **kwargs)

    def sign_in(self, name: str, password: str = PASSWORD, *, next_path: str = "") -> TestResponse:
        form = {"email": f"{name}@demo.clinic", "password": password, "next": next_path}
        return self.post("/sign-in", form)

    def csrf_token(self, page: str = "/sign-in") -> str:
        answer = self.get(page, follow_redirects=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', answer.text)
        assert found, answer.text
        return found[1]

    def cookie(self, name: str = "clinic_session") -> Any:
        return self.client.get_cookie(name, "localhost")

    def _open(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = {"Accept": BROWSER, **kwargs.pop("headers", {})}
        return self.client.open(
            path,
            method=method,
            headers=headers,
            environ_base={"REMOTE_ADDR": self.address},
            **kwargs,
        )


def _pairs(form: Any) -> list[tuple[str, str]]:
    return list(form.items()) if isinstance(form, dict) else list(form)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hash once: it is slow on purpose."""
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def portal_database(databases: Databases, password_hash: str) -> ServiceDatabase:
    """The portal's database with two clinics and one person for each role."""
    return employ(databases.portal, password_hash)


def employ(database: ServiceDatabase, password_hash: str) -> ServiceDatabase:
    """Empty the portal's database and let one person for each role work here."""
    database.empty()
    with database.app.transaction(EVERY_CLINIC) as session:
        service.create_clinic(session, clinic_id="main", name="Main clinic")
        service.create_clinic(session, clinic_id="harbor", name="Harbor clinic")
        for login, (name, roles, clinics) in PEOPLE.items():
            service.create(
                session,
                email=f"{login}@demo.clinic",
                name=name,
                roles=roles,
                clinics=clinics,
                password_hash=password_hash,
                must_change_password=False,
                now=datetime.now(UTC),
            )
    return database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal_app(portal_database: ServiceDatabase, keys_dir: Path, clock: Clock) -> Flask:
    """The portal as the http demo runs it."""
    settings = settings_for("portal", portal_database.app_url, keys_dir)
    app = create_app(settings, portal_database.app)
    app.extensions["clock"] = clock
    return app


@pytest.fixture
def portal(portal_app: Flask) -> Browser:
    """A browser that nobody is signed in to."""
    return Browser(portal_app)


@pytest.fixture
def owner(portal_app: Flask) -> Browser:
    browser = Browser(portal_app)
    assert browser.sign_in("anna_owner").status_code == 303
    return browser


@pytest.fixture
def dora(portal_app: Flask) -> Browser:
    browser = Browser(portal_app)
    assert browser.sign_in("dora_desk").status_code == 303
    return browser


@pytest.fixture
def staff_ids(portal_database: ServiceDatabase) -> dict[str, UUID]:
    """Return everybody's id by the first part of their address."""
    rows = portal_database.rows("SELECT email, staff_id FROM staff")
    return {str(email).partition("@")[0]: UUID(str(staff_id)) for email, staff_id in rows}


@pytest.fixture(scope="session")
def served_siblings(databases: Databases, keys_dir: Path) -> "Iterator[Siblings]":
    """Billing and inventory behind HTTP, started once."""
    from tests.portal.siblings import siblings_on

    with siblings_on(databases, keys_dir) as siblings:
        yield siblings


@pytest.fixture
def siblings(served_siblings: "Siblings", portal_database: ServiceDatabase) -> "Siblings":
    """Billing and inventory with two clinics, a price list, items and recipes; the shelves are empty."""
    from tests.portal.shelves import furnish_everything

    served_siblings.databases.billing.empty()
    served_siblings.databases.inventory.empty()
    furnish_everything(served_siblings)
    return served_siblings
