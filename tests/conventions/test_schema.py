"""The databases as the migrations leave them: walls, ledgers, whole cents, named constraints."""

import re

import psycopg
import pytest
from sqlalchemy import text

from tests.conventions.tree import SERVICES
from tests.databases import Databases, ServiceDatabase

# Each table without a clinic, and why it has none.
HOUSE_WIDE = {
    "billing": {
        "accounts": "one chart of accounts for the house",
        "charges": "what is offered is the same everywhere; its price is each clinic's own",
    },
    "inventory": {
        "items": "one catalogue for the house",
        "recipes": "a treatment takes the same things at every clinic",
        "recipe_items": "part of a recipe",
    },
    "portal": {
        "staff": "a person may work at several clinics",
        "staff_roles": "part of an account",
        "sessions": "belongs to a person",
        "drafts": "belongs to a person",
        "devices": "a browser somebody has signed in from before",
        "sign_in_tries": "counted before anybody is known",
    },
}
LEDGERS = {
    "billing": {
        "invoices",
        "invoice_lines",
        "invoice_discounts",
        "invoice_supplies",
        "journal_entries",
        "journal_lines",
    },
    "inventory": {"movements"},
    "portal": set(),
}
# The portal holds accounts, no business data: who is signed in decides whom it may show.
WALLED = ("billing", "inventory")
NEEDED_OF_A_CLINIC = {
    "billing": {
        **dict.fromkeys(("legal_name", "address", "phone", "time_zone", "invoice_prefix"), "'x'"),
        "currency": "'USD'",
        "tax_rounding": "'line'",
        "discount_limit_basis_points": "0",
    },
    "inventory": {"time_zone": "'UTC'"},
}

COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, contype::text FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype IN ('p', 'u', 'f', 'c', 'x')
       AND conrelid <> 'alembic_version'::regclass
"""
POLICIES = """
    SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
     WHERE c.relrowsecurity AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL
