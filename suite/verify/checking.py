"""Check everything, on one still picture of both databases."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, text

from services.billing.invariants import INVARIANTS as BILLING
from services.inventory.invariants import INVARIANTS as OF_THE_SHELVES
from shared.invariants import Invariant
from suite.verify.across import ACROSS, Across
from suite.verify.each import EACH
from suite.verify.report import Finding, Report
from suite.verify.snapshots import Pictures, pictures

MOST_ROWS = 1000

# The table that each promise of the shelves is about.
_OVER = {
    "S1": "lots",
    "S2": "movements",
    "S5": "movements",
    "S7": "movements",
    "S8": "movements",
    "S12": "lots",
    "S17": "lots",
    "X3": "usage_lines",
    "X3b": "shortages",
    "X9": "movements",
    "X11": "movements",
}
INVENTORY = [
    Invariant(promise.id, promise.sentence.rstrip("."), _OVER.get(promise.id, "pg_class"), promise.sql)
    for promise in OF_THE_SHELVES
]


def verify(billing_url: str, inventory_url: str) -> Report:
    """Check every promise. The services' own addresses will do; nothing is changed, nobody has to wait."""
    with pictures(billing_url, inventory_url) as both:
        return check(both)


def check(both: Pictures) -> Report:
    """Check every promise on snapshots that were taken already."""
    findings = (
        *(_check(promise, "billing", both.billing) for promise in (*BILLING, *EACH)),
        *(_check(promise, "inventory", both.inventory) for promise in (*INVENTORY, *EACH)),
        *(_check_across(promise, both) for promise in ACROSS),
    )
    return Report(findings, both.under_way)


def _check(promise: Invariant, service: str, connection: Connection) -> Finding:
    def broken() -> Iterable[Mapping[str, Any]]:
        if callable(promise.violations):
            return promise.violations(connection)
        return (dict(row) for row in connection.execute(text(promise.violations)).mappings())

    return _timed(promise, service, promise.over, connection, broken)


def _check_across(promise: Across, both: Pictures) -> Finding:
    service, table = promise.over.split(".")
    connection = both.billing if service == "billing" else both.inventory
    if promise.waits and not both.settled:
        return Finding(promise.id, "both", promise.sentence, 0, (), 0.0, waited=True)
    return _timed(promise, "both", table, connection, lambda: promise.violations(both))


def _timed(
    promise: Invariant | Across,
    where: str,
    over: str,
    connection: Connection,
    broken: Callable[[], Iterable[Mapping[str, Any]]],
) -> Finding:
    began = time.perf_counter()
    rows = connection.execute(text(f"SELECT count(*) FROM {over}")).scalar_one()  # noqa: S608
    violations = []
    for row in broken():
        violations.append(dict(row))
        if len(violations) == MOST_ROWS:
            break
    seconds = time.perf_counter() - began
    return Finding(promise.id, where, promise.sentence, rows, tuple(violations), seconds)
