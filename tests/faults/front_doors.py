"""The portal as browsers reach it, with one person for each role signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from services.portal.app import create_app
from services.portal.staff import service
from shared.auth.passwords import hash_password
from shared.auth.permissions import Role
from shared.db import EVERY_CLINIC
from tests.clients import Clients
from tests.databases import Databases, ServiceDatabase
from tests.faults.doors import Door
from tests.portal.conftest import PASSWORD, Browser
from tests.settings import settings_for

# What a program sends; a browser would be led to the sign-in page or shown a page instead.
AS_PROGRAM = {"Accept": "application/problem+json"}


@dataclass
class Portal:
    """The portal, and a browser for each role. The sibling services are away."""

    app: Flask
    database: ServiceDatabase
    browsers: dict[Role, Browser]

    def stored(self) -> dict[str, tuple[int, str]]:
        """Return what is stored, but for when somebody was last seen."""
        found = Door("portal", Clients(self.app, Path()), self.database).stored()
        return {table: content for table, content in found.items() if table != "sessions"}


@contextmanager
def opened_portal(databases: Databases, keys_dir: Path) -> Iterator[Portal]:
    """Open the portal with one person for each role, all signed in."""
    database = databases.portal
    database.empty()
    _hire(database)
    app = create_app(settings_for("portal", database.app_url, keys_dir), database.app)
    try:
        yield Portal(app, database, {role: _signed_in(app, role) for role in Role})
    finally:
        app.extensions["waker"].stop()


def _hire(database: ServiceDatabase) -> None:
    password_hash = hash_password(PASSWORD)
    with database.app.transaction(EVERY_CLINIC) as session:
        for clinic_id in ("main", "harbor"):
            service.create_clinic(session, clinic_id=clinic_id, name=clinic_id.title())
        for role in Role:
            service.create(
                session,
                email=f"{role}@demo.clinic",
                name=f"Somebody {role.title()}",
                roles=(role,),
                clinics=("main",),
                password_hash=password_hash,
                must_change_password=False,
                now=datetime.now(UTC),
            )


def _signed_in(app: Flask, role: Role) -> Browser:
    browser = Browser(app)
    answer = browser.sign_in(role)
    assert answer.status_code == 303, answer.text
    return browser


def send(browser: Browser, method: str, path: str, token: str | None = None, **headers: str) -> TestResponse:
    """Ask as a script of a page would: with this browser's session, and the page's proof if there is one."""
    proof = {} if token is None else {"X-CSRFToken": token}
    sent = {**AS_PROGRAM, **proof, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return browser.client.open(path, method=method, headers=sent)
