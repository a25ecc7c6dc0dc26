"""Invoices over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from services.billing.invoices import patients_copy
from services.billing.invoices import reading as invoices_reading
from services.billing.invoices.schemas import InvoiceAnswer, InvoicePage, InvoiceQuery
from shared.auth.decorators import chosen_clinics, current_actor, requires
from shared.auth.permissions import Permission
from shared.db import reading
from shared.web.api import Blueprint

blp = Blueprint("invoices", __name__, url_prefix="/v1/invoices", description="What was billed")


@blp.get("")
@requires(Permission.READ_INVOICES)
@blp.arguments(InvoiceQuery(), location="query")
@blp.response(200, InvoicePage)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """List invoices, newest first."""
    with reading() as session:
        return invoices_reading.find(
            session,
            actor=current_actor(),
            clinics=chosen_clinics(query["clinic_id"]),
            number=query["number"],
            patient_id=query["patient_id"],
            patient_number=query["patient_number"],
            visit_id=query["visit_id"],
            from_date=query["from_date"],
            to_date=query["to_date"],
            limit=query["limit"],
            cursor=query["cursor"],
        )


@blp.get("/<uuid:invoice_id>")
@requires(Permission.READ_INVOICES)
@blp.response(200, InvoiceAnswer)
def get(invoice_id: UUID) -> dict[str, Any]:
    """Read one invoice with its payments and the supplies used for it."""
    with reading() as session:
        return invoices_reading.get(session, actor=current_actor(), invoice_id=invoice_id)


@blp.get("/<uuid:invoice_id>.pdf")
@requires(Permission.READ_INVOICES)
@blp.response(200, content_type="application/pdf")
def get_pdf(invoice_id: UUID) -> Response:
    """Read the patient's copy as PDF."""
    # Loaded with the first document, never before a worker process has been forked.
    from services.billing.invoices.paper import render_pdf

    with reading() as session:
        paper = patients_copy.paper(session, actor=current_actor(), invoice_id=invoice_id)
    response = Response(render_pdf(paper), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{paper.number}.pdf"'
    return response
