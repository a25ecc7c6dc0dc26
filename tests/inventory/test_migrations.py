"""The schema goes up, down and up again, and is what the models say."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from services.inventory.models import Base
from shared import migrations
from shared.db import libpq_address, psycopg_url
from suite.cluster import Cluster
from tests.databases import Databases

EMPTY = "clinic_inventory_migrations"


@pytest.fixture
def owner_url(cluster: Cluster, databases: Databases) -> Iterator[str]:
    """The owner's address of a second, empty inventory database."""
    assert databases.inventory
    with psycopg.connect(libpq_address(cluster.admin_url()), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {EMPTY} OWNER inventory_owner TEMPLATE template0")
        address = psycopg_url(cluster.environment()["INVENTORY_OWNER_DATABASE_URL"]).set(database=EMPTY)
        yield address.render_as_string(hide_password=False)
        admin.execute(f"DROP DATABASE {EMPTY} WITH (FORCE)")


def tables(url: str) -> set[str]:
    with psycopg.connect(libpq_address(url)) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in rows}


def leftovers(url: str) -> int:
    with psycopg.connect(libpq_address(url)) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)"
            " + (SELECT count(*) FROM pg_sequences WHERE schemaname = 'public')"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_the_schema_goes_up_down_and_up_again(owner_url: str) -> None:
    migrations.upgrade("inventory", owner_url)
    first = tables(owner_url)
    migrations.downgrade("inventory", owner_url, "base")
    between, left = tables(owner_url), leftovers(owner_url)
    migrations.upgrade("inventory", owner_url)

    assert between == {"alembic_version"}
    assert left == 0
    assert tables(owner_url) == first == {*Base.metadata.tables, "alembic_version"}


def test_the_models_and_the_migrations_agree(owner_url: str) -> None:
    migrations.upgrade("inventory", owner_url)

    engine = create_engine(psycopg_url(owner_url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
    finally:
        engine.dispose()
