"""One still picture of two databases that keep moving: what is compared was true at the same moment."""
# ruff: noqa: S608 (nothing but our own words)

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from shared.db import psycopg_url

TRIES = 20
PAUSE_SECONDS = 0.05

# Every clinic's rows, from one moment; nothing can be changed by mistake, and nobody waits. Whole tables
# are read, so a plan made for a few rows would be the wrong one.
_SEE_ALL = text(
    "SELECT set_config('app.clinics', '*', true), set_config('transaction_read_only', 'on', true),"
    " set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)"
)
# What changes whenever an event is published, sent or received.
_MARKS = text(
    "SELECT (SELECT coalesce(max(seq), 0) FROM outbox), (SELECT count(*) FROM outbox WHERE sent_at IS NULL),"
    " (SELECT count(*) FROM inbox)"
)
# A parked event, and what waits behind it for the same visit, is not on its way: somebody must look at it.
STUCK = (
    "EXISTS (SELECT FROM outbox AS parked WHERE parked.subject = outbox.subject AND parked.seq <= outbox.seq"
    " AND parked.parked_at IS NOT NULL AND parked.sent_at IS NULL)"
)
HELD = f"SELECT subject FROM outbox WHERE sent_at IS NULL AND {STUCK}"
_UNDER_WAY = text(f"SELECT count(*) FROM outbox WHERE sent_at IS NULL AND NOT {STUCK}")


@dataclass(frozen=True, slots=True)
class Pictures:
    """A snapshot of each database. `settled`: nothing was on its way between them when they were taken."""

    billing: Connection
    inventory: Connection
    under_way: dict[str, int]
    settled: bool

    @classmethod
    def of(cls, billing: Connection, inventory: Connection, *, unmoved: bool = True) -> "Pictures":
        """Look for events on their way out of two snapshots between which nothing moved."""
        under_way = {
            "billing": _row(billing, _UNDER_WAY)[0],
            "inventory": _row(inventory, _UNDER_WAY)[0],
        }
        return cls(billing, inventory, under_way, unmoved and not any(under_way.values()))


@contextmanager
def pictures(billing_url: str, inventory_url: str) -> Iterator[Pictures]:
    """Take both snapshots, again if something travelled meanwhile; after some tries, as they are."""
    for left in range(TRIES - 1, -1, -1):
        with ExitStack() as stack:
            billing = stack.enter_context(_snapshot(billing_url))
            before = _row(billing, _MARKS)
            inventory = stack.enter_context(_snapshot(inventory_url))
            with _snapshot(billing_url) as later:
                unmoved = _row(later, _MARKS) == before
            if unmoved or left == 0:
                yield Pictures.of(billing, inventory, unmoved=unmoved)
                return
        time.sleep(PAUSE_SECONDS)


@contextmanager
def _snapshot(url: str) -> Iterator[Connection]:
    engine = create_engine(psycopg_url(url), poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        connection.execute(_SEE_ALL)
        yield connection


def _row(connection: Connection, statement: Any) -> tuple[Any, ...]:
    return tuple(connection.execute(statement).one())
