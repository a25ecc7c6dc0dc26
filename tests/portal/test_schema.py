"""The portal's tables: what its role may do, and that the migrations make what the models say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from services.portal.models import Base
from shared.db import psycopg_url
from tests.databases import ServiceDatabase


def test_the_migrations_make_what_the_models_say(portal_database: ServiceDatabase) -> None:
    engine = create_engine(psycopg_url(portal_database.owner_url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("table", "rights"),
    [
        ("clinics", {"SELECT", "INSERT", "UPDATE"}),
        ("staff", {"SELECT", "INSERT", "UPDATE"}),
        ("staff_roles", {"SELECT", "INSERT", "DELETE"}),
        ("staff_clinics", {"SELECT", "INSERT", "DELETE"}),
        ("sessions", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("devices", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("sign_in_tries", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("drafts", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("alembic_version", set()),
    ],
)
def test_the_service_may_do_only_what_its_code_does(
    portal_database: ServiceDatabase, table: str, rights: set[str]
) -> None:
    rows = portal_database.rows(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE table_name = :table AND grantee = 'portal_app'",
        table=table,
    )

    assert {row[0] for row in rows} == rights
