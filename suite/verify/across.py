"""Promises that billing and inventory keep together: sales left the shelves, books equal shelves.

Visits with a parked event are left out of the comparisons: X7 reports them; their other half is to come.
"""
# ruff: noqa: S608 (account codes and table names are ours)

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, text

from services.billing.ledger import accounts
from suite.verify.snapshots import HELD, Pictures

Rows: TypeAlias = Iterator[Mapping[str, Any]]

# A delivered event may be forgotten by its sender after so many days (CLINIC_OUTBOX_KEEP_DAYS, less one).
KEPT_DAYS = 89


@dataclass(frozen=True, slots=True)
class Across:
    """A promise about both databases. `waits`: it can be judged only when nothing is on its way."""

    id: str
    sentence: str
    over: str
    violations: Callable[[Pictures], Rows]
    waits: bool = True


def _told_once(both: Pictures) -> Rows:
    sold = set(_column(both.billing, "SELECT invoice_id FROM invoices"))
    told = Counter(
        _column(both.billing, "SELECT (data ->> 'invoice_id')::uuid FROM outbox WHERE type = 'supplies.used'")
    )
    booked = set(_column(both.inventory, "SELECT invoice_id FROM usages"))
    for invoice_id in sold | set(told):
        # Once in the outbox; or long delivered, and the usage is there to show for it.
        times = told[invoice_id] or (1 if invoice_id in booked else 0)
        if invoice_id not in sold or times != 1:
            yield {"invoice_id": invoice_id, "issued": invoice_id in sold, "messages": times}


def _sent_is_received(both: Pictures) -> Rows:
    for sender, receiver, name in (
        (both.billing, both.inventory, "billing"),
        (both.inventory, both.billing, "inventory"),
    ):
        sent = set(_column(sender, "SELECT id FROM outbox WHERE sent_at IS NOT NULL"))
        known = set(_column(sender, "SELECT id FROM outbox"))
        received = set(_column(receiver, "SELECT event_id FROM inbox"))
        fresh = f"SELECT event_id FROM inbox WHERE applied_at > now() - interval '{KEPT_DAYS} days'"
        for event_id in sent - received:
            yield {"event_id": event_id, "from": name, "wrong": "sent, but never received"}
        for event_id in set(_column(receiver, fresh)) - known:
            yield {"event_id": event_id, "from": name, "wrong": "received, but never sent"}


def _sold_is_asked_for(both: Pictures) -> Rows:
    sold = _amounts(
        both.billing,
        "SELECT invoice_id, lower(sku), sum(quantity) * 1000"
        " FROM invoice_lines JOIN charges ON code = charge_code JOIN invoices USING (invoice_id)"
        f" WHERE invoice_lines.kind = 'retail' AND visit_id NOT IN ({HELD}) GROUP BY 1, 2",
    )
    asked = _amounts(
        both.inventory,
        "SELECT invoice_id, lower(sku), sum(quantity_thousandths)"
        " FROM usage_lines JOIN usages USING (usage_id) WHERE origin = 'sold' GROUP BY 1, 2",
    )
    for key in sold.keys() | asked.keys():
        if sold.get(key) != asked.get(key):
            yield {"invoice_id": key[0], "sku": key[1], "sold": sold.get(key), "asked": asked.get(key)}


def _order_kept(both: Pictures) -> Rows:
    for sender, receiver in ((both.billing, both.inventory), (both.inventory, both.billing)):
        applied = dict(_pairs(receiver, "SELECT event_id, applied_at FROM inbox"))
        latest: dict[UUID, Any] = {}
        for event_id, subject in _pairs(sender, "SELECT id, subject FROM outbox ORDER BY seq"):
            if event_id not in applied:
                continue
            if subject in latest and applied[event_id] < latest[subject]:
                yield {"event_id": event_id, "subject": subject, "wrong": "applied before an earlier one"}
            latest[subject] = max(applied[event_id], latest.get(subject, applied[event_id]))


def _circles_closed(both: Pictures) -> Rows:
    held = set(_column(both.inventory, HELD))
    answered = set(_column(both.billing, "SELECT subject FROM inbox WHERE type = 'stock.valued'"))
    for usage_id, visit_id in _pairs(both.inventory, "SELECT usage_id, visit_id FROM usages"):
        if visit_id not in answered and visit_id not in held:
            yield {"usage_id": usage_id, "visit_id": visit_id, "wrong": "billing was never told what it cost"}
    yield from _rows(
        both.billing,
        "SELECT payment_id, status FROM payments WHERE status IN ('pending', 'unknown')"
        " AND received_at < now() - interval '2 minutes'",
    )


