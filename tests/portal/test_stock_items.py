"""One item and one lot: facts, history, and holding what must not be used."""

import re
from uuid import uuid4

import pytest

from tests.cast import MARA
from tests.portal.shelves import CARTRIDGE, check_out, fill_shelves
from tests.portal.siblings import NOWHERE, Siblings


def test_an_item_shows_its_facts_lots_movements_and_recipes(siblings: Siblings) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings)
    siblings.carry_events()

    page = siblings.browser("mara_manager").get(f"/stock/items/{CARTRIDGE}")

    assert page.status_code == 200
    for words in (
        "00614141123452",
        "Pack of",
        "A213B1",
        "When lots expire",
        "microneedling-neck",
        "per visit",
    ):
        assert words in page.text
    assert f'/books/invoices/{sale["invoice"]["id"]}">{sale["invoice"]["number"]}' in page.text


def test_what_needs_a_prescription_says_so(siblings: Siblings) -> None:
    page = siblings.browser("dora_desk").get("/stock/items/tret-025")

    assert page.status_code == 200
    assert "never part of a treatment recipe" in page.text
    assert "None: no treatment takes it" in page.text


def test_costs_of_an_item_are_hidden_from_desk_and_clinician(siblings: Siblings) -> None:
    fill_shelves(siblings)

    pages = {
        name: siblings.browser(name).get(f"/stock/items/{CARTRIDGE}").text
        for name in ("dora_desk", "cleo_clinician", "mara_manager")
    }

    assert {name: "164.80" in text for name, text in pages.items()} == {
        "dora_desk": False,
        "cleo_clinician": False,
        "mara_manager": True,
    }


@pytest.mark.parametrize("sku", ["NO-SUCH", "a/b/c", "%3Cscript%3E", "CART-1"])
def test_an_unknown_item_is_not_there(siblings: Siblings, sku: str) -> None:
    page = siblings.browser("mara_manager").get(f"/stock/items/{sku}")

    assert page.status_code == 404


def test_a_spoilt_cursor_is_an_answer_and_not_an_accident(siblings: Siblings) -> None:
    page = siblings.browser("mara_manager").get(f"/stock/items/{CARTRIDGE}?cursor=nonsense")

    assert page.status_code == 422


def test_a_lot_is_held_with_a_reason_and_released_again(siblings: Siblings) -> None:
    path = f"/stock/lots/{fill_shelves(siblings)['A300']}"
    browser = siblings.browser("mara_manager")

    held = browser.post(path, {"status": "hold", "version": "1", "reason": "Seal is broken"}, page=path)
    while_held = browser.get(path).text
    released = browser.post(path, {"status": "available", "version": "2", "reason": "Looked at"}, page=path)

    assert (held.status_code, held.location) == (303, path)
    assert "On hold: do not use" in while_held
    assert "Seal is broken" in while_held
    assert released.status_code == 303
    assert "On hold: do not use" not in browser.get(path).text


def test_a_reason_is_asked_for_and_what_was_wrong_stands_beside_it(siblings: Siblings) -> None:
    path = f"/stock/lots/{fill_shelves(siblings)['A300']}"
    browser = siblings.browser("mara_manager")

    empty = browser.post(path, {"status": "hold", "version": "1", "reason": "  "}, page=path)
    long = browser.post(path, {"status": "hold", "version": "1", "reason": "x" * 501}, page=path)

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "Say why" in empty.text.split('id="field-reason-error"', 1)[1].split("</p>", 1)[0]
    assert "500" in long.text.split('id="field-reason-error"', 1)[1].split("</p>", 1)[0]
    assert "x" * 501 in long.text


def test_a_lot_that_somebody_else_changed_is_shown_again_with_the_reason_kept(siblings: Siblings) -> None:
    lot_id = fill_shelves(siblings)["A300"]
    path = f"/stock/lots/{lot_id}"
    browser = siblings.browser("mara_manager")
    drawn = re.search(r'name="version" value="(\d+)"', browser.get(path).text)
    assert drawn
    change = {"status": "hold", "reason": "Recall letter"}
    assert siblings.at_inventory(MARA).patch(f"/v1/lots/{lot_id}", change, version=1).status_code == 200

    answer = browser.post(path, {"status": "hold", "version": drawn[1], "reason": "My own reason"}, page=path)

    assert answer.status_code == 412
    assert "Somebody else changed this lot meanwhile" in answer.text
    assert "Recall letter" in answer.text
    assert "My own reason" in answer.text
    assert 'name="version" value="2"' in answer.text


def test_only_those_who_may_hold_lots_are_offered_it_and_can(siblings: Siblings) -> None:
    path = f"/stock/lots/{fill_shelves(siblings)['A300']}"
    desk = siblings.browser("dora_desk")

    page = desk.get(path)
    answer = desk.post(path, {"status": "hold", "version": "1", "reason": "no"}, page=path)

    assert page.status_code == 200
    assert "Put it on hold" not in page.text
    assert answer.status_code == 403


def test_a_lot_of_another_clinic_is_not_there(siblings: Siblings) -> None:
    lots = fill_shelves(siblings)
    manager, owner = siblings.browser("mara_manager"), siblings.browser("anna_owner")

    assert manager.get(f"/stock/lots/{lots['HARBOR-1']}").status_code == 404
    assert manager.get(f"/stock/lots/{uuid4()}").status_code == 404
    assert owner.get(f"/stock/lots/{lots['HARBOR-1']}").status_code == 200


def test_without_inventory_items_and_lots_say_so(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager", inventory_url=NOWHERE)

    pages = [browser.get(f"/stock/items/{CARTRIDGE}"), browser.get(f"/stock/lots/{uuid4()}")]

    assert [page.status_code for page in pages] == [503, 503]
    assert all("Stock cannot be shown for a moment" in page.text for page in pages)
