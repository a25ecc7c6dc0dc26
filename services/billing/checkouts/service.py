"""The whole sale in one transaction: visit, invoice, tenders, books, and the event that tells inventory."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.billing.checkouts import refusals
from services.billing.checkouts.pricing import Priced, price_cart
from services.billing.invoices import issue
from services.billing.invoices.models import Invoice
from services.billing.ledger import entries
from services.billing.ledger import service as ledger
from services.billing.payments import service as payments
from services.billing.payments.tenders import Settlement
from services.billing.visits import service as visits
from shared.auth.tokens import Actor
from shared.errors import NotFound
from shared.events import outbox
from shared.events.cloud import Event
from shared.idempotency import RequestKey
from shared.ids import new_id
from shared.quantities import format_quantity
from shared.rows import Rows

SOURCE = "/billing"
SUPPLIES_USED = "supplies.used"


def check_out(
    session: Session, *, cart: Mapping[str, Any], actor: Actor, key: RequestKey, now: datetime
) -> dict[str, Any]:
    """Bill and settle one visit, and return what the desk needs to know.

    Nothing outside this database can make it fail; an event in the same commit tells what was used.

    Raises:
        refusals.PriceChanged: the caller expected another total.
        refusals.NeedsApproval: the discount is over the desk's limit.
        Invalid, NotFound, Conflict: the cart, the patient or the visit does not allow it.
    """
    priced = price_cart(session, cart=cart, now=now)
    refusals.refuse_unexpected(cart, priced)
    refusals.refuse_large_discount(actor, priced)
    settlement = refusals.settle(cart, priced)
    rows = Rows()
    visit = visits.for_checkout(session, rows, cart=cart, actor=actor, on_date=priced.on_date, now=now)
    invoice_id = new_id()
    issue.add_lines(rows, priced=priced, invoice_id=invoice_id)
    issue.add_discounts(rows, priced=priced, invoice_id=invoice_id, actor=actor)
    received = payments.add_received(
        rows,
        clinic_id=priced.clinic.clinic_id,
        invoice_id=invoice_id,
        settlement=settlement,
        actor=actor,
        now=now,
    )
    ledger.add_entries(rows, _entries(priced, invoice_id, received, now))
    told = _supplies_used(cart=cart, priced=priced, visit=visit, invoice_id=invoice_id, actor=actor, now=now)
    outbox.publish(session, rows, [told])
    rows.insert(session)
    # Last, because it takes the number: nobody else at this clinic can be billed until we commit.
    return issue.issue(
        session,
        priced=priced,
        invoice_id=invoice_id,
        visit_id=visit.visit_id,
        patient_id=cart["patient_id"],
        actor=actor,
        key=key,
        now=now,
        answer=_answer(visit.visit_id, invoice_id, priced, settlement),
    )


def made(session: Session, *, clinic_id: str, actor: Actor, key: str) -> dict[str, Any]:
    """Return what this person's checkout under this key answered; NotFound when it made nothing."""
    answer: dict[str, Any] | None = session.execute(
        select(Invoice.answer).where(
            Invoice.clinic_id == clinic_id,
            Invoice.created_by == actor.subject,
            Invoice.idempotency_key == key,
        )
    ).scalar_one_or_none()
    if answer is None:
        raise NotFound("No checkout was made under this key.")
    return answer


def _answer(visit_id: UUID, invoice_id: UUID, priced: Priced, settlement: Settlement) -> dict[str, Any]:
    """Return what the caller is told; the invoice number is filled in when it is taken."""
    return {
        "visit_id": str(visit_id),
        "invoice": {
            "id": str(invoice_id),
            "status": "paid",
            "currency": priced.clinic.currency,
            "issued_on": priced.on_date.isoformat(),
            **priced.amounts(),
            "paid_cents": settlement.paid_cents,
            "lines": priced.shown_lines(),
        },
        "change_cents": settlement.change_cents,
    }


def _entries(
    priced: Priced, invoice_id: UUID, received: list[payments.Received], now: datetime
) -> list[entries.Entry]:
    """The sale, and each tender as a fact of its own."""
    common: dict[str, Any] = {
        "clinic_id": priced.clinic.clinic_id,
        "invoice_id": invoice_id,
        "currency": priced.clinic.currency,
        "booked_on": priced.on_date,
        "posted_at": now,
    }
    found = priced.totals
    sale = entries.Entry(
        kind="sale",
        source_type="invoice",
        source_id=invoice_id,
        amounts=entries.sale(
            total_cents=found.total_cents,
            net_by_kind=[(line.kind, line.net_cents) for line in found.lines],
            tax_cents=found.tax_cents,
            tip_cents=found.tip_cents,
        ),
        **common,
    )
    tenders = [
        entries.Entry(
            kind="payment",
            source_type="payment",
            source_id=tender.payment_id,
            amounts=entries.payment(kind=tender.kind, amount_cents=tender.amount_cents),
            **common,
        )
        for tender in received
    ]
    return [sale, *tenders]


def _supplies_used(
    *,
    cart: Mapping[str, Any],
    priced: Priced,
    visit: visits.CheckedOut,
    invoice_id: UUID,
    actor: Actor,
    now: datetime,
) -> Event:
    lines = priced.totals.lines
    charges: dict[str, int] = {}
    for line in lines:
        if line.kind == "treatment":
            charges[line.charge_code] = charges.get(line.charge_code, 0) + line.quantity
    scanned = [*visit.supplies, *cart["supplies"]]
    return Event(
        id=new_id(),
        source=SOURCE,
        type=SUPPLIES_USED,
        subject=visit.visit_id,
        clinic_id=priced.clinic.clinic_id,
        time=now,
        data={
            "clinic_id": priced.clinic.clinic_id,
            "visit_id": str(visit.visit_id),
            "invoice_id": str(invoice_id),
            "patient_id": str(cart["patient_id"]),
            "occurred_at": now.isoformat(),
            "business_date": priced.on_date.isoformat(),
            "charges": [{"charge": code, "quantity": quantity} for code, quantity in charges.items()],
            "scanned": [
                {"sku": supply["sku"], "quantity": format_quantity(supply["quantity"]), "lot": supply["lot"]}
                for supply in scanned
            ],
            "sold": [
                {"sku": line.sku, "quantity": str(line.quantity), "lot": None}
                for line in lines
                if line.sku is not None
            ],
            "actor": actor.subject,
        },
    )
