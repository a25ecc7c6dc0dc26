"""/v1/lots: register, list, hold and release."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.cast import ABEL, CLEO, DORA, HANA, MARA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import CREAM, SERUM, stock_up, usage

LOT: dict[str, Any] = {"clinic_id": "main", "sku": SERUM, "lot": "H1", "expires_on": "2099-01-31"}


def test_a_lot_is_put_on_file_before_it_arrives(inventory: Clients) -> None:
    mara = inventory.as_(MARA)

    created = mara.post("/v1/lots", LOT)
    read = mara.get(f"/v1/lots/{created.json['lot_id']}")

    assert created.status_code == 201, created.text
    assert read.json == created.json
    assert (read.json["on_hand"], read.json["value_cents"], read.json["status"]) == ("0", 0, "available")
    assert read.headers["ETag"] == '"1"'


@pytest.mark.parametrize("code", ["h1", " H1 ", "H1", "Ｈ1"])
def test_a_lot_that_differs_only_in_case_is_the_same_lot(inventory: Clients, code: str) -> None:
    mara = inventory.as_(MARA)
    first = mara.post("/v1/lots", LOT).json

    answer = mara.post("/v1/lots", {**LOT, "lot": code})

    if code == "Ｈ1":
        # A wide letter is another letter: NFC keeps it.
        assert answer.status_code == 201
    else:
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/lot-exists")
        assert answer.json["lot_id"] == first["lot_id"]


def test_composed_and_decomposed_letters_are_the_same_code(inventory: Clients) -> None:
    mara = inventory.as_(MARA)
    mara.post("/v1/lots", {**LOT, "lot": "CAF\u00c9"})

    assert mara.post("/v1/lots", {**LOT, "lot": "cafe\u0301"}).status_code == 409


def test_many_who_register_a_lot_at_once_make_one(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    mara = inventory.as_(MARA)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: mara.post("/v1/lots", LOT).status_code, range(8)))

    assert sorted(answers) == [201] + [409] * 7
    assert inventory_database.value("SELECT count(*) FROM lots") == 1


def test_a_held_lot_is_not_picked_until_it_is_released(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Callable[..., TestResponse]
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 100)
    mara = inventory.as_(MARA)

    held = mara.patch(f"/v1/lots/{lot}", {"status": "hold", "reason": "seal broken"}, version=1)
    deliver(usage(scanned=((SERUM, "1", None),)))
    released = mara.patch(f"/v1/lots/{lot}", {"status": "available", "reason": "checked"}, version=2)
    deliver(usage(scanned=((SERUM, "2", None),)))

    assert (held.json["status"], held.json["status_reason"], held.headers["ETag"]) == (
        "hold",
        "seal broken",
        '"2"',
    )
    assert (released.json["status"], released.json["status_reason"]) == ("available", None)
    assert inventory_database.value("SELECT on_hand_thousandths FROM lots") == 8_000
    assert inventory_database.rows(
        "SELECT status, reason, changed_by FROM lot_status_changes ORDER BY seq"
    ) == [
        ("hold", "seal broken", "staff-mara"),
        ("available", "checked", "staff-mara"),
    ]


def test_a_hold_made_from_an_old_version_is_refused_but_stock_may_move_meanwhile(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Callable[..., TestResponse]
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 100)
    mara = inventory.as_(MARA)
    hold = {"status": "hold", "reason": "seal broken"}
    deliver(usage(scanned=((SERUM, "1", None),)))

    with ThreadPoolExecutor(6) as pool:
        statuses = list(
            pool.map(lambda _: mara.patch(f"/v1/lots/{lot}", hold, version=1).status_code, range(6))
        )

    assert sorted(statuses) == [200] + [412] * 5
    assert mara.patch(f"/v1/lots/{lot}", hold).status_code == 428


@pytest.mark.parametrize(
    "change", [{"status": "gone"}, {"reason": ""}, {"on_hand": "5"}, {"expires_on": "2030-01-01"}]
)
def test_only_the_status_can_be_changed_and_only_with_a_reason(
    inventory: Clients, inventory_database: ServiceDatabase, change: dict[str, Any]
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 100)

    answer = inventory.as_(MARA).patch(
        f"/v1/lots/{lot}", {"status": "hold", "reason": "x", **change}, version=1
    )

    assert answer.status_code == 422


def test_lots_are_listed_in_the_order_they_should_be_used_and_filtered(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    for code, expires in (("EVER", None), ("LATE", "2028-01-01"), ("SOON", "2026-04-01")):
        stock_up(inventory_database.app, SERUM, code, "1", 100, expires=expires)
    held = stock_up(inventory_database.app, CREAM, "N1", "1", 100)
    dora, mara = inventory.as_(DORA), inventory.as_(MARA)
    mara.patch(f"/v1/lots/{held}", {"status": "hold", "reason": "x"}, version=1)

    def codes(query: str) -> list[str]:
        return [lot["lot"] for lot in dora.get(f"/v1/lots?{query}").json["items"]]

    first = dora.get("/v1/lots?limit=2").json
    assert [lot["lot"] for lot in first["items"]] == ["N1", "SOON"]
    assert codes(f"limit=2&cursor={first['next']}") == ["LATE", "EVER"]
    assert codes(f"sku={SERUM.lower()}") == ["SOON", "LATE", "EVER"]
    assert codes("status=hold") == ["N1"]
    assert codes("expiring_before=2026-04-02&clinic_id=main") == ["SOON"]
    assert codes("sku=nothing") == []
    assert dora.get("/v1/lots?status=odd").status_code == 422


def test_values_are_shown_to_those_who_may_see_costs_only(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 100)

    for path in ("/v1/lots", f"/v1/lots/{lot}"):
        assert "value_cents" not in inventory.as_(DORA).get(path).text
        assert "value_cents" in inventory.as_(ABEL).get(path).text


def test_a_lot_of_another_clinic_is_not_there(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 100)
    hana = inventory.as_(HANA)

    assert hana.get(f"/v1/lots/{lot}").status_code == 404
    assert hana.patch(f"/v1/lots/{lot}", {"status": "hold", "reason": "x"}, version=1).status_code == 404
    assert hana.post("/v1/lots", LOT).status_code == 404
    assert hana.get("/v1/lots").json["items"] == []
    assert hana.get(f"/v1/lots/{uuid4()}").status_code == 404


def test_who_may_change_lots(inventory: Clients, inventory_database: ServiceDatabase) -> None:
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 100)

    for person in (DORA, CLEO, ABEL):
        assert inventory.as_(person).post("/v1/lots", LOT).status_code == 403
        assert inventory.as_(person).patch(f"/v1/lots/{lot}", {}, version=1).status_code == 403
