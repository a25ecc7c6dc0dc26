"""What a movement looks like in the ledger, and what billing is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.inventory.clinics import business_date
from services.inventory.lots.models import Lot
from shared.auth.tokens import Actor
from shared.events.cloud import Event
from shared.events.outbox import publish
from shared.ids import new_id
from shared.quantities import format_quantity
from shared.rows import Rows

SOURCE = "/inventory"
STOCK_VALUED = "stock.valued"


@dataclass(frozen=True)
class Cause:
    """Why and when goods moved; what all movements of one fact have in common."""

    clinic_id: str
    source_type: str
    source_id: UUID
    occurred_on: date
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    visit_id: UUID | None = None
    invoice_id: UUID | None = None

    @cached_property
    def columns(self) -> dict[str, Any]:
        """What every row of the ledger repeats, written out once for all of them."""
        return {
            "clinic_id": self.clinic_id,
            "source_type": self.source_type,
            "source_id": str(self.source_id),
            "visit_id": self.visit_id and str(self.visit_id),
            "occurred_on": self.occurred_on.isoformat(),
            "occurred_at": self.occurred_at.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "recorded_by": self.recorded_by,
        }


def cause_now(
    session: Session,
    *,
    clinic_id: str,
    source: tuple[str, UUID],
    actor: Actor,
    now: datetime,
    visit_id: UUID | None = None,
    invoice_id: UUID | None = None,
) -> Cause:
    """Return the cause of what somebody does at this moment, on the clinic's business day."""
    today = business_date(session, clinic_id=clinic_id, now=now)
    return Cause(clinic_id, *source, today, now, now, actor.subject, visit_id, invoice_id)


def movement_row(
    cause: Cause,
    *,
    lot_id: UUID | str,
    sku: str,
    kind: str,
    purpose: str,
    quantity_thousandths: int,
    value_cents: int,
    source_line: int = 1,
    flags: Sequence[str] = (),
    reverses_id: UUID | None = None,
) -> dict[str, Any]:
    """Return one row of the ledger; quantity and value carry their sign. Its id is text, as it travels."""
    return {
        **cause.columns,
        "movement_id": str(new_id()),
        "lot_id": lot_id,
        "sku": sku,
        "kind": kind,
        "purpose": purpose,
        "quantity_thousandths": quantity_thousandths,
        "value_cents": value_cents,
        "source_line": source_line,
        "flags": list(flags),
        "reverses_id": reverses_id,
    }


def valued_line(row: Mapping[str, Any], *, name: str, lot: str, expires_on: date | None) -> dict[str, Any]:
    """Return what billing needs to know of one movement."""
    return {
        "movement_id": row["movement_id"],
        "sku": row["sku"],
        "name": name,
        "lot": lot,
        "expires_on": expires_on and expires_on.isoformat(),
        "quantity": format_quantity(row["quantity_thousandths"]),
        "value_cents": row["value_cents"],
        "purpose": row["purpose"],
    }


def valued_event(cause: Cause, *, reason: str, lines: list[dict[str, Any]]) -> Event:
    """Return the event that tells billing what left or reached the shelves and what it was worth.

    Its subject is the visit, so that what happens to a visit arrives in order; without a visit, its cause.
    """
    return Event(
        id=new_id(),
        source=SOURCE,
        type=STOCK_VALUED,
        subject=cause.visit_id or cause.source_id,
        clinic_id=cause.clinic_id,
        time=cause.recorded_at,
        data={
            "clinic_id": cause.clinic_id,
            "reason": reason,
            "visit_id": cause.visit_id and str(cause.visit_id),
            "invoice_id": cause.invoice_id and str(cause.invoice_id),
            "occurred_at": cause.occurred_at.isoformat(),
            "business_date": cause.occurred_on.isoformat(),
            "lines": lines,
        },
    )


def record(session: Session, *, cause: Cause, lot: Lot, reason: str, row: dict[str, Any]) -> None:
    """Move one lot's stock and value, note it in the ledger and tell billing. The lot must be locked."""
    session.execute(
        update(Lot)
        .where(Lot.lot_id == lot.lot_id)
        .values(
            on_hand_thousandths=Lot.on_hand_thousandths + row["quantity_thousandths"],
            value_cents=Lot.value_cents + row["value_cents"],
        )
        .execution_options(synchronize_session=False)
    )
    session.refresh(lot, ["on_hand_thousandths", "value_cents"])
    line = valued_line(row, name=lot.item.name, lot=lot.code, expires_on=lot.expires_on)
    rows = Rows()
    rows.add("movements", [row])
    publish(session, rows, [valued_event(cause, reason=reason, lines=[line])])
    rows.insert(session)
