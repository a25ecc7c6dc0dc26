"""One invoice: the patient's paper, and beside it what was paid, used, earned and booked."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from services.portal.books.words import (
    ENTRIES,
    INVOICE_STATES,
    PAYMENT_STATES,
    PURPOSES,
    debits_first,
    sign_of,
    tender_words,
)
from services.portal.clients import Document, billing, inventory
from services.portal.showing import SHORT_SECONDS, if_it_answers, may, page
from shared.auth.decorators import requires
from shared.auth.permissions import Permission

blueprint = Blueprint("books_invoice", __name__)
RECEIVED = "succeeded"


@blueprint.get("/books/invoices/<uuid:invoice_id>")
@requires(Permission.READ_INVOICES)
def invoice_page(invoice_id: UUID) -> Response:
    """Show one invoice."""
    invoice = billing().invoice(invoice_id)
    usage = _usage(UUID(invoice["visit_id"]))
    return page(
        "books/invoice.html",
        invoice=invoice,
        sign=sign_of(invoice["currency"]),
        tenders=[_tender(payment) for payment in invoice["payments"]],
        change_cents=sum(_change(payment) for payment in invoice["payments"]),
        discounts=_discounts(invoice),
        supplies=_supplies(invoice, usage),
        shortages=usage["shortages"] if usage else [],
        entries=_entries(invoice_id) if may(Permission.READ_JOURNAL) else None,
        entry_words=ENTRIES,
        states=INVOICE_STATES,
        purposes=PURPOSES,
    )


@blueprint.get("/books/invoices/<uuid:invoice_id>.pdf")
@requires(Permission.READ_INVOICES)
def invoice_pdf(invoice_id: UUID) -> Response:
    """Hand on billing's PDF of the patient's copy."""
    answer = billing().fetch("GET", f"/v1/invoices/{invoice_id}.pdf")
    response = Response(answer.body, content_type="application/pdf")
    response.headers["Content-Disposition"] = answer.headers.get("Content-Disposition", "inline")
    return response


def _usage(visit_id: UUID) -> Document | None:
    """Ask inventory for units and shortages; the invoice is whole without them."""
    if not may(Permission.READ_USAGES):
        return None
    return if_it_answers(lambda: inventory().within(SHORT_SECONDS).usage(visit_id))


def _supplies(invoice: Document, usage: Document | None) -> list[Document]:
    """Return what billing knows of the lots, with their unit and their page where inventory said so."""
    known = {(line["sku"], line["lot"]): line for line in (usage["supplies"] if usage else [])}
    return [{**known.get((line["sku"], line["lot"]), {}), **line} for line in invoice["supplies"]]


def _tender(payment: Document) -> dict[str, Any]:
    return {**payment, "words": tender_words(payment), "state": PAYMENT_STATES[payment["status"]]}


def _change(payment: Document) -> int:
    given: int | None = payment["tendered_cents"]
    return 0 if given is None or payment["status"] != RECEIVED else given - int(payment["amount_cents"])


def _discounts(invoice: Document) -> list[dict[str, Any]]:
    lines = {line["line_no"]: line["description"] for line in invoice["lines"]}
    return [{**discount, "on": lines.get(discount["line_no"], "")} for discount in invoice["discounts"]]


def _entries(invoice_id: UUID) -> list[Document]:
    entries: list[Document] = billing().journal(invoice_id=str(invoice_id), limit=50)["items"]
    return [debits_first(entry) for entry in reversed(entries)]
