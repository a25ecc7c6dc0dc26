"""Spoils a clean history, as no role of ours could, to see whether the verifier notices."""

from functools import cached_property

import psycopg
from psycopg import sql
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from shared.db import libpq_address, psycopg_url
from suite.cluster import Cluster
from suite.verify.checking import check
from suite.verify.report import Report
from suite.verify.snapshots import Pictures

PAST_TRIGGERS_AND_FOREIGN_KEYS = "SET session_replication_role = replica"


class Drill:
    """The demo clinic in transactions that are never committed: what is spoiled is whole again afterwards."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._copies: list[str] = []

    def spoil(self, service: str, statements: str) -> None:
        """Change rows of one service for as long as the test takes."""
        connection = self._connections[service]
        connection.exec_driver_sql(PAST_TRIGGERS_AND_FOREIGN_KEYS)
        changed = connection.exec_driver_sql(statements).rowcount
        assert changed != 0, "the demo has nothing to spoil in this way"

    def verify(self) -> Report:
        """Check what is stored now."""
        return check(Pictures.of(self._connections["billing"], self._connections["inventory"]))

    def spoiled_copy(self, service: str, statements: str) -> str:
        """Return the superuser's address of a copy that is spoiled for everybody to see."""
        name = f"drill_{service}"
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._administer(copy.format(sql.Identifier(name), sql.Identifier(f"demo_{service}")))
        self._copies.append(name)
        url = self._cluster.admin_url(name)
        with psycopg.connect(libpq_address(url), autocommit=True) as connection:
            connection.execute(PAST_TRIGGERS_AND_FOREIGN_KEYS)
            connection.execute(statements)
        return url

    def end(self) -> None:
        """Undo everything."""
        for connection in vars(self).get("_connections", {}).values():
            connection.close()
        for name in self._copies:
            self._administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(libpq_address(self._cluster.admin_url()), autocommit=True) as connection:
            connection.execute(statement)

    @cached_property
    def _connections(self) -> dict[str, Connection]:
        found = {}
        for service in ("billing", "inventory"):
            url = psycopg_url(self._cluster.admin_url(f"demo_{service}"))
            found[service] = create_engine(url, poolclass=NullPool).connect()
        return found
