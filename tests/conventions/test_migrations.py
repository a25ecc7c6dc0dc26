"""Migrations go up, down and up again, and leave exactly what the models say."""

import ast
import importlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, create_engine

from shared import migrations
from shared.db import libpq_address, psycopg_url
from suite.cluster import Cluster
from tests.conventions.tree import ROOT, SERVICES, name, parsed
from tests.databases import Databases, ServiceDatabase

SHAPE = """
    SELECT 'column', table_name, column_name,
           data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes
               WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    UNION ALL SELECT 'trigger', event_object_table, trigger_name, action_statement
                FROM information_schema.triggers
    UNION ALL SELECT 'policy', tablename, policyname, qual FROM pg_policies
    UNION ALL SELECT 'grant', table_name, grantee, privilege_type FROM information_schema.role_table_grants
               WHERE table_schema = 'public' AND table_name <> 'alembic_version' AND grantee LIKE '%\\_app'
    UNION ALL SELECT 'function', proname, '', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3, 4
"""


CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c', 'x')
       AND conrelid <> 'alembic_version'::regclass
"""


@pytest.fixture(params=SERVICES)
def empty_database(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[tuple[str, str]]:
    """A database of its own, made for one test; the service and its owner's address."""
    service = str(request.param)
    scratch = f"scratch_{service}"
    owner_url = cluster.environment()[f"{service.upper()}_OWNER_DATABASE_URL"]
    with psycopg.connect(libpq_address(cluster.admin_url()), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {scratch} OWNER {service}_owner TEMPLATE template0")
        try:
            yield service, owner_url.replace(f"/clinic_{service}?", f"/{scratch}?")
        finally:
            admin.execute(f"DROP DATABASE {scratch} WITH (FORCE)")


def shape_of(address: str) -> list[tuple[object, ...]]:
    with psycopg.connect(libpq_address(address)) as connection:
        return connection.execute(SHAPE).fetchall()


def test_every_migration_goes_up_down_and_up_again(empty_database: tuple[str, str]) -> None:
    service, address = empty_database
    revisions = ScriptDirectory.from_config(migrations.config(service, address)).walk_revisions()

    migrations.upgrade(service, address)
    first = shape_of(address)
    for revision in revisions:
        migrations.downgrade(service, address, str(revision.down_revision or "base"))
    bare = shape_of(address)
    migrations.upgrade(service, address)

    assert first != []
    assert bare == []
    assert shape_of(address) == first


def test_a_second_upgrade_changes_nothing(empty_database: tuple[str, str]) -> None:
    service, address = empty_database
    migrations.upgrade(service, address)
    first = shape_of(address)

    migrations.upgrade(service, address)

    assert shape_of(address) == first


@pytest.mark.parametrize("service", SERVICES)
def test_models_and_migrations_say_the_same(databases: Databases, service: str) -> None:
    database: ServiceDatabase = getattr(databases, service)
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata
    engine = create_engine(psycopg_url(database.owner_url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            difference = compare_metadata(context, metadata)
    finally:
        engine.dispose()

    assert [step for step in difference if not _is_index_over_expression(step, difference)] == []


def _is_index_over_expression(step: tuple[Any, ...], difference: list[Any]) -> bool:
    """PostgreSQL keeps an expression in its own words, which Alembic takes for others: names must do."""
    if step[0] not in {"add_index", "remove_index"} or all(
        isinstance(part, Column) for part in step[1].expressions
    ):
        return False
    return {other[0] for other in difference if other[1].name == step[1].name} == {
        "add_index",
        "remove_index",
    }


@pytest.mark.parametrize("service", SERVICES)
def test_constraints_of_the_models_are_all_in_the_database(databases: Databases, service: str) -> None:
    """What autogenerate does not compare: checks, and the actions and names of keys."""
    database: ServiceDatabase = getattr(databases, service)
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata
    wanted = {
        (table.name, str(constraint.name))
        for table in metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is not None
    }

    there = set(database.rows(CONSTRAINTS))

    assert wanted - there == set()
    assert there - wanted == set()


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_are_one_numbered_line_and_can_be_undone(service: str) -> None:
    files = sorted((ROOT / "services" / service / "migrations" / "versions").glob("*.py"))

    assert [file.name[:4] for file in files] == [f"{number:04d}" for number in range(1, len(files) + 1)]
    for file in files:
        functions = {node.name: node for node in parsed(file).body if isinstance(node, ast.FunctionDef)}
        assert {"upgrade", "downgrade"} <= set(functions), name(file)
        assert not isinstance(functions["downgrade"].body[0], ast.Pass | ast.Raise), name(file)
