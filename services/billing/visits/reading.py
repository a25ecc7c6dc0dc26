"""Visits as the pages show them: with the patient's name, what was scanned, and the invoice they ended in."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.billing.invoices.models import Invoice
from services.billing.patients.models import Patient
from services.billing.patients.service import with_merged
from services.billing.visits.models import Visit
from services.billing.visits.service import supplies_of
from shared.errors import NotFound
from shared.web.pagination import page, read_cursor

_COLUMNS = [column for column in Visit.__table__.columns if column.name not in ("answer", "request_hash")]


def get(session: Session, *, clinics: Iterable[str], visit_id: UUID) -> Visit:
    """Return one visit of these clinics, or raise NotFound."""
    visit = session.execute(
        select(Visit).where(Visit.visit_id == visit_id, Visit.clinic_id.in_(list(clinics)))
    ).scalar_one_or_none()
    if visit is None:
        raise NotFound("There is no such visit at your clinic.")
    return visit


def shown(session: Session, visit: Visit) -> dict[str, Any]:
    """Return one visit as callers see it."""
    patient = session.get_one(Patient, visit.patient_id)
    invoice_id = session.execute(
        select(Invoice.invoice_id).where(Invoice.visit_id == visit.visit_id)
    ).scalar_one_or_none()
    values = {column.name: getattr(visit, column.name) for column in _COLUMNS}
    supplies = supplies_of(session, [visit.visit_id])[visit.visit_id]
    return {**values, "patient": patient, "invoice_id": invoice_id, "supplies": supplies}


def find(
    session: Session,
    *,
    clinics: Iterable[str],
    on_date: date | None,
    patient_id: UUID | None,
    status: str | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of visits: newest day first, and within a day in the order they were opened.

    Cost: the rows of the page through the index by clinic and day, or by patient.
    """
    statement = (
        select(Visit, Patient, Invoice.invoice_id)
        .join(Patient, Patient.patient_id == Visit.patient_id)
        .outerjoin(Invoice, Invoice.visit_id == Visit.visit_id)
        .where(Visit.clinic_id.in_(list(clinics)))
    )
    if on_date:
        statement = statement.where(Visit.visit_on == on_date)
    if patient_id:
        statement = statement.where(Visit.patient_id.in_(with_merged(session, patient_id)))
    if status:
        statement = statement.where(Visit.status == status)
    if before := read_cursor(cursor, date, UUID):
        statement = statement.where(tuple_(Visit.visit_on, Visit.visit_id) < before)
    statement = statement.order_by(Visit.visit_on.desc(), Visit.visit_id.desc()).limit(limit + 1)
    found = page(
        session.execute(statement).all(), limit, lambda row: (row.Visit.visit_on, row.Visit.visit_id)
    )
    supplies = supplies_of(session, [row.Visit.visit_id for row in found["items"]])
    found["items"] = [
        {
            **{column.name: getattr(row.Visit, column.name) for column in _COLUMNS},
            "patient": row.Patient,
            "invoice_id": row.invoice_id,
            "supplies": supplies[row.Visit.visit_id],
        }
        for row in found["items"]
    ]
    return found
