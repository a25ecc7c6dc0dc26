"""The tray: what was opened and used is scanned into the visit, taken back, and handed to the till."""

import pytest
from werkzeug.test import TestResponse

from tests.billing.house import FACE, NECK
from tests.portal.desk.conftest import Desk, page_of, words_of
from tests.portal.shelves import CARTRIDGE, CREAM


class Tray:
    """The page of a visit in a clinician's hands."""

    def __init__(self, desk: Desk, patient_id: str) -> None:
        self.desk = desk
        self.visit = desk.visit(patient_id, planned=[{"charge": FACE, "depth_mm": "1.5"}])
        self.path = f"/desk/visits/{self.visit['visit_id']}"
        self.browser = desk.as_("cleo_clinician")

    def send(self, **fields: str) -> TestResponse:
        key = page_of(self.browser.get(self.path)).select_one("input[name=form_key]")["value"]  # type: ignore[index]
        return self.browser.post(f"{self.path}/supplies", {"form_key": str(key), **fields}, page=self.path)

    def used(self) -> list[tuple[str, str, str | None]]:
        return [
            (supply["sku"], supply["quantity"], supply["lot"])
            for supply in self.desk.at(str(self.visit["visit_id"]))["supplies"]
        ]


@pytest.fixture
def tray(desk: Desk, maria: str) -> Tray:
    return Tray(desk, maria)


def test_what_is_opened_is_scanned_into_the_visit(tray: Tray) -> None:
    answer = tray.send(code="A213B1")

    assert answer.status_code == 200
    assert "1 × Needle cartridge, 12 pins, lot A213B1: taken." in words_of(answer)
    assert tray.used() == [(CARTRIDGE, "1", "A213B1")]


def test_grams_are_noted_with_one_press(tray: Tray) -> None:
    amounts = [
        button["value"] for button in page_of(tray.browser.get(tray.path)).select("button[name=quick]")
    ]

    tray.send(quick=f"{CREAM} 10")

    assert f"{CREAM} 15" in amounts  # the usual
    assert {f"{CREAM} 10", f"{CREAM} 20"} <= set(amounts)
    assert tray.used() == [(CREAM, "10", None)]


def test_a_scan_is_taken_back(tray: Tray) -> None:
    tray.send(code="A213B1")
    supply_id = tray.desk.at(str(tray.visit["visit_id"]))["supplies"][0]["supply_id"]

    answer = tray.browser.post(f"{tray.path}/supplies/{supply_id}/undo", page=tray.path)

    assert answer.location == f"{tray.path}#supplies"
    assert tray.used() == []


def test_an_unknown_code_is_said_and_nothing_is_noted(tray: Tray) -> None:
    answer = tray.send(code="no such thing")

    assert answer.status_code == 422
    assert "Nothing is known under no such thing." in words_of(answer)
    assert tray.used() == []


def test_the_same_press_twice_is_noted_once(tray: Tray, form_key: str) -> None:
    for _ in range(2):
        tray.browser.post(f"{tray.path}/supplies", {"form_key": form_key, "code": "A300"}, page=tray.path)

    assert tray.used() == [(CARTRIDGE, "1", "A300")]


def test_a_script_is_answered_with_the_supplies_alone(tray: Tray) -> None:
    answer = tray.send(code="CART-12 HELD1", fragment="1")

    page = page_of(answer)
    assert page.select_one("[data-tray]") is not None
    assert page.select_one("h1") is None
    assert page.select_one("[data-scan-answer]")["data-state"] == "bad"  # type: ignore[index]
    assert tray.used() == [(CARTRIDGE, "1", "HELD1")]


def test_areas_and_depths_are_changed_on_the_tray(tray: Tray) -> None:
    form = {
        "version": "1",
        "next": tray.path,
        "area-0": FACE,
        "depth-0": "2.0",
        "area-1": NECK,
        "clinician": "Cleo",
    }

    answer = tray.browser.post(f"{tray.path}/areas", form, page=tray.path)

    stored = tray.desk.at(str(tray.visit["visit_id"]))
    assert answer.location == tray.path
    assert stored["planned"] == [{"charge": FACE, "depth_mm": "2.0"}, {"charge": NECK, "depth_mm": None}]
    assert stored["clinician"] == "Cleo"


def test_done_hands_the_visit_to_the_till(tray: Tray) -> None:
    form = {"status": "in_treatment", "version": "1", "next": tray.path}
    tray.browser.post(f"{tray.path}/move", form, page=tray.path)
    form = {"status": "to_pay", "version": "2", "next": "/desk/today"}
    tray.browser.post(f"{tray.path}/move", form, page=tray.path)

    waiting = words_of(tray.desk.as_().get("/desk/till"))

    assert "Ready to pay" in waiting
    assert "Maria Lopez" in waiting


def test_the_tray_works_without_inventory_and_says_so(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria, planned=[{"charge": FACE}])

    answer = desk.without_inventory().get(f"/desk/visits/{visit['visit_id']}")

    assert answer.status_code == 200
    assert "The shelf does not answer." in words_of(answer)
