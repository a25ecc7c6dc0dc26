"""POST /v1/receipts: goods arrive, with their cost."""

from typing import Any

import pytest

from tests.cast import ABEL, DORA, HANA, MARA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import AFTERCARE, CARTRIDGE, CREAM, STRONG_CREAM, stock_up

RECEIPT: dict[str, Any] = {
    "clinic_id": "main",
    "sku": CARTRIDGE,
    "lot": "A1",
    "expires_on": "2099-11-20",
    "quantity": "10",
    "cost_cents": 12345,
    "supplier": "Needles Ltd",
}


def test_a_receipt_puts_goods_and_their_cost_on_the_shelf(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    answer = inventory.as_(MARA).post("/v1/receipts", RECEIPT)

    assert answer.status_code == 201, answer.text
    told = answer.json
    assert (told["sku"], told["lot"], told["quantity"], told["on_hand"]) == (CARTRIDGE, "A1", "10", "10")
    assert (told["cost_cents"], told["supplier"], told["warnings"]) == (12345, "Needles Ltd", [])
    assert inventory_database.rows("SELECT on_hand_thousandths, value_cents FROM lots") == [(10_000, 12345)]
    assert inventory_database.rows(
        "SELECT kind, quantity_thousandths, value_cents, recorded_by FROM movements"
    ) == [("receipt", 10_000, 12345, "staff-mara")]


def test_billing_is_told_what_the_goods_are_worth(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    receipt = inventory.as_(MARA).post("/v1/receipts", RECEIPT).json

    ((type_, subject, data),) = inventory_database.rows("SELECT type, subject, data FROM outbox")
    assert type_ == "stock.valued"
    assert str(subject) == receipt["receipt_id"]
    assert (data["reason"], data["visit_id"], data["invoice_id"]) == ("receipt", None, None)  # type: ignore[index]
    assert data["lines"] == [  # type: ignore[index]
        {
            "movement_id": receipt["movement_id"],
            "sku": CARTRIDGE,
            "name": "12-pin cartridge",
            "lot": "A1",
            "expires_on": "2099-11-20",
            "quantity": "10",
            "value_cents": 12345,
            "purpose": "receipt",
        }
    ]


def test_a_second_receipt_of_a_lot_adds_to_it_and_warns_when_its_code_is_written_differently(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    mara = inventory.as_(MARA)
    mara.post("/v1/receipts", RECEIPT)

    answer = mara.post("/v1/receipts", {**RECEIPT, "lot": " a1", "quantity": "5", "cost_cents": 1})

    assert answer.status_code == 201
    assert answer.json["on_hand"] == "15"
    assert answer.json["warnings"] == ["Added to lot A1, which is written differently."]
    assert inventory_database.rows("SELECT code, value_cents FROM lots") == [("A1", 12346)]


def test_the_same_lot_with_another_expiry_is_a_conflict_that_says_what_is_on_file(inventory: Clients) -> None:
    mara = inventory.as_(MARA)
    mara.post("/v1/receipts", RECEIPT)

    answer = mara.post("/v1/receipts", {**RECEIPT, "expires_on": "2099-11-21"})

    assert answer.status_code == 409
    assert answer.json["type"] == "/problems/lot-has-other-expiry"
    assert answer.json["expires_on"] == "2099-11-20"


def test_an_expiry_that_names_only_the_month_is_good_until_its_last_day(inventory: Clients) -> None:
    answer = inventory.as_(MARA).post("/v1/receipts", {**RECEIPT, "expires_on": "2096-02"})

    assert (answer.json["expires_on"], answer.json["expires_precision"]) == ("2096-02-29", "month")


def test_the_same_key_receives_once(inventory: Clients, inventory_database: ServiceDatabase) -> None:
    mara = inventory.as_(MARA)
    first = mara.post("/v1/receipts", RECEIPT, key="delivery-1")

    again = mara.post("/v1/receipts", RECEIPT, key="delivery-1")
    other = mara.post("/v1/receipts", {**RECEIPT, "quantity": "11"}, key="delivery-1")

    assert again.json == first.json
    assert again.headers["Idempotency-Hit"] == "true"
    assert (other.status_code, other.json["type"]) == (422, "/problems/idempotency-key-reused")
    assert inventory_database.value("SELECT sum(on_hand_thousandths)::bigint FROM lots") == 10_000


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"quantity": "0"}, "/quantity"),
        ({"quantity": "-5"}, "/quantity"),
        ({"quantity": 10}, "/quantity"),
        ({"quantity": True}, "/quantity"),
        ({"quantity": "1E+600000"}, "/quantity"),
        ({"quantity": "1000000000000"}, "/quantity"),
        ({"quantity": "1000001"}, "/quantity"),
        ({"quantity": "1.5"}, "/quantity"),
        ({"quantity": "١٢"}, "/quantity"),
        ({"cost_cents": -1}, "/cost_cents"),
        ({"cost_cents": 19.99}, "/cost_cents"),
        ({"cost_cents": "1999"}, "/cost_cents"),
        ({"cost_cents": 9223372036854775808}, "/cost_cents"),
        ({"expires_on": "2101-01-01"}, "/expires_on"),
        ({"expires_on": "2096-02-30"}, "/expires_on"),
        ({"expires_on": "2096-13"}, "/expires_on"),
        ({"expires_on": "20960101"}, "/expires_on"),
        ({"expires_on": 20960101}, "/expires_on"),
        ({"expires_on": "2020-01-01"}, "/expires_on"),
        ({"lot": ""}, "/lot"),
        ({"lot": "A\x001"}, "/lot"),
        ({"lot": "x" * 65}, "/lot"),
        ({"sku": "nothing"}, "/sku"),
        ({"clinic_id": 1}, "/clinic_id"),
        ({"on_hand": "3"}, "/on_hand"),
    ],
)
def test_what_cannot_have_arrived_is_refused_and_nothing_is_written(
    inventory: Clients, inventory_database: ServiceDatabase, change: dict[str, Any], pointer: str
) -> None:
    answer = inventory.as_(MARA).post("/v1/receipts", {**RECEIPT, **change})

    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert inventory_database.value("SELECT count(*) FROM lots") == 0


