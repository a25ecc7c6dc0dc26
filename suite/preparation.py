"""All that must be there before the first process starts: databases, schema, keys, the demo's data."""

from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from suite.databases import Address, drop_databases, ensure_databases, variable
from suite.keys import ensure_keys
from suite.migrate import migrate

# Kept as the comment on billing's database, so that it can neither outlive the data nor be lost without it.
LOADING = "demo clinic: being loaded"
LOADED = "demo clinic: loaded"


def prepare(admin_url: str, environment: Mapping[str, str]) -> None:
    """Create and migrate the databases, make the keys and load the demo clinic if this is one. Repeatable."""
    ensure_databases(admin_url, environment)
    demo = environment["CLINIC_ENV"] == "demo"
    if demo and _demo_state(admin_url, environment) == LOADING:
        # Cut short while loading: nobody has worked with it yet, and half of a clinic is of no use.
        drop_databases(admin_url, environment)
        ensure_databases(admin_url, environment)
    migrate(environment)
    ensure_keys(Path(environment["CLINIC_KEYS_DIR"]))
    if demo and not _demo_state(admin_url, environment) and not _has_clinics(environment):
        _load_demo(admin_url, environment)


def _load_demo(admin_url: str, environment: Mapping[str, str]) -> None:
    from suite.demo import load

    _set_demo_state(admin_url, environment, LOADING)
    load(environment)
    _set_demo_state(admin_url, environment, LOADED)


def _has_clinics(environment: Mapping[str, str]) -> bool:
    with Address.parse(environment[variable("billing", owner=True)]).connect() as connection:
        row = connection.execute("SELECT EXISTS (SELECT FROM clinics)").fetchone()
    return bool(row and row[0])


def _demo_state(admin_url: str, environment: Mapping[str, str]) -> str | None:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    with _administrator(admin_url) as connection:
        row = connection.execute(query, [_billing(environment)]).fetchone()
    return row[0] if row else None


def _set_demo_state(admin_url: str, environment: Mapping[str, str], state: str) -> None:
    statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
    with _administrator(admin_url) as connection:
        connection.execute(statement.format(sql.Identifier(_billing(environment)), sql.Literal(state)))


def _administrator(admin_url: str) -> psycopg.Connection:
    return Address.parse(admin_url).connect()


def _billing(environment: Mapping[str, str]) -> str:
    return Address.parse(environment[variable("billing")]).database
