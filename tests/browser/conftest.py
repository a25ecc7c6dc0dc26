"""A real browser in front of the three real services. Whatever a test does, no page may break its own rules.

Needs chromium (CHROMIUM names it, else it is looked for on the path). A machine without one is told loudly
that these tests did not run; where they are required (CI=true or CLINIC_BROWSER_REQUIRED=1) that fails.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from shared.auth import passwords
from tests.billing.house import furnish, new_patient
from tests.cast import DORA
from tests.databases import Databases
from tests.portal.conftest import PASSWORD, employ
from tests.portal.shelves import add_items, fill_shelves, furnish_shelves, write_recipes
from tests.portal.siblings import Siblings, served, siblings_on

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("CLINIC_BROWSER_REQUIRED") == "1"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESK, TABLET = {"width": 1280, "height": 800}, {"width": 820, "height": 1180}
MISSING = "no chromium on this machine: install it, or name it in CHROMIUM"
PATIENCE_MS = 15_000


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say it where nobody overlooks it."""
    if not Path(CHROMIUM).is_file():
        terminalreporter.write_sep("!", f"THE BROWSER TESTS DID NOT RUN: {MISSING}", red=True)


class Switch:
    """Stands in front of a service and lets it fall silent."""

    def __init__(self, app: Any) -> None:
        self._inside = app.wsgi_app
        self.is_away = False
        app.wsgi_app = self

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if self.is_away:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"away"]
        return self._inside(environ, start_response)


@dataclass
class House:
    """The suite as a browser finds it."""

    url: str
    siblings: Siblings
    billing: Switch
    inventory: Switch
    databases: Databases

    def patient(self, **changes: Any) -> str:
        patient_id: str = new_patient(self.siblings.at_billing(DORA), **changes)["patient_id"]
        return patient_id

    def visit(self, patient_id: str, **changes: Any) -> dict[str, Any]:
        body = {"clinic_id": "main", "patient_id": patient_id, **changes}
        answer = self.siblings.at_billing(DORA).post("/v1/visits", body)
        assert answer.status_code == 201, answer.json
        found: dict[str, Any] = answer.json
        return found

    def sold(self) -> int:
        return int(str(self.databases.billing.value("SELECT count(*) FROM invoices")))

    def end_sessions_by_time(self) -> None:
        self.databases.portal.execute_as_superuser(
            "UPDATE sessions SET last_seen_at = last_seen_at - interval '31 minutes'"
        )


@dataclass
class Watch:
    """What no page may do: ask another host, break its own policy, fail in its script."""

    host: str
    strange: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", self._said)
        context.on("weberror", lambda failed: self.strange.append(f"script failed: {failed.error}"))

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).netloc != self.host:
            self.strange.append(f"asked another host: {url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.strange.append(f"console: {message.text}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each gets a profile of its own."""
    if not Path(CHROMIUM).is_file():
        if REQUIRED:
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hash once: it is slow on purpose."""
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def house(browser: Browser, databases: Databases, password_hash: str, keys_dir: Path) -> Iterator[House]:
    """The three services on free ports, with prices, shelves and people."""
    employ(databases.portal, password_hash)
    databases.billing.empty()
    databases.inventory.empty()
    furnish(databases.billing.app)
    furnish_shelves(databases.inventory.app)
    with siblings_on(databases, keys_dir) as siblings:
        add_items(siblings)
        write_recipes(databases.inventory.app)
        fill_shelves(siblings)
        app = siblings.portal()
        with served(app) as url:
            switches = (Switch(siblings.billing.app), Switch(siblings.inventory.app))
            yield House(url, siblings, *switches, databases)
        app.extensions["waker"].stop()


@pytest.fixture
def watch(house: House) -> Iterator[Watch]:
    watching = Watch(urlsplit(house.url).netloc)
    yield watching
    assert watching.strange == []


@pytest.fixture
def open_page(browser: Browser, house: House, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Return a way to sign somebody in and get their page; options are those of a browser context."""
    contexts: list[BrowserContext] = []

    def opened(who: str = "dora_desk", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESK, "base_url": house.url, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.goto("/sign-in")
        sign_in(page, who)
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Dora at her desk."""
    return open_page()


@pytest.fixture
def maria(house: House) -> str:
    return house.patient(phone="+1 860 555 0142", email="maria@example.org")


def sign_in(page: Page, who: str = "dora_desk") -> None:
    """Type name and password."""
    page.fill("[name=email]", f"{who}@demo.clinic")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")


def complaints(page: Page) -> list[str]:
    """Return what stands in the way of somebody who cannot see or use a mouse (WCAG 2.2 AA)."""
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options={**rules, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url}: {rule['id']}: {rule['help']}: {[node['target'] for node in rule['nodes'][:3]]}"
        for rule in found
    ]


def write(page: Page, text: str) -> None:
    """Type as a person does: too slowly for a scanner."""
    page.keyboard.type(text, delay=90)


def scan(page: Page, code: str) -> None:
    """Press keys as a scanner does: at its pace, whatever else this machine is doing, and Enter last."""
    page.evaluate(
        """(code) => {
            const field = document.activeElement ?? document.body;
            for (const key of [...code, "Enter"]) {
                field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            }
        }""",
        code,
    )
