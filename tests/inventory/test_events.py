"""POST /v1/events: billing says what visits used, and each visit is booked exactly once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event as sqlalchemy_event
from werkzeug.test import TestResponse

from services.inventory.usages.service import apply
from shared.db import EVERY_CLINIC
from shared.events.cloud import CONTENT_TYPE
from tests.cast import MARA, OLGA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import (
    AFTERCARE,
    CARTRIDGE,
    CREAM,
    FACE,
    NECK,
    NOON,
    SERUM,
    SHEATH,
    stock_up,
    usage,
)

Deliver = Callable[..., TestResponse]


def full_shelf(database: ServiceDatabase) -> None:
    stock_up(database.app, CARTRIDGE, "C1", "1000", 1_000_000)
    stock_up(database.app, SHEATH, "S1", "1000", 50_000)
    stock_up(database.app, CREAM, "N1", "30000", 900_000)
    stock_up(database.app, SERUM, "H1", "9000", 123_457)


def statuses(answer: TestResponse) -> list[str]:
    return [result["status"] for result in answer.json["results"]]


def test_the_same_event_changes_the_shelf_once(deliver: Deliver, inventory_database: ServiceDatabase) -> None:
    full_shelf(inventory_database)
    visit = usage(FACE)

    first, second = deliver(visit), deliver(visit)

    assert (statuses(first), statuses(second)) == (["applied"], ["duplicate"])
    assert inventory_database.value("SELECT count(*) FROM movements WHERE kind = 'use'") == 4


def test_fifty_deliveries_at_once_have_one_effect(
    deliver: Deliver, inventory_database: ServiceDatabase
) -> None:
    full_shelf(inventory_database)
    visit = usage(FACE, NECK)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: deliver(visit), range(50)))

    assert (
        sorted(status for answer in answers for status in statuses(answer))
        == ["applied"] + ["duplicate"] * 49
    )
    assert inventory_database.rows(
        "SELECT sku, sum(quantity_thousandths)::bigint FROM movements WHERE kind = 'use'"
        " GROUP BY sku ORDER BY sku"
    ) == [(CREAM, -15_000), (SERUM, -5_000), (CARTRIDGE, -1_000), (SHEATH, -1_000)]
    assert inventory_database.value("SELECT count(*) FROM outbox WHERE data ->> 'reason' = 'usage'") == 1


def test_many_visits_fight_for_the_last_cartridges_and_none_is_used_twice(
    deliver: Deliver, inventory_database: ServiceDatabase
) -> None:
    lot = stock_up(inventory_database.app, CARTRIDGE, "LAST", "7", 700)
    visits = [usage(scanned=((CARTRIDGE, "1", None),)) for _ in range(40)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(deliver, visits))

    assert [statuses(answer) for answer in answers] == [["applied"]] * 40
    assert inventory_database.rows("SELECT lot_id, on_hand_thousandths, value_cents FROM lots") == [
        (lot, 0, 0)
    ]
    assert inventory_database.value("SELECT count(*) FROM movements WHERE kind = 'use'") == 7
    assert inventory_database.value("SELECT count(*) FROM shortages WHERE cause = 'out-of-stock'") == 33


def test_batches_that_want_the_same_lots_in_any_order_do_not_block_each_other_for_good(
    deliver: Deliver, inventory_database: ServiceDatabase
) -> None:
    full_shelf(inventory_database)
    batches = [
        [usage(FACE), usage(sold=((SERUM, "1", None),)), usage(NECK)][:: 1 if n % 2 else -1]
        for n in range(24)
    ]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda batch: deliver(*batch), batches))

    assert {status for answer in answers for status in statuses(answer)} == {"applied"}
    assert inventory_database.value("SELECT count(*) FROM usages") == 72


def test_one_poisoned_event_does_not_hold_up_the_others(
    deliver: Deliver, inventory_database: ServiceDatabase
) -> None:
    full_shelf(inventory_database)
    good, poison, better = usage(FACE), usage(FACE, areas=-1), usage(NECK)

    answer = deliver(good, poison, better)

    assert [(result["id"], result["status"]) for result in answer.json["results"]] == [
        (str(good.id), "applied"),
        (str(poison.id), "rejected"),
        (str(better.id), "applied"),
    ]
    assert inventory_database.value("SELECT count(*) FROM usages") == 2
    assert inventory_database.value("SELECT count(*) FROM inbox") == 2


@pytest.mark.parametrize(
    "change",
    [
        {"charges": [{"charge": FACE, "quantity": True}]},
        {"charges": [{"charge": FACE, "quantity": "1"}]},
        {"charges": [{"charge": FACE}]},
        {"charges": {"charge": FACE, "quantity": 1}},
        {"charges": [{"charge": FACE, "quantity": 1}] * 201},
        {"scanned": [{"sku": CREAM, "quantity": 5}]},
        {"scanned": [{"sku": CREAM, "quantity": "0"}]},
        {"scanned": [{"sku": CREAM, "quantity": "-1"}]},
        {"scanned": [{"sku": CREAM, "quantity": "NaN"}]},
        {"scanned": [{"sku": "", "quantity": "1"}]},
        {"scanned": [{"sku": "a\x00b", "quantity": "1"}]},
        {"scanned": [{"sku": "\ud800", "quantity": "1"}]},
        {"scanned": [{"sku": CREAM, "quantity": "1", "lot": 5}]},
        {"scanned": ["x"]},
        {"sold": None},
        {"visit_id": "1"},
        {"visit_id": str(uuid4())},
        {"invoice_id": None},
        {"patient_id": 5},
        {"clinic_id": "harbor"},
        {"occurred_at": "2026-03-02T17:00:00"},
        {"business_date": "2026-02-30"},
        {"business_date": "20260302"},
        {"actor": None},
    ],
)
def test_a_malformed_usage_is_rejected_and_leaves_nothing(
    deliver: Deliver, inventory_database: ServiceDatabase, change: dict[str, Any]
) -> None:
    visit = usage(FACE)

    answer = deliver(replace(visit, data={**visit.data, **change}))

    assert statuses(answer) == ["rejected"], answer.text
    assert answer.json["results"][0]["detail"]
    assert inventory_database.value("SELECT count(*) FROM inbox") == 0


def test_a_usage_of_a_clinic_nobody_knows_is_rejected(deliver: Deliver) -> None:
    answer = deliver(usage(FACE, clinic_id="nowhere"))

    assert statuses(answer) == ["rejected"]


def test_the_supplies_of_an_invoice_are_booked_once_whatever_the_event_is_called(
    deliver: Deliver, inventory_database: ServiceDatabase
) -> None:
    visit = usage(FACE)
    twin = replace(visit, id=uuid4())

    together = deliver(visit, twin)
    later = deliver(replace(visit, id=uuid4()))

    assert statuses(together) == ["applied", "rejected"]
    assert statuses(later) == ["rejected"]
    assert inventory_database.value("SELECT count(*) FROM usages") == 1


def test_what_is_no_event_at_all_is_rejected_one_by_one(inventory: Clients) -> None:
    billing = inventory.as_service("billing")
    other, elsewhere, good = (usage(FACE).to_wire() for _ in range(3))
    batch = [None, 5, {**good, "id": []}, {**other, "type": "x"}, {**elsewhere, "source": "/portal"}, good]

    answer = billing.post("/v1/events", batch, content_type=CONTENT_TYPE, key=None)

    assert answer.status_code == 200
    assert {result["id"]: result["status"] for result in answer.json["results"]} == {
        "": "rejected",
        "[]": "rejected",
        other["id"]: "rejected",
        elsewhere["id"]: "rejected",
        good["id"]: "applied",
    }


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"[]", "application/json", 415),
        (b"[]", "text/plain", 415),
        (b"{}", CONTENT_TYPE, 413),
        (b"[" * 100_000, CONTENT_TYPE, 400),
        (b'[{"id": NaN}]', CONTENT_TYPE, 400),
        (b"\xff", CONTENT_TYPE, 400),
        (b"[" + b" " * 1_100_000 + b"]", CONTENT_TYPE, 413),
        (json.dumps([{}] * 101).encode(), CONTENT_TYPE, 413),
    ],
)
def test_what_is_no_batch_is_refused(inventory: Clients, body: bytes, content_type: str, status: int) -> None:
    answer = inventory.as_service("billing").post(
        "/v1/events", data=body, content_type=content_type, key=None
    )

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_only_billing_may_tell(inventory: Clients) -> None:
    for client in (
        inventory.as_(OLGA),
        inventory.as_(MARA),
        inventory.as_service("inventory"),
        inventory.as_service("portal"),
    ):
        assert client.post("/v1/events", [], content_type=CONTENT_TYPE, key=None).status_code == 403
    assert inventory.anonymous().post("/v1/events", json=[]).status_code == 401


def test_a_hundred_visits_take_a_dozen_statements(inventory_database: ServiceDatabase) -> None:
    full_shelf(inventory_database)
    visits = [
        usage(FACE, NECK, scanned=((CARTRIDGE, "1", "C1"),), sold=((AFTERCARE, "1", None),))
        for _ in range(100)
    ]
    engine = inventory_database.app.engine
    counted: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    sqlalchemy_event.listen(engine, "before_cursor_execute", count)
    try:
        with inventory_database.app.transaction(EVERY_CLINIC) as session:
            counted.clear()
            apply(session, visits, now=NOON)
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", count)

    # clinics, items, recipes, lots, one update of the lots, one insert of everything
    assert len(counted) == 6
    assert inventory_database.value("SELECT count(*) FROM usages") == 100
    assert inventory_database.value("SELECT count(*) FROM outbox WHERE data ->> 'reason' = 'usage'") == 100
    assert inventory_database.value("SELECT count(*) FROM shortages") == 100
