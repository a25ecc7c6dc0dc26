"""Spoils copies of a clean history, as no role of ours could, to see whether the verifier notices."""

from functools import cached_property

import psycopg
from psycopg import sql

from shared.db import libpq_address
from suite.cluster import Cluster
from suite.verify.checking import verify
from suite.verify.report import Report


class Drill:
    """The demo clinic's databases; the first change to one of them makes a copy of it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._names = {"billing": "demo_billing", "inventory": "demo_inventory"}

    def spoil(self, service: str, statements: str) -> None:
        """Change rows past triggers and foreign keys."""
        if self._names[service].startswith("demo_"):
            self._copy(service)
        with psycopg.connect(libpq_address(self.url(service)), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            assert connection.execute(statements).rowcount != 0, "the demo has nothing to spoil in this way"

    def verify(self) -> Report:
        """Check the spoiled copies."""
        return verify(self.url("billing"), self.url("inventory"))

    def drop(self) -> None:
        """Delete the copies."""
        for name in self._names.values():
            if not name.startswith("demo_"):
                statement = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                self._administrator.execute(statement)
        self._administrator.close()

    def _copy(self, service: str) -> None:
        name = f"drill_{service}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._administrator.execute(
            statement.format(sql.Identifier(name), sql.Identifier(self._names[service]))
        )
        self._names[service] = name

    def url(self, service: str) -> str:
        """Return the superuser's address of a database as it now stands."""
        return self._cluster.admin_url(self._names[service])

    @cached_property
    def _administrator(self) -> psycopg.Connection:
        return psycopg.connect(libpq_address(self._cluster.admin_url()), autocommit=True)
