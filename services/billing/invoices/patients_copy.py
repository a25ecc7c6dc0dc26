"""The patient's copy of an invoice: what is on the paper, gathered from the issued rows."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.billing.base import Clinic
from services.billing.invoices import reading
from services.billing.invoices.paper import InvoicePaper, PaperLine, PaperTender
from services.billing.patients.models import Patient
from services.billing.payments.models import Payment
from services.billing.visits.aftercare import AFTERCARE_RULES, next_visit_window
from services.billing.visits.models import Visit
from shared.auth.tokens import Actor

_TENDER_WORDS = {"cash": "Cash", "card_external": "Card", "cheque": "Cheque"}


def paper(session: Session, *, actor: Actor, invoice_id: UUID) -> InvoicePaper:
    """Return everything that is printed for the patient, or raise NotFound."""
    invoice = reading.get(session, actor=actor, invoice_id=invoice_id)
    clinic = session.get_one(Clinic, invoice["clinic_id"])
    patient = session.get_one(Patient, invoice["patient_id"])
    clinician = session.execute(
        select(Visit.clinician).where(Visit.visit_id == invoice["visit_id"])
    ).scalar_one()
    treated = any(line["kind"] == "treatment" for line in invoice["lines"])
    payments: list[Payment] = [payment for payment in invoice["payments"] if payment.status == "succeeded"]
    return InvoicePaper(
        clinic_name=clinic.legal_name,
        address_lines=(*clinic.address.splitlines(), clinic.phone),
        number=invoice["number"],
        issued_on=invoice["issued_on"],
        patient_name=patient.name,
        patient_number=str(patient.number),
        provider=clinician,
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
        next_visit=next_visit_window(invoice["issued_on"]) if treated else None,
        aftercare=AFTERCARE_RULES if treated else (),
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
