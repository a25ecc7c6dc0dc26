"""/v1/movements: the ledger of the shelves, and taking back a receipt typed wrongly."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from werkzeug.test import TestResponse

from tests.cast import ABEL, CLEO, DORA, HANA, MARA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import CREAM, NOON, SERUM, TODAY, stock_up, usage

Deliver = Callable[..., TestResponse]
WHY = {"reason": "typed 100 instead of 10"}
LEDGERS = ("movements", "receipts", "usages", "usage_lines", "settlements", "reversals", "lot_status_changes")


def only_movement(inventory: Clients) -> dict[str, Any]:
    (movement,) = inventory.as_(MARA).get("/v1/movements").json["items"]
    found: dict[str, Any] = movement
    return found


def take_back(inventory: Clients, movement: dict[str, Any], **kwargs: Any) -> TestResponse:
    return inventory.as_(MARA).post(f"/v1/movements/{movement['movement_id']}/reversals", WHY, **kwargs)


def test_the_ledger_shows_where_a_lot_came_from_and_went_to(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 1000)
    stock_up(inventory_database.app, CREAM, "N1", "10", 1000)
    visit = usage(scanned=((SERUM, "3", "H1"),), sold=((SERUM, "1", "H1"),))
    deliver(visit)

    shown = inventory.as_(ABEL).get(f"/v1/movements?lot_id={lot}").json["items"]

    # sold: 1 of the 7 left, worth 7.00
    assert [(line["kind"], line["quantity"], line["value_cents"], line["visit_id"]) for line in shown] == [
        ("sale", "-1", -100, str(visit.subject)),
        ("use", "-3", -300, str(visit.subject)),
        ("receipt", "10", 1000, None),
    ]
    assert {line["lot"] for line in shown} == {"H1"}


def test_the_ledger_can_be_narrowed_by_item_visit_and_day(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 1000, now=NOON - timedelta(days=3))
    stock_up(inventory_database.app, CREAM, "N1", "10", 1000, now=NOON - timedelta(days=2))
    visit = usage(scanned=((SERUM, "3", None),))
    deliver(visit)
    mara = inventory.as_(MARA)

    def kinds(query: str) -> list[tuple[str, str]]:
        return [(line["sku"], line["kind"]) for line in mara.get(f"/v1/movements?{query}").json["items"]]

    assert kinds(f"sku={SERUM.lower()}") == [(SERUM, "use"), (SERUM, "receipt")]
    assert kinds(f"visit_id={visit.subject}") == [(SERUM, "use")]
    assert kinds(f"from={TODAY}") == [(SERUM, "use")]
    assert kinds(f"to={TODAY - timedelta(days=3)}&clinic_id=main") == [(SERUM, "receipt")]
    assert kinds("sku=nothing") == []
    assert mara.get("/v1/movements?from=2026-02-30").status_code == 422


def test_pages_follow_each_other_without_gap_or_double(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    for number in range(7):
        stock_up(inventory_database.app, SERUM, f"L{number}", "1", 1, now=NOON - timedelta(days=number % 3))
    mara = inventory.as_(MARA)

    seen, path = [], "/v1/movements?limit=2"
    while path:
        page = mara.get(path).json
        seen += [(line["occurred_on"], line["lot"]) for line in page["items"]]
        path = f"/v1/movements?limit=2&cursor={page['next']}" if page["next"] else ""

    assert len(seen) == len(set(seen)) == 7
    assert [day for day, _ in seen] == sorted((day for day, _ in seen), reverse=True)


def test_a_receipt_typed_wrongly_is_taken_back_at_its_own_value(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "100", 777)
    receipt = only_movement(inventory)

    answer = take_back(inventory, receipt)

    assert answer.status_code == 201, answer.text
    assert (answer.json["kind"], answer.json["quantity"], answer.json["value_cents"]) == (
        "reversal",
        "-100",
        -777,
    )
    assert answer.json["reverses_id"] == receipt["movement_id"]
    assert inventory_database.rows("SELECT on_hand_thousandths, value_cents FROM lots") == [(0, 0)]
    told = inventory_database.value("SELECT data FROM outbox ORDER BY seq DESC LIMIT 1")
    assert (told["reason"], told["lines"][0]["value_cents"], told["lines"][0]["purpose"]) == (  # type: ignore[index]
        "reversal",
        -777,
        "receipt",
    )


def test_after_that_the_lot_may_be_received_with_the_expiry_that_is_really_printed(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 777, expires="2027-01-01")
    take_back(inventory, only_movement(inventory))

    stock_up(inventory_database.app, SERUM, "H1", "10", 777, expires="2026-07-01")

    assert [str(day) for (day,) in inventory_database.rows("SELECT expires_on FROM lots")] == ["2026-07-01"]


def test_a_receipt_of_which_something_was_used_stays(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 777)
    receipt = only_movement(inventory)
    deliver(usage(scanned=((SERUM, "1", None),)))

    answer = take_back(inventory, receipt)

    assert (answer.status_code, answer.json["type"]) == (409, "/problems/cannot-reverse")


def test_a_use_is_not_taken_back_here(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 777)
    deliver(usage(scanned=((SERUM, "1", None),)))
    used = inventory.as_(MARA).get("/v1/movements?limit=1").json["items"][0]

    assert take_back(inventory, used).status_code == 409


def test_many_who_take_back_at_once_do_it_once(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 777)
    stock_up(inventory_database.app, SERUM, "H1", "50", 777)
    receipt = inventory.as_(MARA).get("/v1/movements").json["items"][1]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: take_back(inventory, receipt).status_code, range(8)))

    assert sorted(answers) == [201] + [409] * 7
    assert inventory_database.value("SELECT on_hand_thousandths FROM lots") == 50_000


def test_the_same_key_takes_back_once_and_says_so(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 777)
    receipt = only_movement(inventory)

    first, second = take_back(inventory, receipt, key="k"), take_back(inventory, receipt, key="k")

    assert first.json == second.json
    assert second.headers["Idempotency-Hit"] == "true"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE movements SET quantity_thousandths = 1",
        "DELETE FROM movements",
        "UPDATE receipts SET cost_cents = 1",
        "DELETE FROM recipe_items",
        *(f"TRUNCATE {ledger} CASCADE" for ledger in LEDGERS),
    ],
)
def test_not_even_the_owner_of_the_tables_changes_a_ledger(
    inventory_database: ServiceDatabase, statement: str
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 777)

    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        inventory_database.execute_as_owner(statement)


def test_who_may_read_and_take_back(inventory: Clients, inventory_database: ServiceDatabase) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 777)
    path = f"/v1/movements/{only_movement(inventory)['movement_id']}/reversals"

    assert inventory.as_service("billing").get("/v1/movements").status_code == 403
    for person in (DORA, CLEO):
        assert inventory.as_(person).post(path, WHY).status_code == 403
    assert inventory.as_(ABEL).post(path, WHY).status_code == 403
    assert inventory.as_(HANA).post(path, WHY).status_code == 404
    assert inventory.as_(HANA).get("/v1/movements").json["items"] == []
