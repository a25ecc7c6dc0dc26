"""The three databases of a test process: migrated once, emptied before each test that asks for them."""

from dataclasses import dataclass
from functools import cached_property

import psycopg
from sqlalchemy import create_engine, text

from shared import migrations
from shared.db import Database, libpq_address, psycopg_url
from suite.cluster import Cluster

# The chart of accounts comes with the migrations.
KEPT = {"billing": {"accounts"}}


@dataclass
class ServiceDatabase:
    """One service's database, as the service sees it and as its owner does."""

    service: str
    app_url: str
    owner_url: str
    superuser_url: str

    @cached_property
    def app(self) -> Database:
        return Database(self.app_url, pool_size=30, application_name="tests")

    def empty(self) -> None:
        """Take every row out. Only the superuser can: ledgers refuse even their owner."""
        with psycopg.connect(libpq_address(self.superuser_url), autocommit=True) as connection:
            tables = [
                row[0]
                for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                if row[0] != "alembic_version" and row[0] not in KEPT.get(self.service, set())
            ]
            if not tables:
                return
            connection.execute("SET session_replication_role = replica")
            # Deleting from almost empty tables is many times faster than truncating them.
            for table in tables:
                connection.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        if "app" in vars(self):
            self.app.engine.dispose()

    def execute_as_superuser(self, statement: str) -> None:
        """Do what no role of ours may."""
        with psycopg.connect(libpq_address(self.superuser_url), autocommit=True) as connection:
            connection.execute(statement)

    def execute_as_owner(self, statement: str) -> None:
        """Try something as the owner of the tables."""
        with psycopg.connect(libpq_address(self.owner_url), autocommit=True) as connection:
            connection.execute(statement)

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Read what is really stored, past every wall, for a test's asserts."""
        engine = create_engine(psycopg_url(self.superuser_url))
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(statement), values)]
        finally:
            engine.dispose()

    def value(self, statement: str, **values: object) -> object:
        """Read one value that is really stored."""
        return self.rows(statement, **values)[0][0]


class Databases:
    """All three, each migrated when it is first asked for."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @cached_property
    def portal(self) -> ServiceDatabase:
        return self._migrated("portal")

    @cached_property
    def billing(self) -> ServiceDatabase:
        return self._migrated("billing")

    @cached_property
    def inventory(self) -> ServiceDatabase:
        return self._migrated("inventory")

    def empty(self) -> None:
        for database in (self.portal, self.billing, self.inventory):
            database.empty()

    def close(self) -> None:
        for name in ("portal", "billing", "inventory"):
            if name in vars(self):
                vars(self)[name].close()

    def _migrated(self, service: str) -> ServiceDatabase:
        environment = self._cluster.environment()
        owner_url = environment[f"{service.upper()}_OWNER_DATABASE_URL"]
        migrations.upgrade(service, owner_url)
        return ServiceDatabase(
            service,
            environment[f"{service.upper()}_DATABASE_URL"],
            owner_url,
            self._cluster.admin_url(f"clinic_{service}"),
        )