def test_a_delivery_that_expires_today_may_still_be_received(inventory_database: ServiceDatabase) -> None:
    stock_up(inventory_database.app, CREAM, "T", "30", 900, expires="2026-03-02")

    assert inventory_database.value("SELECT on_hand_thousandths FROM lots") == 30_000


def test_strong_lidocaine_without_prescription_needs_a_reason(inventory: Clients) -> None:
    mara = inventory.as_(MARA)
    strong = {**RECEIPT, "sku": STRONG_CREAM}

    refused = mara.post("/v1/receipts", strong)
    accepted = mara.post("/v1/receipts", {**strong, "override_reason": "Dr. Ruiz ordered it"})

    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/override_reason"
    assert accepted.status_code == 201
    assert accepted.json["override_reason"] == "Dr. Ruiz ordered it"


def test_nothing_is_added_to_a_recalled_lot(inventory: Clients) -> None:
    mara = inventory.as_(MARA)
    lot = mara.post("/v1/receipts", RECEIPT).json["lot_id"]
    mara.patch(f"/v1/lots/{lot}", {"status": "recalled", "reason": "maker's letter"}, version=1)

    answer = mara.post("/v1/receipts", RECEIPT)

    assert (answer.status_code, answer.json["type"]) == (409, "/problems/lot-blocked")


@pytest.mark.parametrize(("who", "status"), [(DORA, 403), (ABEL, 403), (HANA, 404)])
def test_only_a_manager_of_the_clinic_receives(inventory: Clients, who: Any, status: int) -> None:
    assert inventory.as_(who).post("/v1/receipts", RECEIPT).status_code == status


def test_two_clinics_may_have_a_lot_of_the_same_code(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, AFTERCARE, "S1", "1", 100)
    stock_up(inventory_database.app, AFTERCARE, "S1", "2", 300, clinic_id="harbor", expires="2028-01-01")

    mine = inventory.as_(HANA).get("/v1/lots").json["items"]

    assert [(lot["clinic_id"], lot["on_hand"]) for lot in mine] == [("harbor", "2")]
