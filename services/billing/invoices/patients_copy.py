"""The patient's copy of an invoice: what is on the paper, gathered from the issued rows."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.billing.invoices import reading
from services.billing.invoices.paper import InvoicePaper, PaperLine, PaperTender
from services.billing.payments.models import Payment
from services.billing.visits.aftercare import AftercareRule, NextVisitWindow
from shared.auth.tokens import Actor

_TENDER_WORDS = {"cash": "Cash", "card_external": "Card", "cheque": "Cheque"}


def paper(session: Session, *, actor: Actor, invoice_id: UUID) -> InvoicePaper:
    """Return everything that is printed for the patient, or raise NotFound."""
    invoice = reading.get(session, actor=actor, invoice_id=invoice_id)
    window = invoice["next_visit_from"], invoice["next_visit_to"]
    payments: list[Payment] = [payment for payment in invoice["payments"] if payment.status == "succeeded"]
    return InvoicePaper(
        clinic_name=invoice["clinic"]["name"],
        address_lines=tuple(invoice["clinic"]["address_lines"]),
        number=invoice["number"],
        issued_on=invoice["issued_on"],
        # Who may not read patients prints a copy with the number alone.
        patient_name=invoice.get("patient_name", ""),
        patient_number=str(invoice["patient_number"]),
        provider=invoice["clinician"],
        lines=tuple(_line(line) for line in invoice["lines"]),
        subtotal_cents=invoice["subtotal_cents"],
        discount_cents=invoice["discount_cents"],
        tax_cents=invoice["tax_cents"],
        tip_cents=invoice["tip_cents"],
        total_cents=invoice["total_cents"],
        paid_cents=invoice["paid_cents"],
        change_cents=sum(_change(payment) for payment in payments),
        tenders=tuple(
            PaperTender(words=_words(payment), amount_cents=payment.amount_cents) for payment in payments
        ),
        next_visit=NextVisitWindow(*window) if window[0] else None,
        aftercare=tuple(AftercareRule(**rule) for rule in invoice["aftercare"]),
        currency=invoice["currency"],
    )


def _line(line: dict[str, Any]) -> PaperLine:
    return PaperLine(
        description=line["description"],
        quantity=line["quantity"],
        unit_cents=line["unit_cents"],
        discount_cents=line["discount_cents"],
        tax_cents=line["tax_cents"],
        total_cents=line["total_cents"],
        depth_mm=line["depth_mm"],
    )


def _words(payment: Payment) -> str:
    words = payment.card_brand or _TENDER_WORDS[payment.kind]
    return f"{words} ending {payment.card_last4}" if payment.card_last4 else words


def _change(payment: Payment) -> int:
    return 0 if payment.tendered_cents is None else payment.tendered_cents - payment.amount_cents
