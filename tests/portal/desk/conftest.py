"""The desk as it works: a portal whose billing and inventory are real, with shelves that are filled."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from tests.billing.house import FACE, NECK, furnish, new_patient
from tests.cast import DORA
from tests.databases import Databases, ServiceDatabase
from tests.portal.conftest import Browser
from tests.portal.shelves import add_items, fill_shelves, furnish_shelves, write_recipes
from tests.portal.siblings import NOWHERE, Siblings, siblings_on

FACE_AND_NECK = {
    "line-0-charge": FACE,
    "line-0-quantity": "1",
    "line-0-depth_mm": "1.5",
    "line-1-charge": NECK,
    "line-1-quantity": "1",
    "line-1-depth_mm": "",
    "tip": "",
    "pay": "cash",
    "tender-0-tendered": "280",
    "expected_total_cents": "27400",
    "action": "pay",
}


@dataclass
class Desk:
    """Somebody at a browser, and the houses behind it."""

    siblings: Siblings
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def billing_rows(self) -> ServiceDatabase:
        return self.siblings.databases.billing

    def as_(self, name: str = "dora_desk", **changes: str) -> Browser:
        """Return the browser of somebody who has signed in; one portal for each set of changes."""
        key = f"{name} {sorted(changes.items())}"
        if key not in self.browsers:
            self.browsers[key] = self.siblings.browser(name, **changes)
        return self.browsers[key]

    def without_billing(self) -> Browser:
        return self.as_(billing_url=NOWHERE)

    def without_inventory(self) -> Browser:
        return self.as_(inventory_url=NOWHERE)

    def patient(self, **changes: Any) -> str:
        patient_id: str = new_patient(self.siblings.at_billing(DORA), **changes)["patient_id"]
        return patient_id

    def visit(self, patient_id: str, **changes: Any) -> dict[str, Any]:
        """Open a visit through the API."""
        body = {"clinic_id": "main", "patient_id": patient_id, **changes}
        answer = self.siblings.at_billing(DORA).post("/v1/visits", body)
        assert answer.status_code == 201, answer.json
        found: dict[str, Any] = answer.json
        return found

    def at(self, visit_id: str) -> dict[str, Any]:
        """Read a visit as it is stored."""
        found: dict[str, Any] = self.siblings.at_billing(DORA).get(f"/v1/visits/{visit_id}").json
        return found

    def sold(self) -> int:
        """Say how many invoices there are."""
        count = self.billing_rows.value("SELECT count(*) FROM invoices")
        assert isinstance(count, int)
        return count


@dataclass
class Till:
    """The form of the till, filled in and sent the way a browser does."""

    browser: Browser
    path: str
    fields: dict[str, str]

    @classmethod
    def opened(cls, browser: Browser, path: str) -> "Till":
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return cls(browser, path, fields_of(answer))

    def pay(self, **changes: str) -> TestResponse:
        """Press "Take payment" for face and neck, or for what is given."""
        fields = {
            **self.fields,
            **FACE_AND_NECK,
            **{name.replace("__", "-"): value for name, value in changes.items()},
        }
        return self.browser.post("/desk/till", fields, page=self.path)

    def ask(self, browser: Browser | None = None, **changes: str) -> TestResponse:
        """Ask for the total as till.js does."""
        fields = {**self.fields, **FACE_AND_NECK, **changes}
        return ask(browser or self.browser, "/desk/till/quote", fields, self.path)

    def scan(self, code: str) -> TestResponse:
        return ask(self.browser, "/desk/till/scan", {"code": code}, self.path)


def ask(browser: Browser, path: str, body: Any, page: str) -> TestResponse:
    """Send JSON as a script of the page does."""
    token = browser.csrf_token(page)
    headers = {"Accept": "application/json", "X-CSRFToken": token, "Referer": f"http://localhost{page}"}
    return browser.client.post(path, json=body, headers=headers)


def page_of(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def words_of(answer: TestResponse) -> str:
    """Return what a person reads, in one line."""
    return re.sub(r"\s+", " ", page_of(answer).get_text(" "))


def fields_of(answer: TestResponse) -> dict[str, str]:
    """Return the fields of the till's form as a browser would send them."""
    form = page_of(answer).select_one("form[data-till]")
    assert form is not None, answer.text
    found: dict[str, str] = {}
    for element in form.select("input[name]"):
        is_box = element.get("type") in {"checkbox", "radio"}
        if not is_box or element.has_attr("checked"):
            found[str(element["name"])] = str(element.get("value", ""))
    for element in form.select("select[name]"):
        chosen = element.select_one("option[selected]")
        found[str(element["name"])] = str(chosen["value"]) if chosen else ""
    return {name: value for name, value in found.items() if "__N__" not in name and name != "csrf_token"}


@pytest.fixture
def desk(databases: Databases, portal_database: ServiceDatabase, keys_dir: Path) -> Iterator[Desk]:
    """Billing with its prices, inventory with its recipes and lots, and a portal that speaks to both."""
    databases.billing.empty()
    databases.inventory.empty()
    furnish(databases.billing.app)
    furnish_shelves(databases.inventory.app)
    with siblings_on(databases, keys_dir) as siblings:
        add_items(siblings)
        write_recipes(databases.inventory.app)
        fill_shelves(siblings)
        yield Desk(siblings)


@pytest.fixture
def maria(desk: Desk) -> str:
    """A patient without a visit."""
    return desk.patient(phone="+1 860 555 0142", email="maria@example.org")


@pytest.fixture
def till(desk: Desk, maria: str) -> Till:
    """The till with Maria at it."""
    return Till.opened(desk.as_(), f"/desk/till?patient={maria}")


@pytest.fixture
def form_key() -> str:
    return uuid4().hex
