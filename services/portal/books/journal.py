"""The journal: every entry with its debits and credits, and the way to the invoice it is of."""

from typing import Any

from flask import Blueprint, Response

from services.portal.books.filters import Filters, clinic_choices
from services.portal.books.words import ENTRIES, debits_first
from services.portal.clients import Document, billing
from services.portal.current import person
from services.portal.showing import NOTHING, filtered, page
from shared.auth.decorators import requires
from shared.auth.permissions import Permission

blueprint = Blueprint("books_journal", __name__)
SHOWN = 50


@blueprint.get("/books/journal")
@requires(Permission.READ_JOURNAL)
def journal_page() -> Response:
    """Show the entries that the address describes, newest first."""
    asked = Filters.of_request("number", "from", "to")
    found, errors = filtered(lambda: _find(asked), NOTHING)
    lines = [line for entry in found["items"] for line in entry["lines"]]
    return page(
        "books/journal.html",
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        clinics=clinic_choices(),
        clinic_names=person().clinic_names,
        entries={**found, "items": [debits_first(entry) for entry in found["items"]]},
        debit_cents=sum(line["debit_cents"] for line in lines),
        credit_cents=sum(line["credit_cents"] for line in lines),
        entry_words=ENTRIES,
    )


def _find(asked: Filters) -> Document:
    query: dict[str, Any] = asked.query()
    number = query.pop("number", None)
    if number:
        invoices = billing().invoices(number=number, clinic_id=asked.clinic_id)["items"]
        if not invoices:
            return NOTHING
        query["invoice_id"] = invoices[0]["id"]
    return billing().journal(limit=SHOWN, **query)
