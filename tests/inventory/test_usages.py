"""Which lots a visit used, what stayed short, and why. GET /v1/usages/{visit_id} tells."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from services.inventory.recipes.service import Ingredient, write_recipe
from shared.db import EVERY_CLINIC
from tests.cast import ABEL, CLEO, HANA, MARA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import (
    AFTERCARE,
    CARTRIDGE,
    CREAM,
    FACE,
    FINE_CARTRIDGE,
    NECK,
    NOON,
    SERUM,
    SHEATH,
    stock_up,
    usage,
)

Deliver = Callable[..., TestResponse]


def used(inventory: Clients, visit_id: Any) -> dict[str, Any]:
    answer = inventory.as_(MARA).get(f"/v1/usages/{visit_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def supplies(inventory: Clients, visit_id: Any) -> list[tuple[str, str, str]]:
    return sorted(
        (line["sku"], line["lot"], line["quantity"]) for line in used(inventory, visit_id)["supplies"]
    )


def shortages(inventory: Clients, visit_id: Any) -> list[tuple[str, str, str]]:
    found = used(inventory, visit_id)["shortages"]
    return sorted((line["sku"], line["open"], line["cause"]) for line in found)


def test_face_and_neck_in_one_visit_use_one_cartridge_and_the_cream_of_both(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, CARTRIDGE, "C1", "10", 3000)
    stock_up(inventory_database.app, SHEATH, "S1", "10", 500)
    stock_up(inventory_database.app, CREAM, "N1", "30", 900)
    stock_up(inventory_database.app, SERUM, "H1", "50", 1000)
    visit = usage(FACE, NECK)

    deliver(visit)

    assert supplies(inventory, visit.subject) == [
        (CREAM, "N1", "15"),
        (SERUM, "H1", "5"),
        (CARTRIDGE, "C1", "1"),
        (SHEATH, "S1", "1"),
    ]
    # cream 15/30 of 9.00, serum 5/50 of 10.00, cartridge 1/10 of 30.00, sheath 1/10 of 5.00
    assert used(inventory, visit.subject)["cost_cents"] == 450 + 100 + 300 + 50


def test_the_lot_that_expires_first_is_used_first(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, SERUM, "LATE", "10", 100, expires="2028-01-01")
    stock_up(inventory_database.app, SERUM, "SOON", "2", 100, expires="2026-04-01")
    stock_up(inventory_database.app, SERUM, "EVER", "10", 100, expires=None)
    visit = usage(scanned=((SERUM, "5", None),))

    deliver(visit)

    assert supplies(inventory, visit.subject) == [(SERUM, "LATE", "3"), (SERUM, "SOON", "2")]


def test_a_scanned_cartridge_takes_the_place_of_the_usual_one(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, CARTRIDGE, "C1", "10", 3000)
    stock_up(inventory_database.app, FINE_CARTRIDGE, "F1", "10", 5000)
    stock_up(inventory_database.app, FINE_CARTRIDGE, "F2", "10", 5000, expires="2029-01-01")
    visit = usage(FACE, scanned=((FINE_CARTRIDGE.lower(), "1", "f2"),))

    deliver(visit)

    assert supplies(inventory, visit.subject) == [(FINE_CARTRIDGE, "F2", "1")]


def test_what_was_sold_is_a_sale(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, AFTERCARE, "R1", "3", 3000)
    visit = usage(sold=((AFTERCARE, "2", None),))

    deliver(visit)

    (line,) = used(inventory, visit.subject)["supplies"]
    assert (line["kind"], line["purpose"], line["quantity"], line["cost_cents"]) == (
        "sale",
        "retail",
        "2",
        2000,
    )
    told = inventory_database.value(
        "SELECT data -> 'lines' -> 0 FROM outbox WHERE data ->> 'reason' = 'usage'"
    )
    assert (told["purpose"], told["quantity"], told["value_cents"]) == ("retail", "-2", -2000)  # type: ignore[index]


@pytest.mark.parametrize(
    ("state", "flags"),
    [
        (("available", "2027-01-01", date(2026, 3, 2)), []),
        (("available", "2026-03-02", date(2026, 3, 2)), []),
        (("available", "2026-03-02", date(2026, 3, 3)), ["expired-lot"]),
        (("hold", "2027-01-01", date(2026, 3, 2)), ["held-lot"]),
        (("recalled", "2026-03-02", date(2026, 3, 3)), ["expired-lot", "recalled-lot"]),
    ],
)
def test_a_scanned_lot_is_booked_whatever_its_state_and_says_so(
    inventory: Clients,
    inventory_database: ServiceDatabase,
    deliver: Deliver,
    state: tuple[str, str, date],
    flags: list[str],
) -> None:
    status, expires, on_date = state
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 100, expires=expires)
    if status != "available":
        inventory.as_(MARA).patch(f"/v1/lots/{lot}", {"status": status, "reason": "seal broken"}, version=1)
    visit = usage(scanned=((SERUM, "1", "H1"),), on_date=on_date)

    deliver(visit)

    (line,) = used(inventory, visit.subject)["supplies"]
    assert (line["lot"], line["flags"]) == ("H1", flags)


def test_each_way_to_be_short_is_told_apart(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, CREAM, "OLD", "30", 100, expires="2026-03-02")
    held = stock_up(inventory_database.app, SERUM, "HELD", "30", 100)
    inventory.as_(MARA).patch(f"/v1/lots/{held}", {"status": "hold", "reason": "leaks"}, version=1)
    stock_up(inventory_database.app, CARTRIDGE, "C1", "2", 100)
    stock_up(inventory_database.app, CARTRIDGE, "C2", "2", 100)
    visit = usage(
        scanned=(
            ("mystery", "1", None),
            (CREAM, "5", None),
            (SERUM, "3", None),
            (SHEATH, "1", None),
            (CARTRIDGE, "3", "C1"),
            (CARTRIDGE, "1", "C9"),
        ),
        on_date=date(2026, 3, 3),
    )

    answer = deliver(visit)

    assert answer.json["results"][0]["status"] == "applied"
    assert shortages(inventory, visit.subject) == [
        (CREAM, "5", "only-expired"),
        (SERUM, "3", "only-held"),
        (CARTRIDGE, "1", "lot-exhausted"),
        (CARTRIDGE, "1", "unknown-lot"),
        (SHEATH, "1", "out-of-stock"),
        ("mystery", "1", "unknown-item"),
    ]
    assert supplies(inventory, visit.subject) == [(CARTRIDGE, "C1", "2")]


def test_an_empty_shelf_still_tells_billing_that_the_visit_is_booked(
    inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    visit = usage(FACE)

    deliver(visit)

    ((subject, data),) = inventory_database.rows("SELECT subject, data FROM outbox")
    assert subject == visit.subject
    assert (data["reason"], data["invoice_id"], data["lines"]) == ("usage", visit.data["invoice_id"], [])  # type: ignore[index]


def test_the_recipe_in_force_on_the_day_of_the_visit_counts(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, CREAM, "N1", "100", 1000)
    with inventory_database.app.transaction(EVERY_CLINIC) as session:
        write_recipe(
            session,
            charge_code=FACE,
            effective_from=date(2026, 3, 2),
            ingredients=[Ingredient(CREAM, "area", 12_000)],
            written_by="tests",
            now=NOON,
        )
    before, after = usage(FACE, on_date=date(2026, 3, 1)), usage(FACE, on_date=date(2026, 3, 2))

    deliver(before, after)

    assert supplies(inventory, before.subject) == [(CREAM, "N1", "10")]
    assert supplies(inventory, after.subject) == [(CREAM, "N1", "12")]
    assert shortages(inventory, after.subject) == []


def test_a_charge_without_a_recipe_uses_nothing(inventory: Clients, deliver: Deliver) -> None:
    visit = usage("consultation")

    deliver(visit)

    assert used(inventory, visit.subject)["supplies"] == []


def test_a_visit_takes_from_the_shelves_of_its_own_clinic(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, SERUM, "MAIN", "10", 100)
    visit = usage(scanned=((SERUM, "1", "MAIN"),), clinic_id="harbor")

    deliver(visit)

    found = inventory.as_(HANA).get(f"/v1/usages/{visit.subject}").json
    assert [line["cause"] for line in found["shortages"]] == ["unknown-lot"]
    assert inventory.as_(MARA).get(f"/v1/usages/{visit.subject}").status_code == 404


def test_a_visit_nobody_told_of_yet_is_not_there(inventory: Clients) -> None:
    assert inventory.as_(MARA).get(f"/v1/usages/{uuid4()}").status_code == 404
    assert inventory.as_(MARA).get("/v1/usages/1").status_code == 404


def test_costs_are_shown_to_those_who_may_see_them_only(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Deliver
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 100)
    visit = usage(scanned=((SERUM, "1", None),))
    deliver(visit)
    path = f"/v1/usages/{visit.subject}"

    seen_by_clinician = inventory.as_(CLEO).get(path)
    seen_by_accountant = inventory.as_(ABEL).get(path)

    assert "cost" not in seen_by_clinician.text
    assert seen_by_clinician.json["supplies"][0]["lot"] == "H1"
    assert seen_by_accountant.json["supplies"][0]["cost_cents"] == 10
