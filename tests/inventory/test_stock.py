"""GET /v1/stock: by item and by lot, now and at the end of a business day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.clock import utc_now
from tests.cast import ABEL, CLEO, DORA, HANA, MARA, OLGA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import AFTERCARE, CREAM, ITEMS, NOON, SERUM, TODAY, stock_up, usage

Deliver = Callable[..., TestResponse]


def row(answer: TestResponse, sku: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (found,) = [item for item in answer.json["items"] if item["sku"] == sku]
    return dict(found)


def in_days(days: int) -> str:
    return (utc_now() + timedelta(days=days)).date().isoformat()


def test_stock_by_item_adds_up_the_lots_and_tells_what_is_usable(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, SERUM, "OLD", "1", 100, expires="2026-03-02")
    stock_up(inventory_database.app, SERUM, "SOON", "2", 200, expires=in_days(30))
    stock_up(inventory_database.app, SERUM, "LATE", "4", 400, expires=in_days(300))
    held = stock_up(inventory_database.app, SERUM, "HELD", "8", 800, expires=in_days(5))
    inventory.as_(MARA).patch(f"/v1/lots/{held}", {"status": "hold", "reason": "x"}, version=1)
    deliver(usage(scanned=((CREAM, "7", None),)))

    answer = inventory.as_(ABEL).get("/v1/stock?clinic_id=main")

    serum = row(answer, SERUM)
    assert (serum["on_hand"], serum["usable"], serum["value_cents"]) == ("15", "6", 1500)
    assert serum["next_expires_on"] == in_days(30)
    assert (row(answer, CREAM)["short"], row(answer, CREAM)["open_shortages"]) == ("7", 1)
    assert [item["sku"] for item in answer.json["items"]] == sorted(item[0] for item in ITEMS)


def test_stock_by_lot_lists_what_is_there_in_the_order_it_should_be_used(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, SERUM, "EVER", "1", 100, expires=None)
    stock_up(inventory_database.app, SERUM, "OLD", "1", 100, expires="2026-03-02")
    stock_up(inventory_database.app, SERUM, "GOOD", "2.5", 200, expires=in_days(9))

    shown = inventory.as_(DORA).get("/v1/stock?by=lot").json["items"]

    assert [(lot["lot"], lot["on_hand"], lot["usable"]) for lot in shown] == [
        ("OLD", "1", "0"),
        ("GOOD", "2.5", "2.5"),
        ("EVER", "1", "1"),
    ]


def test_stock_at_a_day_of_the_past_is_what_was_there_in_the_evening(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(
        inventory_database.app, SERUM, "H1", "10", 1000, now=NOON - timedelta(days=2), expires="2026-03-01"
    )
    lot = stock_up(inventory_database.app, SERUM, "H2", "10", 500, now=NOON - timedelta(days=1))
    deliver(usage(scanned=((SERUM, "4", "H1"),), on_date=TODAY))
    inventory.as_(MARA).patch(f"/v1/lots/{lot}", {"status": "hold", "reason": "x"}, version=1)
    abel = inventory.as_(ABEL)

    def at(days_ago: int) -> tuple[str, str, int]:
        found = row(abel.get(f"/v1/stock?at={TODAY - timedelta(days=days_ago)}"), SERUM)
        return found["on_hand"], found["usable"], found["value_cents"]

    # H1 keeps until the day before TODAY; H2 was held only just now
    assert at(3) == ("0", "0", 0)
    assert at(2) == ("10", "10", 1000)
    assert at(1) == ("20", "20", 1500)
    assert at(0) == ("16", "10", 1100)
    assert row(abel.get("/v1/stock"), SERUM)["usable"] == "0"
    lots = abel.get(f"/v1/stock?by=lot&at={TODAY - timedelta(days=2)}").json["items"]
    assert [(one["lot"], one["on_hand"], one["value_cents"]) for one in lots] == [("H1", "10", 1000)]


def test_a_business_day_ends_when_it_ends_at_the_clinic(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    # Two in the morning UTC is still the evening before in New York.
    late = datetime(2026, 3, 3, 2, tzinfo=UTC)
    stock_up(inventory_database.app, SERUM, "H1", "10", 1000, now=late)

    assert row(inventory.as_(ABEL).get("/v1/stock?at=2026-03-02"), SERUM)["on_hand"] == "10"


@pytest.mark.parametrize("by", ["item", "lot"])
def test_pages_of_stock_follow_each_other_without_gap_or_double(
    inventory: Clients, inventory_database: ServiceDatabase, by: str
) -> None:
    for number in range(5):
        stock_up(
            inventory_database.app,
            SERUM,
            f"L{number}",
            "1",
            1,
            expires=in_days(number % 2) if number else None,
        )
        stock_up(inventory_database.app, CREAM, f"L{number}", "1", 1, clinic_id="harbor")
    olga = inventory.as_(OLGA)

    seen, path = [], f"/v1/stock?by={by}&limit=3"
    while path:
        page = olga.get(path).json
        seen += [(item["sku"], item.get("lot"), item["clinic_id"]) for item in page["items"]]
        path = f"/v1/stock?by={by}&limit=3&cursor={page['next']}" if page["next"] else ""

    assert len(seen) == len(set(seen)) == (10 if by == "lot" else 2 * len(ITEMS))
    assert [sku for sku, _, _ in seen] == sorted(sku for sku, _, _ in seen)


def test_stock_is_searched_by_name_sku_barcode_and_lot(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, SERUM, "Batch-9", "1", 1)
    stock_up(inventory_database.app, AFTERCARE, "R1", "1", 1)
    dora = inventory.as_(DORA)

    def found(query: str) -> list[str]:
        return [item["sku"] for item in dora.get(f"/v1/stock?{query}").json["items"]]

    assert found("query=HYALURONIC") == [SERUM]
    assert found("query=aft-") == [AFTERCARE]
    assert found("query=305912070302") == [AFTERCARE]
    assert found("query=0305912070302") == [AFTERCARE]
    assert found("by=lot&query=batch") == [SERUM]
    assert found("by=lot&query=%25") == []


def test_values_are_shown_to_those_who_may_see_costs_only(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "1", 98765)

    for by in ("item", "lot"):
        for person in (DORA, CLEO):
            assert "98765" not in inventory.as_(person).get(f"/v1/stock?by={by}").text
        for person in (ABEL, MARA, OLGA):
            assert "98765" in inventory.as_(person).get(f"/v1/stock?by={by}").text


def test_everybody_sees_the_shelves_of_their_own_clinics_only(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "1", 1)

    assert row(inventory.as_(HANA).get("/v1/stock"), SERUM)["on_hand"] == "0"
    assert inventory.as_(HANA).get("/v1/stock?clinic_id=main").status_code == 404
    assert inventory.as_(HANA).get("/v1/stock?by=lot").json["items"] == []
    assert inventory.anonymous().get("/v1/stock").status_code == 401


@pytest.mark.parametrize(
    "query", ["by=shelf", "at=2026-02-30", "at=yesterday", "limit=201", "cursor=W10=", "x=1"]
)
def test_a_question_that_makes_no_sense_is_refused(inventory: Clients, query: str) -> None:
    assert inventory.as_(DORA).get(f"/v1/stock?{query}").status_code == 422
