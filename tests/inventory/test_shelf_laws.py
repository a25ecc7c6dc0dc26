"""Whatever happens to the shelves in whatever order, goods and money are conserved."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from services.inventory.invariants import violations
from services.inventory.shortages.service import find_shortages, settle
from services.inventory.usages.service import apply
from shared.db import EVERY_CLINIC
from shared.errors import AppError
from shared.quantities import format_quantity
from tests.cast import MARA, OLGA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import CREAM, FACE, NECK, NOON, SERUM, furnish, some_key, stock_up, usage

codes = st.sampled_from(["L1", "L2", "L3"])
items = st.sampled_from([CREAM, SERUM])
quantities = st.integers(1, 40_000).map(format_quantity)
steps = st.one_of(
    st.tuples(st.just("receive"), items, codes, quantities, st.integers(0, 100_000)),
    st.tuples(st.just("use"), st.lists(st.tuples(items, quantities, codes | st.none()), max_size=3)),
    st.tuples(st.just("treat"), st.lists(st.sampled_from([FACE, NECK]), min_size=1, max_size=3)),
    st.tuples(st.just("sell"), items, quantities),
    st.tuples(st.just("settle"), st.integers(0, 5), codes, st.integers(1, 40_000)),
    st.tuples(st.just("hold"), items, codes),
)


def take(database: ServiceDatabase, inventory: Clients, step: Any) -> None:
    match step:
        case ("receive", sku, code, quantity, cost):
            stock_up(database.app, sku, code, quantity, cost)
        case ("use", lines):
            book(database, usage(scanned=tuple(lines)))
        case ("treat", charges):
            book(database, usage(*charges), usage(*charges))
        case ("sell", sku, quantity):
            book(database, usage(sold=((sku, quantity, None),)))
        case ("settle", place, code, quantity):
            settle_one(database, place, code, quantity)
        case ("hold", sku, code):
            hold(inventory, sku, code)


def book(database: ServiceDatabase, *visits: Any) -> None:
    with database.app.transaction(EVERY_CLINIC) as session:
        apply(session, visits, now=NOON)


def settle_one(database: ServiceDatabase, place: int, code: str, quantity: int) -> None:
    try:
        with database.app.transaction(EVERY_CLINIC) as session:
            open_ones = find_shortages(session, clinics=["main"], limit=6, cursor=None)["items"]
            shortage = open_ones[place % len(open_ones)] if open_ones else None
            if shortage is not None:
                lots = database.rows(
                    "SELECT lot_id FROM lots WHERE sku = :sku AND code = :code", sku=shortage.sku, code=code
                )
                for (lot_id,) in lots:
                    settle(
                        session,
                        clinics=["main"],
                        shortage_id=shortage.shortage_id,
                        lot_id=lot_id,  # type: ignore[arg-type]
                        quantity_thousandths=min(quantity, shortage.open_thousandths),
                        actor=OLGA,
                        key=some_key(),
                        now=NOON,
                    )
    except AppError:
        # Less on hand than asked: refused, and nothing written.
        return


def hold(inventory: Clients, sku: str, code: str) -> None:
    mara = inventory.as_(MARA)
    for lot in mara.get(f"/v1/lots?sku={sku}").json["items"]:
        if lot["lot"] == code:
            status = "available" if lot["status"] == "hold" else "hold"
            mara.patch(f"/v1/lots/{lot['lot_id']}", {"status": status, "reason": "x"}, version=lot["version"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(todo=st.lists(steps, max_size=12))
def test_every_promise_of_the_shelves_holds_after_whatever_happened(
    inventory: Clients, inventory_database: ServiceDatabase, todo: list[Any]
) -> None:
    inventory_database.empty()
    furnish(inventory_database.app)

    for step in todo:
        take(inventory_database, inventory, step)

    with inventory_database.app.reading(EVERY_CLINIC) as session:
        assert [(broken.id, rows) for broken, rows in violations(session)] == []
    received = sum(step[4] for step in todo if step[0] == "receive")
    left = inventory_database.value(
        "SELECT coalesce(-sum(value_cents), 0)::bigint FROM movements WHERE kind <> 'receipt'"
    )
    on_shelf = inventory_database.value("SELECT coalesce(sum(value_cents), 0)::bigint FROM lots")
    assert received == left + on_shelf  # type: ignore[operator]


def test_the_promises_notice_what_breaks_them(
    inventory_database: ServiceDatabase, deliver: Callable[..., TestResponse]
) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 1000)
    deliver(usage(scanned=((SERUM, "4", None), (CREAM, "1", None))))
    spoilt = {
        "S1": ("UPDATE lots SET on_hand_thousandths = 1", "UPDATE lots SET on_hand_thousandths = 6000"),
        "S8": (
            "UPDATE movements SET flags = '{held-lot}' WHERE kind = 'use'",
            "UPDATE movements SET flags = '{}'",
        ),
        "X3": ("UPDATE usage_lines SET quantity_thousandths = 5 WHERE line = 1", ""),
        "X9": ("UPDATE outbox SET data = jsonb_set(data, '{lines,0,value_cents}', '1')", ""),
    }
    found: dict[str, list[str]] = {}
    before = {table: inventory_database.rows(f"SELECT * FROM {table}") for table in ("lots", "movements")}

    for name, (spoil, mend) in spoilt.items():
        inventory_database.execute_as_superuser("SET session_replication_role = replica; " + spoil)
        with inventory_database.app.reading(EVERY_CLINIC) as session:
            found[name] = [broken.id for broken, _ in violations(session)]
        if mend:
            inventory_database.execute_as_superuser("SET session_replication_role = replica; " + mend)

    assert all(name in found[name] for name in spoilt), found
    assert before == {table: inventory_database.rows(f"SELECT * FROM {table}") for table in before}
    inventory_database.empty()
