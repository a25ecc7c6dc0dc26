"""Shortages: what is open and why, and settling it against the lot it came from."""

from typing import Any

import pytest

from tests.cast import MARA
from tests.portal.conftest import Browser
from tests.portal.shelves import CARTRIDGE, check_out, fill_shelves, receive
from tests.portal.siblings import NOWHERE, Siblings

PATH = "/stock/shortages"


def short_of_a_cartridge(siblings: Siblings) -> str:
    """Sell a visit whose cartridge came from a lot that was never received, and return the shortage's id."""
    check_out(siblings, supplies=[{"sku": CARTRIDGE, "quantity": "1", "lot": "NEVER-SEEN"}])
    siblings.carry_events()
    found = siblings.at_inventory(MARA).get("/v1/shortages").json
    assert found is not None
    return next(str(row["shortage_id"]) for row in found["items"] if row["sku"] == CARTRIDGE)


def settle(browser: Browser, shortage_id: str, **changes: str) -> Any:
    form = {"shortage_id": shortage_id, "key": "settle-it", "lot_id": "", "quantity": "1", **changes}
    return browser.post(PATH, form, page=PATH)


def open_now(siblings: Siblings) -> object:
    return siblings.databases.inventory.value("SELECT count(*) FROM shortages WHERE state = 'open'")


def test_nothing_short_says_so(siblings: Siblings) -> None:
    page = siblings.browser("mara_manager").get(PATH)

    assert page.status_code == 200
    assert "Nothing is short" in page.text


def test_an_open_shortage_is_shown_with_its_likely_cause(siblings: Siblings) -> None:
    fill_shelves(siblings)
    short_of_a_cartridge(siblings)

    page = siblings.browser("mara_manager").get(PATH)

    assert "Lot never received" in page.text
    assert "NEVER-SEEN" in page.text
    assert "A300 · 40 · in date" in page.text
    assert "HELD1 · 5 · on hold" in page.text
    assert "HARBOR-1" not in page.text


def test_a_shortage_is_settled_from_a_lot_once(siblings: Siblings) -> None:
    lots = fill_shelves(siblings)
    shortage_id = short_of_a_cartridge(siblings)
    browser = siblings.browser("mara_manager")

    first = settle(browser, shortage_id, lot_id=lots["A300"])
    second = settle(browser, shortage_id, lot_id=lots["A300"])

    assert (first.status_code, second.status_code) == (303, 303)
    assert open_now(siblings) == 0
    assert "settled from lot A300" in browser.get(PATH).text
    assert siblings.databases.inventory.value("SELECT count(*) FROM settlements") == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lot_id": ""}, "Choose the lot"),
        ({"quantity": ""}, "How much of it"),
        ({"quantity": "2"}, "Only 1 is still open"),
        ({"quantity": "x"}, "digits"),
        ({"lot_id": "not-an-id"}, "UUID"),
    ],
)
def test_mistakes_stand_beside_their_fields_and_what_was_typed_stays(
    siblings: Siblings, changes: dict[str, str], words: str
) -> None:
    lots = fill_shelves(siblings)
    shortage_id = short_of_a_cartridge(siblings)

    answer = settle(
        siblings.browser("mara_manager"), shortage_id, **{"lot_id": lots["A300"], "quantity": "1", **changes}
    )

    assert answer.status_code == 422
    assert words in answer.text.split('<p class="error"', 1)[1]
    assert f'name="quantity" type="text" value="{changes.get("quantity", "1")}"' in answer.text
    assert open_now(siblings) == 1


def test_a_lot_that_holds_less_is_refused_beside_the_quantity(siblings: Siblings) -> None:
    mara = siblings.at_inventory(MARA)
    fill_shelves(siblings)
    check_out(siblings, supplies=[{"sku": CARTRIDGE, "quantity": "3", "lot": "NEVER-SEEN"}])
    siblings.carry_events()
    shortage_id = str(mara.get("/v1/shortages").json["items"][0]["shortage_id"])
    small = receive(mara, CARTRIDGE, "SMALL", "2")

    answer = settle(siblings.browser("mara_manager"), shortage_id, lot_id=str(small["lot_id"]), quantity="3")

    assert answer.status_code == 422
    assert "holds only 2" in answer.text


def test_an_accountant_reads_shortages_and_cannot_settle(siblings: Siblings) -> None:
    lots = fill_shelves(siblings)
    shortage_id = short_of_a_cartridge(siblings)
    browser = siblings.browser("abel_accountant")
    browser.post("/clinic", {"clinic_id": "main"}, page=PATH)

    page = browser.get(PATH)
    answer = settle(browser, shortage_id, lot_id=lots["A300"])

    assert "Lot never received" in page.text
    assert "Settle</span>" not in page.text
    assert answer.status_code == 403
    assert open_now(siblings) == 1


@pytest.mark.parametrize("name", ["dora_desk", "cleo_clinician"])
def test_the_floor_has_no_shortages_page(siblings: Siblings, name: str) -> None:
    browser = siblings.browser(name)

    assert browser.get(PATH).status_code == 403
    assert "Open shortages" not in browser.get("/stock").text


def test_a_made_up_shortage_is_not_there(siblings: Siblings) -> None:
    lots = fill_shelves(siblings)
    short_of_a_cartridge(siblings)
    browser = siblings.browser("mara_manager")

    garbage = settle(browser, "garbage", lot_id=lots["A300"])
    unknown = settle(browser, lots["A300"], lot_id=lots["A300"])

    assert garbage.status_code == 303
    assert unknown.status_code == 404
    assert open_now(siblings) == 1


def test_without_inventory_the_page_says_so(siblings: Siblings) -> None:
    page = siblings.browser("mara_manager", inventory_url=NOWHERE).get(PATH)

    assert page.status_code == 503
    assert "Stock cannot be shown for a moment" in page.text
