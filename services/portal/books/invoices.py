"""The list of invoices: filters that are the address, totals of what is shown, the next page by key."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect

from services.portal.books.filters import Filters, clinic_choices
from services.portal.books.words import INVOICE_STATES, sign_of
from services.portal.clients import Document, billing
from services.portal.current import person
from services.portal.showing import NOTHING, filtered, page
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.errors import NotFound

blueprint = Blueprint("books_invoices", __name__)
SHOWN = 50
BOOKED = "booked"
PAID_SUMS = ("total_cents", "paid_cents")
COST_SUMS = ("cost_cents", "margin_cents")
# What billing calls the fields of the bar, and back.
FIELDS = {"patient": "patient_number"}


@blueprint.get("/books/invoices")
@requires(Permission.READ_INVOICES)
def invoices_page() -> Response:
    """Show the invoices that the address describes, newest first."""
    asked = Filters.of_request("number", "patient", "from", "to")
    found, errors = filtered(lambda: billing().invoices(limit=SHOWN, **asked.query(**FIELDS)), NOTHING)
    names = {sent: shown for shown, sent in FIELDS.items()}
    return page(
        "books/invoices.html",
        status=422 if errors else 200,
        asked=asked,
        errors={names.get(name, name): words for name, words in errors.items()},
        clinics=clinic_choices(),
        clinic_names=person().clinic_names,
        invoices=found,
        totals=_totals(found["items"]),
        states=INVOICE_STATES,
    )


@blueprint.get("/books/visits/<uuid:visit_id>")
@requires(Permission.READ_INVOICES)
def invoice_of_visit(visit_id: UUID) -> Response:
    """Lead to the invoice of a visit, for pages that know the visit only."""
    found = billing().invoices(visit_id=str(visit_id))["items"]
    if not found:
        raise NotFound("This visit has no invoice at your clinic.")
    return redirect(f"/books/invoices/{found[0]['id']}", 303)  # type: ignore[return-value]


def _totals(invoices: list[Document]) -> dict[str, Any] | None:
    """Add up what is shown. Amounts of two currencies have no sum."""
    currencies = {invoice["currency"] for invoice in invoices}
    if len(currencies) != 1:
        return None
    # What an invoice cost is unknown until its supplies are booked: it is in neither sum.
    booked = [invoice for invoice in invoices if invoice["supplies_status"] == BOOKED]
    sums = {name: sum(invoice[name] for invoice in invoices) for name in PAID_SUMS}
    sums |= {name: sum(invoice.get(name, 0) for invoice in booked) for name in COST_SUMS}
    return {**sums, "sign": sign_of(currencies.pop())}
