"""Shortages are open exceptions that a manager settles from a lot."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.cast import ABEL, CLEO, DORA, HAL, HANA, MARA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import AFTERCARE, CARTRIDGE, CREAM, SERUM, stock_up, usage

Deliver = Callable[..., TestResponse]
REPORT = {"clinic_id": "main", "sku": SERUM, "quantity": "2.5", "note": "found the bottle empty"}


@pytest.fixture
def short(inventory: Clients, deliver: Deliver) -> dict[str, Any]:
    """Five millilitres of serum that a visit used, though the shelf was empty."""
    visit = usage(scanned=((SERUM, "5", None),))
    deliver(visit)
    (shortage,) = inventory.as_(MARA).get("/v1/shortages").json["items"]
    return {**shortage, "invoice_id": visit.data["invoice_id"]}


def settle(
    inventory: Clients, shortage: dict[str, Any], lot: Any, quantity: str, **kwargs: Any
) -> TestResponse:
    path = f"/v1/shortages/{shortage['shortage_id']}/settlements"
    return inventory.as_(MARA).post(path, {"lot_id": str(lot), "quantity": quantity}, **kwargs)


def test_a_shortage_is_settled_from_a_lot_at_its_value_for_its_visit(
    inventory: Clients, inventory_database: ServiceDatabase, short: dict[str, Any]
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 999)

    answer = settle(inventory, short, lot, "5")

    assert answer.status_code == 201, answer.text
    told = answer.json
    assert (told["quantity"], told["value_cents"], told["flags"]) == ("5", -500, [])
    assert (told["shortage"]["state"], told["shortage"]["open"]) == ("closed", "0")
    assert inventory_database.rows("SELECT on_hand_thousandths, value_cents FROM lots") == [(5_000, 499)]
    supplies = inventory.as_(MARA).get(f"/v1/usages/{short['visit_id']}").json
    assert [(line["kind"], line["quantity"]) for line in supplies["supplies"]] == [("settlement", "5")]
    assert supplies["shortages"] == []


def test_billing_is_told_of_a_settlement_with_the_invoice_it_belongs_to(
    inventory: Clients, inventory_database: ServiceDatabase, short: dict[str, Any]
) -> None:
    settle(inventory, short, stock_up(inventory_database.app, SERUM, "H1", "10", 1000), "2")

    ((subject, data),) = inventory_database.rows(
        "SELECT subject, data FROM outbox WHERE data ->> 'reason' = 'settlement'"
    )
    assert str(subject) == short["visit_id"]
    assert (data["visit_id"], data["invoice_id"]) == (short["visit_id"], short["invoice_id"])  # type: ignore[index]
    assert [(line["quantity"], line["value_cents"], line["purpose"]) for line in data["lines"]] == [  # type: ignore[index]
        ("-2", -200, "treatment")
    ]


def test_a_shortage_may_be_settled_in_parts_from_several_lots(
    inventory: Clients, inventory_database: ServiceDatabase, short: dict[str, Any]
) -> None:
    settle(inventory, short, stock_up(inventory_database.app, SERUM, "H1", "2", 200), "2")

    last = settle(inventory, short, stock_up(inventory_database.app, SERUM, "H2", "9", 900), "3")

    assert last.json["shortage"]["state"] == "closed"
    assert settle(inventory, short, last.json["lot_id"], "1").status_code == 409


@pytest.mark.parametrize(
    ("taken", "problem"),
    [
        ((SERUM, "6"), "validation"),
        ((SERUM, "0"), "validation"),
        ((SERUM, "4"), "insufficient-stock"),
        ((CREAM, "1"), "validation"),
    ],
)
def test_a_settlement_that_cannot_be_is_refused(
    inventory: Clients,
    inventory_database: ServiceDatabase,
    short: dict[str, Any],
    taken: tuple[str, str],
    problem: str,
) -> None:
    sku, quantity = taken
    lot = stock_up(inventory_database.app, sku, "L", "3", 300)

    answer = settle(inventory, short, lot, quantity)

    assert (answer.status_code, answer.json["type"]) == (422, f"/problems/{problem}")
    assert inventory_database.value("SELECT on_hand_thousandths FROM lots") == 3_000


def test_a_lot_of_another_clinic_or_of_nobody_settles_nothing(
    inventory: Clients, inventory_database: ServiceDatabase, short: dict[str, Any]
) -> None:
    theirs = stock_up(inventory_database.app, SERUM, "H1", "9", 900, clinic_id="harbor")

    assert settle(inventory, short, theirs, "1").status_code == 404
    assert settle(inventory, short, uuid4(), "1").status_code == 404


def test_settling_from_an_expired_lot_is_possible_and_flagged(
    inventory: Clients, inventory_database: ServiceDatabase, short: dict[str, Any]
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "OLD", "9", 900, expires="2026-03-02")

    answer = settle(inventory, short, lot, "1")

    assert answer.json["flags"] == ["expired-lot"]


def test_where_the_sku_was_unknown_the_manager_says_what_it_was(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    lot = stock_up(inventory_database.app, CARTRIDGE, "C1", "2", 200)
    deliver(usage(scanned=(("typo", "1", None),)))
    (shortage,) = inventory.as_(MARA).get("/v1/shortages").json["items"]

    answer = settle(inventory, shortage, lot, "1")

    assert (answer.status_code, answer.json["shortage"]["state"]) == (201, "closed")


def test_two_who_settle_at_once_take_the_goods_once(
    inventory: Clients, inventory_database: ServiceDatabase, short: dict[str, Any]
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "100", 1000)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: settle(inventory, short, lot, "5"), range(12)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    assert inventory_database.rows("SELECT on_hand_thousandths, value_cents FROM lots") == [(95_000, 950)]


def test_the_same_key_at_once_settles_once_and_everybody_hears_the_same(
    inventory: Clients, inventory_database: ServiceDatabase, short: dict[str, Any]
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "100", 1000)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: settle(inventory, short, lot, "5", key="once"), range(8)))

    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json["settlement_id"] for answer in answers}) == 1
    assert inventory_database.value("SELECT count(*) FROM settlements") == 1


def test_several_shortages_fight_for_one_lot_and_it_is_never_overdrawn(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    deliver(*(usage(scanned=((SERUM, "2", None),)) for _ in range(10)))
    open_ones = inventory.as_(MARA).get("/v1/shortages").json["items"]
    lot = stock_up(inventory_database.app, SERUM, "H1", "7", 700)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda shortage: settle(inventory, shortage, lot, "2"), open_ones))

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [422] * 7
    assert inventory_database.rows("SELECT on_hand_thousandths, value_cents FROM lots") == [(1_000, 100)]


def test_somebody_on_the_floor_reports_a_shortage_by_hand(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    reported = inventory.as_(CLEO).post("/v1/shortages", REPORT)
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 1000)

    settled = settle(inventory, reported.json, lot, "2.5")

    assert (reported.status_code, reported.json["cause"], reported.json["by"]) == (
        201,
        "reported",
        "staff-cleo",
    )
    assert settled.json["shortage"]["state"] == "closed"
    told = inventory_database.value("SELECT data FROM outbox WHERE data ->> 'reason' = 'settlement'")
    assert (told["visit_id"], told["invoice_id"]) == (None, None)  # type: ignore[index]


def test_a_report_that_names_a_visit_is_settled_for_its_invoice(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    visit = usage("consultation")
    deliver(visit)
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 1000)
    reported = inventory.as_(CLEO).post("/v1/shortages", {**REPORT, "visit_id": str(visit.subject)}).json

    settle(inventory, reported, lot, "2.5")

    told = inventory_database.value("SELECT data FROM outbox WHERE data ->> 'reason' = 'settlement'")
    assert told["invoice_id"] == visit.data["invoice_id"]  # type: ignore[index]
    assert len(inventory.as_(MARA).get(f"/v1/usages/{visit.subject}").json["supplies"]) == 1


@pytest.mark.parametrize(
    "change",
    [{"sku": "nothing"}, {"quantity": "0"}, {"note": ""}, {"sku": AFTERCARE}, {"visit_id": "x"}, {"x": 1}],
)
def test_a_report_that_makes_no_sense_is_refused(inventory: Clients, change: dict[str, Any]) -> None:
    assert inventory.as_(CLEO).post("/v1/shortages", {**REPORT, **change}).status_code == 422


def test_the_list_shows_open_ones_page_by_page_and_closed_ones_when_asked(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    deliver(*(usage(scanned=((SERUM, "1", None),)) for _ in range(5)))
    mara = inventory.as_(MARA)
    first = mara.get("/v1/shortages?limit=3").json
    settle(inventory, first["items"][0], stock_up(inventory_database.app, SERUM, "H1", "9", 900), "1")

    second = mara.get(f"/v1/shortages?limit=3&cursor={first['next']}").json

    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, None)
    assert len(mara.get("/v1/shortages").json["items"]) == 4
    assert len(mara.get("/v1/shortages?state=closed").json["items"]) == 1
    assert len(mara.get("/v1/shortages?state=all&clinic_id=main").json["items"]) == 5
    assert mara.get("/v1/shortages?state=gone").status_code == 422


def test_who_may_see_report_and_settle(inventory: Clients, short: dict[str, Any]) -> None:
    path = f"/v1/shortages/{short['shortage_id']}/settlements"
    body = {"lot_id": str(uuid4()), "quantity": "1"}

    assert inventory.as_(DORA).get("/v1/shortages").status_code == 403
    assert inventory.as_(ABEL).get("/v1/shortages").status_code == 200
    assert inventory.as_(ABEL).post("/v1/shortages", REPORT).status_code == 403
    assert inventory.as_(HAL).post("/v1/shortages", REPORT).status_code == 404
    assert inventory.as_(CLEO).post(path, body).status_code == 403
    assert inventory.as_(HANA).post(path, body).status_code == 404
    assert inventory.as_(HANA).get("/v1/shortages").json["items"] == []
    assert inventory.as_(HANA).get("/v1/shortages?clinic_id=main").status_code == 404
