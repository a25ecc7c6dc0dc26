"""From what visits used to the rows that say so: needs, movements, shortages, an event for each. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.inventory.movements.entries import Cause, movement_row, valued_event, valued_line
from services.inventory.movements.models import SALE, USE
from services.inventory.recipes.expansion import Need, RecipeLine, Scanned, expand
from services.inventory.shortages.models import OPEN, UNKNOWN_ITEM
from services.inventory.usages.facts import Supply, UsageFact
from services.inventory.usages.shelf import Shelf, Taken, flags_of
from shared.events.cloud import Event
from shared.ids import new_id
from shared.rows import Rows

USAGE = "usage"
SOLD = "sold"
TREATMENT, RETAIL = "treatment", "retail"
BILLING = "billing"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a usage. `known` is whether the catalogue has the item."""

    sku: str
    quantity_thousandths: int
    lot: str | None
    origin: str
    purpose: str
    known: bool


@dataclass(slots=True)
class Booking:
    """All rows of a batch, ready for one statement, and what billing will be told."""

    rows: Rows = field(default_factory=Rows)
    events: list[Event] = field(default_factory=list)


class Catalogue:
    """What a batch must know of items (sku and category by folded sku) and recipes."""

    def __init__(self, items: Iterable[Any], recipe_rows: Iterable[Any]) -> None:
        self._items = {row.sku.lower(): row for row in items}
        self._versions: dict[str, dict[date, list[RecipeLine]]] = {}
        for row in recipe_rows:
            lines = self._versions.setdefault(row.charge_code, {}).setdefault(row.effective_from, [])
            if row.sku is not None:
                lines.append(
                    RecipeLine(row.charge_code, row.sku, row.category, row.basis, row.quantity_thousandths)
                )

    def wanted(self, fact: UsageFact) -> list[Wanted]:
        """Return the lines of a usage in a fixed order: what the treatment took, then what was sold."""
        recipe = [line for charge in fact.charges for line in self._in_force(charge, fact.occurred_on)]
        treated = expand(fact.charges, recipe, [self._scanned(supply) for supply in fact.scanned])
        sold = expand({}, [], [self._scanned(supply) for supply in fact.sold])
        return [
            *(self._line(need, need.origin, TREATMENT) for need in treated),
            *(self._line(need, SOLD, RETAIL) for need in sold),
        ]

    def _in_force(self, charge: str, on_date: date) -> Sequence[RecipeLine]:
        versions = self._versions.get(charge, {})
        newest = max((day for day in versions if day <= on_date), default=None)
        return versions[newest] if newest else ()

    def _scanned(self, supply: Supply) -> Scanned:
        item = self._items.get(supply.sku.lower())
        if item is None:
            return Scanned(supply.sku, None, supply.quantity_thousandths, supply.lot)
        return Scanned(item.sku, item.category, supply.quantity_thousandths, supply.lot)

    def _line(self, need: Need, origin: str, purpose: str) -> Wanted:
        # A recipe names only what is in the catalogue.
        known = need.origin == "recipe" or need.sku.lower() in self._items
        return Wanted(need.sku, need.quantity_thousandths, need.lot, origin, purpose, known)


def book(plans: Iterable[tuple[UsageFact, Sequence[Wanted]]], shelf: Shelf, *, now: datetime) -> Booking:
    """Take what every visit wanted from the shelf, in the order the visits were reported."""
    booking = Booking()
    for fact, wanted in plans:
        cause = Cause(
            fact.clinic_id,
            USAGE,
            fact.event_id,
            fact.occurred_on,
            fact.occurred_at,
            now,
            fact.reported_by,
            fact.visit_id,
            fact.invoice_id,
        )
        booking.rows.add("usages", [_usage_row(fact, now)])
        told: list[dict[str, Any]] = []
        for number, line in enumerate(wanted, start=1):
            booking.rows.add("usage_lines", [_line_row(fact, number, line)])
            taken = _take(shelf, fact, line)
            for row in _movements(cause, number, line, taken):
                label = shelf.labels[row["lot_id"]]
                booking.rows.add("movements", [row])
                told.append(valued_line(row, name=label.name, lot=label.code, expires_on=label.expires_on))
            if taken.cause is not None:
                booking.rows.add("shortages", [_shortage_row(fact, number, line, taken, now)])
        booking.events.append(valued_event(cause, reason=USAGE, lines=told))
    return booking


def _take(shelf: Shelf, fact: UsageFact, line: Wanted) -> Taken:
    if not line.known:
        return Taken((), line.quantity_thousandths, UNKNOWN_ITEM)
    return shelf.take(fact.clinic_id, line.sku, line.lot, line.quantity_thousandths, fact.occurred_on)


def _movements(cause: Cause, number: int, line: Wanted, taken: Taken) -> Iterator[dict[str, Any]]:
    for issue in taken.issues:
        yield movement_row(
            cause,
            lot_id=issue.lot_id,
            sku=line.sku,
            kind=SALE if line.purpose == RETAIL else USE,
            purpose=line.purpose,
            quantity_thousandths=-issue.quantity_thousandths,
            value_cents=-issue.value_cents,
            source_line=number,
            flags=flags_of(issue),
        )


def _usage_row(fact: UsageFact, now: datetime) -> dict[str, Any]:
    return {
        "usage_id": fact.event_id,
        "clinic_id": fact.clinic_id,
        "visit_id": fact.visit_id,
        "invoice_id": fact.invoice_id,
        "patient_id": fact.patient_id,
        "occurred_on": fact.occurred_on,
        "occurred_at": fact.occurred_at,
        "recorded_at": now,
        "reported_by": fact.reported_by,
    }


def _line_row(fact: UsageFact, number: int, line: Wanted) -> dict[str, Any]:
    return {
        "usage_id": fact.event_id,
        "line": number,
        "clinic_id": fact.clinic_id,
        "sku": line.sku,
        "lot": line.lot,
        "origin": line.origin,
        "purpose": line.purpose,
        "quantity_thousandths": line.quantity_thousandths,
    }


def _shortage_row(fact: UsageFact, number: int, line: Wanted, taken: Taken, now: datetime) -> dict[str, Any]:
    return {
        "shortage_id": new_id(),
        "clinic_id": fact.clinic_id,
        "sku": line.sku,
        "lot": line.lot,
        "cause": taken.cause,
        "purpose": line.purpose,
        "quantity_thousandths": taken.short_thousandths,
        "settled_thousandths": 0,
        "state": OPEN,
        "usage_id": fact.event_id,
        "usage_line": number,
        "visit_id": fact.visit_id,
        "note": None,
        "reported_on": fact.occurred_on,
        "reported_at": now,
        # A keyed row like one that a person reported: the event is its key.
        "created_by": BILLING,
        "idempotency_key": f"{fact.event_id}:{number}",
        "request_hash": "\\x",
        "answer": {},
    }
