"""Supplies at the till: planned by recipe, replaced by what is scanned, never in the way of a payment."""

import pytest

from tests.billing.house import FACE
from tests.cast import CLEO
from tests.portal.desk.conftest import Desk, Till, page_of, words_of
from tests.portal.shelves import CARTRIDGE, CREAM, SERUM


def _used(desk: Desk) -> list[tuple[str, str, str | None]]:
    """What billing told inventory was scanned, as (sku, quantity, lot)."""
    data = desk.billing_rows.value("SELECT data FROM outbox ORDER BY seq DESC LIMIT 1")
    assert isinstance(data, dict)
    return [(supply["sku"], supply["quantity"], supply["lot"]) for supply in data["scanned"]]


def test_recipes_plan_once_per_visit_and_once_per_area(till: Till) -> None:
    supplies = till.ask().json["supplies"]

    assert {(row["sku"], row["quantity"], row["lot"]) for row in supplies} == {
        (CARTRIDGE, "1", ""),  # per visit: one for face and neck together
        (CREAM, "30", ""),  # 15 g for each area
        (SERUM, "5", ""),  # 2.5 ml for each area
    }
    assert {row["state"] for row in supplies} == {"first"}


def test_what_the_shelf_does_not_hold_is_said_before_it_is_used(desk: Desk, till: Till) -> None:
    used_up = {"line-2-charge": "microneedling-chest", "line-2-quantity": "90"}

    cream = next(row for row in till.ask(**used_up).json["supplies"] if row["sku"] == CREAM)

    assert cream["state"] == "short"
    assert cream["quantity"] == "1380"  # 15 g for each of 92 areas
    assert cream["note"].endswith(" left: stock will follow")


def test_a_supply_used_as_planned_is_not_sent(desk: Desk, till: Till) -> None:
    till.pay(
        **{"supply-0-sku": CARTRIDGE, "supply-0-quantity": "1", "supply-0-planned": "1", "supply-0-lot": ""}
    )

    assert _used(desk) == []


def test_a_scanned_lot_replaces_the_plan_and_is_told_to_inventory(desk: Desk, till: Till) -> None:
    scanned = {
        "supply-0-sku": CARTRIDGE,
        "supply-0-quantity": "1",
        "supply-0-planned": "",
        "supply-0-lot": "A300",
    }

    quote = till.ask(**scanned)
    till.pay(**scanned)

    assert {row["sku"] for row in quote.json["supplies"]} == {CREAM, SERUM}
    assert _used(desk) == [(CARTRIDGE, "1", "A300")]


def test_grams_that_differ_from_the_plan_are_told_to_inventory(desk: Desk, till: Till) -> None:
    till.pay(
        **{"supply-1-sku": CREAM, "supply-1-quantity": "22.5", "supply-1-planned": "30", "supply-1-lot": ""}
    )

    assert _used(desk) == [(CREAM, "22.5", None)]


def test_what_was_recorded_in_treatment_is_shown_and_not_sent_twice(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria, planned=[{"charge": FACE}])
    supply = {"sku": CARTRIDGE, "quantity": "1", "lot": "A213B1"}
    at_billing = desk.siblings.at_billing(CLEO)
    at_billing.post(f"/v1/visits/{visit['visit_id']}/supplies", {"supplies": [supply]})
    till = Till.opened(desk.as_(), f"/desk/till?visit={visit['visit_id']}")

    shown = page_of(till.browser.get(till.path)).select_one(".supplies.recorded")
    planned = {row["sku"] for row in till.ask().json["supplies"]}
    till.pay()

    assert shown is not None
    assert "A213B1" in shown.get_text()
    assert planned == {CREAM, SERUM}
    assert _used(desk) == [(CARTRIDGE, "1", "A213B1")]


@pytest.mark.parametrize(
    ("code", "sku", "lot", "state"),
    [
        (CARTRIDGE, CARTRIDGE, "", "first"),
        ("cart-12 a300", CARTRIDGE, "A300", "ok"),
        ("A213B1", CARTRIDGE, "A213B1", "ok"),
        ("]C1A300", CARTRIDGE, "A300", "ok"),
        ("CART-12 HELD1", CARTRIDGE, "HELD1", "held"),
        ("CART-12 NEVER-SEEN", CARTRIDGE, "NEVER-SEEN", "short"),
        ("00614141123452", CARTRIDGE, "", "first"),
        ("614141123452 A300", CARTRIDGE, "A300", "ok"),
        ("CREAM-5 CR-77", CREAM, "CR-77", "ok"),
    ],
)
def test_a_code_is_an_item_an_item_with_its_lot_or_a_lot(
    till: Till, code: str, sku: str, lot: str, state: str
) -> None:
    answer = till.scan(code)

    assert answer.status_code == 200, answer.text
    found = answer.json["supply"]
    assert (found["sku"], found["lot"], found["state"]) == (sku, lot, state)
    assert answer.json["detail"].startswith(found["name"])


def test_a_scanned_charge_goes_on_the_bill(till: Till) -> None:
    assert till.scan(FACE).json == {
        "kind": "charge",
        "code": FACE,
        "detail": "Microneedling face is on the bill.",
    }


@pytest.mark.parametrize(
    "code",
    ["(01)00614141123452(17)271120(10)A300", "0100614141123452171127010A300", "nothing here", "", "x" * 300],
)
def test_an_unknown_code_is_answered_in_words(till: Till, code: str) -> None:
    answer = till.scan(code)

    assert answer.status_code == 404
    assert len(answer.json["detail"]) > 20


def test_a_held_lot_is_taken_with_a_warning(till: Till) -> None:
    assert till.scan("CART-12 HELD1").json["detail"].endswith("on hold. Use another one.")


def test_the_till_works_without_inventory(desk: Desk, maria: str) -> None:
    till = Till.opened(desk.without_inventory(), f"/desk/till?patient={maria}")

    quote, scan = till.ask(), till.scan("A300")
    paid = till.pay()

    assert quote.json["total_cents"] == 27400
    assert quote.json["supplies"] == []
    assert "stock will follow" in quote.json["supplies_note"]
    assert scan.status_code == 404
    assert "stock will follow" in scan.json["detail"]
    assert paid.status_code == 303
    assert "Stock will follow" in words_of(till.browser.get(paid.location))
    assert desk.sold() == 1