"""
PREFIXES = {"p": "pk", "u": "uq", "f": "fk", "c": "ck", "x": "ex"}
TYPES = {
    "_cents": {"bigint"},
    "_thousandths": {"bigint"},
    "_ppm": {"bigint"},
    "_basis_points": {"bigint"},
    "_at": {"timestamp with time zone"},
    "_until": {"timestamp with time zone"},
    "_on": {"date"},
}


@pytest.fixture(params=SERVICES)
def database(request: pytest.FixtureRequest, databases: Databases) -> ServiceDatabase:
    found: ServiceDatabase = getattr(databases, request.param)
    return found


def columns(database: ServiceDatabase) -> list[tuple[str, str, str, str]]:
    found = [tuple(str(value) for value in row) for row in database.rows(COLUMNS)]
    assert found != []
    return found  # type: ignore[return-value]


def clinic_tables(database: ServiceDatabase) -> set[str]:
    return {table for table, column, _, _ in columns(database) if column == "clinic_id"}


def test_every_row_belongs_to_a_clinic_or_its_table_is_explained(database: ServiceDatabase) -> None:
    tables = {table for table, *_ in columns(database)}

    assert sorted(tables - clinic_tables(database) - set(HOUSE_WIDE[database.service])) == []
    assert sorted(set(HOUSE_WIDE[database.service]) - tables) == [], "explained, but not there"


def test_the_clinic_of_a_row_is_never_unknown(database: ServiceDatabase) -> None:
    missing = [
        table
        for table, column, _, nullable in columns(database)
        if column == "clinic_id" and nullable == "YES" and table != "sessions"
    ]

    assert missing == []


@pytest.mark.parametrize("service", WALLED)
def test_a_wall_stands_around_every_clinics_rows(databases: Databases, service: str) -> None:
    database: ServiceDatabase = getattr(databases, service)

    walled = {str(row[0]) for row in database.rows(POLICIES)}

    assert clinic_tables(database) - walled == set()


@pytest.mark.parametrize("service", WALLED)
def test_without_a_named_clinic_no_row_is_seen(databases: Databases, service: str) -> None:
    database: ServiceDatabase = getattr(databases, service)
    database.empty()
    known = {"clinic_id": "'main'", "name": "'Main'", **NEEDED_OF_A_CLINIC[service]}
    database.execute_as_superuser(
        f"INSERT INTO clinics ({', '.join(known)}) VALUES ({', '.join(known.values())})"
    )

    seen = {
        clinics: _count_as(database, clinics)
        for clinics in (("main",), ("harbor",), (), ("mai",), ("main,harbor",), ("*",))
    }

    assert seen == {("main",): 1, ("harbor",): 0, (): 0, ("mai",): 0, ("main,harbor",): 1, ("*",): 1}


def _count_as(database: ServiceDatabase, clinics: tuple[str, ...]) -> int:
    with database.app.reading(clinics) as session:
        return int(session.execute(text("SELECT count(*) FROM clinics")).scalar_one())


def test_the_service_owns_nothing_and_may_not_pass_walls(database: ServiceDatabase) -> None:
    role = f"{database.service}_app"

    owned = database.rows(
        "SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = :role)",
        role=role,
    )
    powers = database.rows(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = :role",
        role=role,
    )

    assert owned == []
    assert powers == [(False, False, False, False)]


@pytest.mark.parametrize("service", SERVICES)
def test_ledgers_are_never_changed_not_even_by_their_owner(databases: Databases, service: str) -> None:
    database: ServiceDatabase = getattr(databases, service)
    guarded = {
        str(row[0])
        for row in database.rows(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' AND tgenabled = 'O'"
        )
    }

    assert guarded >= LEDGERS[service]
    for table in sorted(guarded):
        with pytest.raises(psycopg.Error, match=r"append-only|cannot truncate a table referenced"):
            database.execute_as_owner(f"TRUNCATE {table}")
        rights = {
            str(row[0])
            for row in database.rows(
                "SELECT privilege_type FROM information_schema.role_table_grants"
                " WHERE table_name = :name AND grantee = :role",
                name=table,
                role=f"{service}_app",
            )
        }
        assert rights == {"SELECT", "INSERT"}, table


def test_amounts_quantities_and_times_have_the_type_of_their_name(database: ServiceDatabase) -> None:
    wrong = [
        f"{table}.{column} is {kind}"
        for table, column, kind, _ in columns(database)
        for ending, kinds in TYPES.items()
        if column.endswith(ending) and kind not in kinds
    ]

    assert wrong == []


def test_no_column_can_hold_a_fraction_that_is_rounded(database: ServiceDatabase) -> None:
    inexact = {
        "real",
        "double precision",
        "money",
        "numeric",
        "timestamp without time zone",
        "time without time zone",
    }

    assert [f"{table}.{column}" for table, column, kind, _ in columns(database) if kind in inexact] == []


def test_every_constraint_says_whose_it_is(database: ServiceDatabase) -> None:
    unnamed = [
        name
        for table, name, kind in database.rows(CONSTRAINTS)
        if not re.match(rf"{PREFIXES[str(kind)]}_{re.escape(str(table))}(_|$)", str(name))
    ]

    assert unnamed == []


def test_a_service_reads_and_writes_no_database_but_its_own(databases: Databases) -> None:
    with psycopg.connect(
        databases.billing.superuser_url.replace("postgresql+psycopg", "postgresql")
    ) as connection:
        reachable = connection.execute(
            "SELECT r.rolname, d.datname FROM pg_roles r, pg_database d"
            " WHERE r.rolname LIKE '%\\_app' AND d.datname LIKE 'clinic\\_%'"
            " AND has_database_privilege(r.rolname, d.datname, 'CONNECT')"
        ).fetchall()

    assert sorted(reachable) == [(f"{service}_app", f"clinic_{service}") for service in SERVICES]