def _costs_agree(both: Pictures) -> Rows:
    """Movement by movement, and then for each invoice the books against its movements."""
    held = set(_column(both.inventory, HELD))
    told = {row.movement_id: row for row in both.billing.execute(text("SELECT * FROM invoice_supplies"))}
    left = {
        row.movement_id: row
        for row in both.inventory.execute(text(_LEFT_FOR_INVOICES))
        if row.visit_id not in held
    }
    for movement_id in told.keys() | left.keys():
        ours, theirs = told.get(movement_id), left.get(movement_id)
        if (
            ours is None
            or theirs is None
            or any(getattr(ours, name) != getattr(theirs, name) for name in _SAME)
        ):
            yield {
                "movement_id": movement_id,
                "by_billing": ours and [getattr(ours, name) for name in _SAME],
                "by_inventory": theirs and [getattr(theirs, name) for name in _SAME],
            }
    costs: Counter[UUID] = Counter()
    for row in told.values():
        costs[row.invoice_id] += row.cost_cents
    booked = dict(_pairs(both.billing, _COSTS_IN_THE_BOOKS))
    for invoice_id in costs.keys() | booked.keys():
        if costs[invoice_id] != booked.get(invoice_id, 0):
            yield {"invoice_id": invoice_id, "lots": costs[invoice_id], "books": booked.get(invoice_id, 0)}


def _books_equal_shelves(both: Pictures) -> Rows:
    books = dict(
        _pairs(
            both.billing,
            "SELECT entry.clinic_id, sum(amount_cents)::bigint FROM journal_lines"
            " JOIN journal_entries AS entry USING (entry_id)"
            f" WHERE account_code = '{accounts.SUPPLIES_INVENTORY}' GROUP BY 1",
        )
    )
    shelves = dict(_pairs(both.inventory, "SELECT clinic_id, sum(value_cents)::bigint FROM lots GROUP BY 1"))
    parked = dict(_pairs(both.inventory, _VALUE_NOT_YET_TOLD))
    for clinic_id in books.keys() | shelves.keys():
        expected = shelves.get(clinic_id, 0) - parked.get(clinic_id, 0)
        if books.get(clinic_id, 0) != expected:
            yield {"clinic_id": clinic_id, "books": books.get(clinic_id, 0), "shelves": expected}


_SAME = ("clinic_id", "invoice_id", "sku", "lot", "quantity_thousandths", "cost_cents", "purpose")
_LEFT_FOR_INVOICES = """
    SELECT movements.movement_id, movements.clinic_id, movements.visit_id, of_visit.invoice_id, movements.sku,
           lots.code AS lot, -movements.quantity_thousandths AS quantity_thousandths,
           -movements.value_cents AS cost_cents, movements.purpose
      FROM movements
      JOIN lots USING (lot_id)
      CROSS JOIN LATERAL (SELECT invoice_id FROM usages
                           WHERE usages.visit_id = movements.visit_id
                             AND usages.recorded_at <= movements.recorded_at
                           ORDER BY usages.recorded_at LIMIT 1) AS of_visit
"""
_COSTS_IN_THE_BOOKS = f"""
    SELECT entry.invoice_id, sum(amount_cents)::bigint
      FROM journal_lines JOIN journal_entries AS entry USING (entry_id)
     WHERE entry.kind = 'stock' AND entry.invoice_id IS NOT NULL
       AND account_code IN ('{accounts.TREATMENT_SUPPLIES}', '{accounts.RETAIL_COST}')
     GROUP BY 1
"""
_VALUE_NOT_YET_TOLD = f"""
    SELECT clinic_id, sum((line ->> 'value_cents')::bigint)::bigint
      FROM outbox, jsonb_array_elements(data -> 'lines') AS line
     WHERE type = 'stock.valued' AND sent_at IS NULL AND subject IN ({HELD}) GROUP BY 1
"""


def _rows(connection: Connection, statement: str) -> Rows:
    return (dict(row) for row in connection.execute(text(statement)).mappings())


def _column(connection: Connection, statement: str) -> list[Any]:
    return list(connection.execute(text(statement)).scalars())


def _pairs(connection: Connection, statement: str) -> list[tuple[Any, Any]]:
    return [(row[0], row[1]) for row in connection.execute(text(statement))]


def _amounts(connection: Connection, statement: str) -> dict[tuple[UUID, str], int]:
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(text(statement))}


ACROSS = (
    Across(
        "S12",
        "The books equal the shelves, to the cent, at every clinic",
        "inventory.lots",
        _books_equal_shelves,
    ),
    Across(
        "X1",
        "Every sale was told to inventory in exactly one message",
        "billing.invoices",
        _told_once,
        waits=False,
    ),
    Across(
        "X2", "What was sent was received once, and nothing else was", "inventory.inbox", _sent_is_received
    ),
    Across(
        "X3",
        "What was sold over the counter was asked of the shelves",
        "billing.invoice_lines",
        _sold_is_asked_for,
    ),
    Across("X5", "The events of one visit were applied in their order", "inventory.inbox", _order_kept),
    Across(
        "X8", "Every usage came back with its cost, and no payment hangs", "inventory.usages", _circles_closed
    ),
    Across(
        "X9",
        "What the books say a visit cost is what its lots were worth",
        "billing.invoice_supplies",
        _costs_agree,
    ),
)
