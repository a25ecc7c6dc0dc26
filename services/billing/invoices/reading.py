"""Invoices as people look at them: lists, the document with its payments, and its cost for who may know."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from services.billing.base import Clinic, InboxEvent
from services.billing.invoices.models import Invoice, InvoiceDiscount, InvoiceLine, InvoiceSupply
from services.billing.invoices.numbering import format_number, parse_number
from services.billing.patients.models import Patient
from services.billing.patients.service import with_merged
from services.billing.payments.models import Payment
from services.billing.visits.aftercare import AFTERCARE_RULES, next_visit_window
from services.billing.visits.models import Visit
from shared.auth.permissions import Permission
from shared.auth.tokens import Actor
from shared.errors import FieldError, Invalid, NotFound
from shared.web.pagination import page, read_cursor

BOOKED, WILL_FOLLOW = "booked", "will_follow"

_paid = (
    select(func.coalesce(func.sum(Payment.amount_cents), 0))
    .where(Payment.invoice_id == Invoice.invoice_id, Payment.status == "succeeded")
    .scalar_subquery()
)
_booked = exists().where(InboxEvent.subject == Invoice.visit_id, InboxEvent.type == "stock.valued")
_cost = (
    select(func.coalesce(func.sum(InvoiceSupply.cost_cents), 0))
    .where(InvoiceSupply.invoice_id == Invoice.invoice_id)
    .scalar_subquery()
)


def find(
    session: Session,
    *,
    actor: Actor,
    clinics: Iterable[str],
    number: str | None,
    patient_id: UUID | None,
    patient_number: int | None = None,
    visit_id: UUID | None = None,
    from_date: date | None,
    to_date: date | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of invoices, newest first.

    Cost: the rows of the page, through the index by clinic and time.
    """
    statement = _heads().where(Invoice.clinic_id.in_(list(clinics)))
    if number:
        statement = statement.where(_numbered(number))
    if patient_id:
        statement = statement.where(Invoice.patient_id.in_(with_merged(session, patient_id)))
    if patient_number is not None:
        statement = statement.where(Patient.number == patient_number)
    if visit_id:
        statement = statement.where(Invoice.visit_id == visit_id)
    if from_date:
        statement = statement.where(Invoice.issued_on >= from_date)
    if to_date:
        statement = statement.where(Invoice.issued_on <= to_date)
    if before := read_cursor(cursor, datetime, UUID):
        statement = statement.where(tuple_(Invoice.issued_at, Invoice.invoice_id) < before)
    statement = statement.order_by(Invoice.issued_at.desc(), Invoice.invoice_id.desc()).limit(limit + 1)
    found = page(
        session.execute(statement).all(), limit, lambda row: (row.Invoice.issued_at, row.Invoice.invoice_id)
    )
    found["items"] = [_head(row, actor) for row in found["items"]]
    return found


def get(session: Session, *, actor: Actor, invoice_id: UUID) -> dict[str, Any]:
    """Return one invoice with everything on and around it, or raise NotFound.

    Cost and margin are left out for whoever may not see them; so is the patient's name.
    """
    row = session.execute(
        _heads().where(Invoice.invoice_id == invoice_id, Invoice.clinic_id.in_(list(actor.clinics)))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such invoice at your clinic.")
    shown = _head(row, actor)
    shown["lines"] = [_line(line) for line in _rows(session, InvoiceLine, invoice_id, InvoiceLine.line_no)]
    shown["discounts"] = _rows(session, InvoiceDiscount, invoice_id, InvoiceDiscount.discount_no)
    shown["payments"] = _rows(session, Payment, invoice_id, Payment.received_at, Payment.payment_id)
    supplies = _rows(session, InvoiceSupply, invoice_id, InvoiceSupply.sku, InvoiceSupply.lot)
    shown["supplies"] = [_supply(supply, actor) for supply in supplies]
    return {**shown, **_for_the_patient(session, row, shown["lines"])}


def _for_the_patient(session: Session, row: Any, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what stands on the patient's copy beside the amounts."""
    invoice: Invoice = row.Invoice
    clinic = session.get_one(Clinic, invoice.clinic_id)
    visit = select(Visit.clinician).where(Visit.visit_id == invoice.visit_id)
    treated = any(line["kind"] == "treatment" for line in lines)
    window = next_visit_window(invoice.issued_on) if treated else None
    return {
        "clinic": {"name": clinic.legal_name, "address_lines": [*clinic.address.splitlines(), clinic.phone]},
        "clinician": session.execute(visit).scalar_one(),
        "next_visit_from": window and window.from_on,
        "next_visit_to": window and window.to_on,
        "aftercare": [rule._asdict() for rule in AFTERCARE_RULES] if treated else [],
    }


def _heads() -> Select[Any]:
    return (
        select(
            Invoice,
            Patient.number.label("patient_number"),
            Patient.given_name,
            Patient.family_name,
            Clinic.invoice_prefix,
            _paid.label("paid_cents"),
            _booked.label("booked"),
            _cost.label("cost_cents"),
        )
        .join(Patient, Patient.patient_id == Invoice.patient_id)
        .join(Clinic, Clinic.clinic_id == Invoice.clinic_id)
    )


def _numbered(number: str) -> ColumnElement[bool]:
    try:
        parsed = parse_number(number.strip().upper())
    except ValueError as refused:
        raise Invalid(str(refused), errors=[FieldError("/number", "malformed", str(refused))]) from refused
    return (
        (Clinic.invoice_prefix == parsed.prefix)
        & (Invoice.year == parsed.year)
        & (Invoice.number == parsed.number)
    )


def _head(row: Any, actor: Actor) -> dict[str, Any]:
    invoice: Invoice = row.Invoice
    shown = {
        "id": invoice.invoice_id,
        "number": format_number(row.invoice_prefix, invoice.year, invoice.number),
        "clinic_id": invoice.clinic_id,
        "visit_id": invoice.visit_id,
        "patient_id": invoice.patient_id,
        "patient_number": row.patient_number,
        "status": "paid" if row.paid_cents >= invoice.total_cents else "open",
        "currency": invoice.currency,
        "issued_on": invoice.issued_on,
        "issued_at": invoice.issued_at,
        "issued_by_name": invoice.issued_by_name,
        "subtotal_cents": invoice.subtotal_cents,
        "discount_cents": invoice.discount_cents,
        "tax_cents": invoice.tax_cents,
        "tip_cents": invoice.tip_cents,
        "total_cents": invoice.total_cents,
        "paid_cents": int(row.paid_cents),
        "supplies_status": BOOKED if row.booked else WILL_FOLLOW,
    }
    if actor.may(Permission.READ_PATIENTS):
        shown["patient_name"] = f"{row.given_name} {row.family_name}"
    if actor.may(Permission.READ_COSTS):
        shown["cost_cents"] = int(row.cost_cents)
        shown["margin_cents"] = invoice.subtotal_cents - invoice.discount_cents - int(row.cost_cents)
    return shown


def _line(line: InvoiceLine) -> dict[str, Any]:
    values = {column.name: getattr(line, column.name) for column in InvoiceLine.__table__.columns}
    return {**values, "charge": line.charge_code}


def _supply(supply: InvoiceSupply, actor: Actor) -> dict[str, Any]:
    values = {column.name: getattr(supply, column.name) for column in InvoiceSupply.__table__.columns}
    if not actor.may(Permission.READ_COSTS):
        del values["cost_cents"]
    return values


def _rows(session: Session, model: Any, invoice_id: UUID, *order: Any) -> list[Any]:
    statement = select(model).where(model.invoice_id == invoice_id).order_by(*order)
    return list(session.execute(statement).scalars())
