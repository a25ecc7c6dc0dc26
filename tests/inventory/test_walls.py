"""The second wall: even a query that forgot its filter sees nothing of another clinic."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import TestResponse

from shared.db import EVERY_CLINIC
from tests.cast import MARA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import SERUM, stock_up, usage

WALLED = (
    "clinics",
    "lots",
    "lot_status_changes",
    "movements",
    "reversals",
    "receipts",
    "usages",
    "usage_lines",
    "shortages",
    "settlements",
    "outbox",
    "inbox",
)


@pytest.fixture
def busy_main(
    inventory: Clients, inventory_database: ServiceDatabase, deliver: Callable[..., TestResponse]
) -> ServiceDatabase:
    """A row of Main's in every table that belongs to a clinic."""
    mara = inventory.as_(MARA)
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 1000)
    stock_up(inventory_database.app, SERUM, "WRONG", "10", 1000)
    wrong = mara.get("/v1/movements?limit=1").json["items"][0]
    mara.post(f"/v1/movements/{wrong['movement_id']}/reversals", {"reason": "wrong"})
    deliver(usage(scanned=((SERUM, "11", "H1"),)))
    (shortage,) = mara.get("/v1/shortages").json["items"]
    more = stock_up(inventory_database.app, SERUM, "H2", "10", 1000)
    path = f"/v1/shortages/{shortage['shortage_id']}/settlements"
    mara.post(path, {"lot_id": str(more), "quantity": "1"})
    mara.patch(f"/v1/lots/{lot}", {"status": "hold", "reason": "x"}, version=1)
    return inventory_database


@pytest.mark.parametrize("table", WALLED)
def test_a_query_without_a_filter_sees_nothing_of_main_from_harbor(
    busy_main: ServiceDatabase, table: str
) -> None:
    everything = text(f"SELECT count(*) FROM {table} WHERE clinic_id = 'main'")

    with busy_main.app.reading(["harbor"]) as session:
        assert session.execute(everything).scalar_one() == 0
    with busy_main.app.reading([]) as session:
        assert session.execute(everything).scalar_one() == 0
    with busy_main.app.reading(["harbor", "main"]) as session:
        assert session.execute(everything).scalar_one() > 0


def test_every_table_with_a_clinic_stands_behind_the_wall(inventory_database: ServiceDatabase) -> None:
    with_clinic = inventory_database.rows(
        "SELECT table_name::text FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'clinic_id'"
    )
    walled = inventory_database.rows(
        "SELECT relname::text FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid WHERE relrowsecurity"
    )

    assert sorted(with_clinic) == sorted(walled) == sorted((table,) for table in WALLED)


def test_a_row_of_another_clinic_cannot_be_written(busy_main: ServiceDatabase) -> None:
    statement = text(
        "INSERT INTO lots (lot_id, clinic_id, sku, code, code_key, created_at, created_by, idempotency_key,"
        " request_hash, answer)"
        " VALUES (gen_random_uuid(), 'main', :sku, 'X', 'x', now(), 'me', 'k', '', '{}')"
    )

    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        busy_main.app.transaction(["harbor"]) as session,
    ):
        session.execute(statement, {"sku": SERUM})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE movements SET value_cents = 0",
        "DELETE FROM movements",
        "DELETE FROM lots",
        "UPDATE lots SET sku = 'x'",
        "UPDATE shortages SET quantity_thousandths = 1",
        "DELETE FROM shortages",
        "DELETE FROM inbox",
        "TRUNCATE receipts",
        "ALTER TABLE lots DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_service_may_do_only_what_it_needs(busy_main: ServiceDatabase, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        busy_main.app.transaction(EVERY_CLINIC) as session,
    ):
        session.execute(text(statement))
