"""The box in the top bar: a patient, an invoice or a lot; what is found alone is opened at once."""

import re
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request

from services.portal import clients
from services.portal.clients import ProblemFromService
from services.portal.desk import places, shelf, words
from services.portal.desk.places import Place, day_words
from services.portal.desk.shelf import ShelfAway
from services.portal.navigation import SEARCH
from services.portal.service_client import Query
from services.portal.showing import may
from shared.auth.decorators import staff_only
from shared.auth.permissions import Permission

blueprint = Blueprint("desk_search", __name__)
MOST_FOUND = 10
INVOICE_NUMBER = re.compile(r"[A-Z][A-Z0-9]{0,11}-[0-9]{4}-[0-9]{1,9}")
Document = dict[str, Any]


@blueprint.get(SEARCH)
@staff_only
def search() -> Response:
    """Open what the words name, or list what they could mean."""
    query = request.args.get("q", "").strip()[:100]
    if not query:
        return make_response(_page(query, [], [], [], ""))
    place = places.here()
    invoices = _invoices(place, query)
    patients = [] if invoices else _patients(place, query)
    lots, note = ([], "") if invoices else _lots(place, query)
    found = [*patients, *invoices, *lots]
    if len(found) == 1 and not note:
        return redirect(found[0]["href"], 303)  # type: ignore[return-value]
    return make_response(_page(query, patients, invoices, lots, note))


def _page(
    query: str, patients: list[Document], invoices: list[Document], lots: list[Document], note: str
) -> str:
    return render_template(
        "desk/search.html", query=query, patients=patients, invoices=invoices, lots=lots, note=note
    )


def _patients(place: Place, query: str) -> list[Document]:
    if not may(Permission.READ_PATIENTS):
        return []
    asked: dict[str, Query] = {
        "clinic_id": place.clinic_id,
        "query": query.removeprefix("#"),
        "limit": MOST_FOUND,
    }
    try:
        found = clients.billing().find_patients(**asked)["items"]
    except ProblemFromService:
        return []
    return [
        {
            "href": f"/desk/patients/{patient['patient_id']}",
            "name": words.full_name(patient),
            "detail": " · ".join(filter(None, (f"#{patient['number']}", patient["phone"], patient["email"]))),
        }
        for patient in found
    ]


def _invoices(place: Place, query: str) -> list[Document]:
    number = query.upper()
    if not may(Permission.READ_INVOICES) or not INVOICE_NUMBER.fullmatch(number):
        return []
    try:
        found = clients.billing().invoices(clinic_id=place.clinic_id, number=_padded(number))["items"]
    except ProblemFromService:
        return []
    return [
        {
            "href": f"/books/invoices/{invoice['id']}",
            "name": invoice["number"],
            "detail": f"{invoice.get('patient_name', '')}, {day_words(invoice['issued_on'])}".strip(", "),
        }
        for invoice in found
    ]


def _lots(place: Place, query: str) -> tuple[list[Document], str]:
    """Return the lots of this name, and words when nobody could be asked."""
    if not may(Permission.READ_STOCK):
        return [], ""
    try:
        found = shelf.lots_named(place, query)
    except ShelfAway:
        return [], "Lots could not be looked up: the shelf does not answer just now."
    return [
        {
            "href": f"/stock/lots/{lot['lot_id']}",
            "name": f"Lot {lot['lot']}",
            "detail": f"{lot['name']}, {shelf.expiry_words(lot)}".strip(", "),
        }
        for lot in found
    ], ""


def _padded(number: str) -> str:
    """Return "MAIN-2026-000012" for "MAIN-2026-12"."""
    head, _, last = number.rpartition("-")
    return f"{head}-{last.zfill(6)}"
