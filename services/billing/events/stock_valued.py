"""`stock.valued`: inventory says which lots left or reached the shelves and what they had cost.

Books follow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.billing.base import Clinic
from services.billing.invoices.models import Invoice
from services.billing.ledger import entries
from services.billing.ledger import service as ledger
from services.billing.ledger.accounts import PURPOSE_ACCOUNTS
from shared.dates import parse_date
from shared.events.cloud import Event, RejectedEvent
from shared.money import MAX_CENTS
from shared.quantities import parse_signed_quantity
from shared.rows import Rows


@dataclass(frozen=True, slots=True)
class _Line:
    movement_id: UUID
    sku: str
    name: str
    lot: str
    expires_on: date | None
    quantity_thousandths: int
    value_cents: int
    purpose: str


@dataclass(frozen=True, slots=True)
class _Valued:
    event: Event
    invoice_id: UUID | None
    booked_on: date
    lines: tuple[_Line, ...]


def apply(session: Session, events: Sequence[Event], *, now: datetime) -> None:
    """Put the cost of the lots onto the invoices and into the books, for a whole batch in a few statements.

    Raises:
        RejectedEvent: an event cannot be understood, or names an invoice that is not of its clinic.
    """
    valued = [_read(event) for event in events]
    currencies = _currencies(session, {item.event.clinic_id for item in valued})
    _refuse_strangers(session, valued)
    rows = Rows()
    rows.add("invoice_supplies", (row for item in valued for row in _supply_rows(item)))
    ledger.add_entries(rows, [_entry(item, currencies[item.event.clinic_id], now) for item in valued])
    rows.insert(session)


def _read(event: Event) -> _Valued:
    data = event.data
    try:
        return _Valued(
            event=event,
            invoice_id=UUID(data["invoice_id"]) if data["invoice_id"] else None,
            booked_on=parse_date(data["business_date"]),
            lines=tuple(_line(line) for line in data["lines"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise RejectedEvent(f"stock.valued cannot be read: {type(wrong).__name__} {wrong}") from wrong


def _line(wire: Mapping[str, Any]) -> _Line:
    value_cents = wire["value_cents"]
    if type(value_cents) is not int or abs(value_cents) > MAX_CENTS:
        raise ValueError("value_cents is not an amount")
    if wire["purpose"] not in PURPOSE_ACCOUNTS:
        raise ValueError(f"unknown purpose {wire['purpose']}")
    return _Line(
        movement_id=UUID(wire["movement_id"]),
        sku=str(wire["sku"]),
        name=str(wire["name"]),
        lot=str(wire["lot"]),
        expires_on=parse_date(wire["expires_on"]) if wire["expires_on"] else None,
        quantity_thousandths=parse_signed_quantity(wire["quantity"]),
        value_cents=value_cents,
        purpose=wire["purpose"],
    )


def _currencies(session: Session, clinics: Iterable[str]) -> dict[str, str]:
    wanted = set(clinics)
    rows = session.execute(select(Clinic.clinic_id, Clinic.currency).where(Clinic.clinic_id.in_(wanted)))
    found = {row.clinic_id: row.currency for row in rows}
    if missing := wanted - set(found):
        raise RejectedEvent(f"no such clinic: {', '.join(sorted(missing))}")
    return found


def _refuse_strangers(session: Session, valued: Sequence[_Valued]) -> None:
    named = {item.invoice_id: item.event.clinic_id for item in valued if item.invoice_id}
    rows = session.execute(select(Invoice.invoice_id, Invoice.clinic_id).where(Invoice.invoice_id.in_(named)))
    known = {row.invoice_id: row.clinic_id for row in rows}
    for invoice_id, clinic_id in named.items():
        if known.get(invoice_id) != clinic_id:
            raise RejectedEvent(f"invoice {invoice_id} is not one of {clinic_id}")


def _supply_rows(item: _Valued) -> Iterable[dict[str, Any]]:
    if item.invoice_id is None:
        return
    for line in item.lines:
        yield {
            "movement_id": line.movement_id,
            "clinic_id": item.event.clinic_id,
            "invoice_id": item.invoice_id,
            "sku": line.sku,
            "item_name": line.name,
            "lot": line.lot,
            "expires_on": line.expires_on,
            # A movement is signed as the shelf sees it; an invoice counts what was used and what it cost.
            "quantity_thousandths": -line.quantity_thousandths,
            "cost_cents": -line.value_cents,
            "purpose": line.purpose,
        }


def _entry(item: _Valued, currency: str, now: datetime) -> entries.Entry:
    return entries.Entry(
        clinic_id=item.event.clinic_id,
        kind="stock",
        source_type="event",
        source_id=item.event.id,
        invoice_id=item.invoice_id,
        currency=currency,
        booked_on=item.booked_on,
        posted_at=now,
        amounts=entries.stock((line.purpose, line.value_cents) for line in item.lines),
    )
