"""Today: who is expected, here, in treatment, to pay and done, and what the desk must know about each."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template

from services.portal import clients, current
from services.portal.clients import ProblemFromService
from services.portal.desk import places, words
from services.portal.desk.places import Place
from services.portal.desk.words import ARRIVED, CANCELLED, DONE, EXPECTED, IN_TREATMENT, TO_PAY
from services.portal.showing import all_of, may
from shared.auth.decorators import requires
from shared.auth.permissions import Permission

TODAY = "/desk/today"
blueprint = Blueprint("desk_today", __name__, url_prefix=TODAY)
Document = Mapping[str, Any]

COLUMNS = (EXPECTED, ARRIVED, IN_TREATMENT, TO_PAY, DONE)
EMPTY = {
    EXPECTED: "Nobody else is expected today.",
    ARRIVED: "Nobody is waiting.",
    IN_TREATMENT: "The rooms are free.",
    TO_PAY: "Nobody is waiting to pay.",
    DONE: "Nobody has left yet.",
}
# The next step of a visit, the key for it, and what it is called.
NEXT = {
    EXPECTED: (ARRIVED, "A", "Arrived"),
    ARRIVED: (IN_TREATMENT, "I", "In treatment"),
    IN_TREATMENT: (TO_PAY, "P", "To pay"),
}


@blueprint.get("")
@requires(Permission.READ_VISITS)
def page() -> str:
    """Show the day."""
    place = places.here()
    screening = clients.billing().screening()
    return render_template("desk/today.html", main_class="wide", screening=screening, **board_of(place))


@blueprint.get("/board")
@requires(Permission.READ_VISITS)
def board() -> str:
    """Answer today.js: the board alone, as it stands now."""
    return render_template("desk/today_board.html", **board_of(places.here()))


def board_of(place: Place) -> dict[str, Any]:
    """Return what the board shows."""
    day = place.today.isoformat()
    billing = clients.billing()
    visits, _more = all_of(billing.visits, clinic_id=place.clinic_id, on=day)
    prices = billing.charges(clinic_id=place.clinic_id)["items"]
    names = {charge["code"]: charge["name"] for charge in prices}
    invoices = _invoices_of(place, day) if any(visit["status"] == DONE for visit in visits) else {}
    # Billing lists the newest first; at a desk, who came first is served first.
    cards = [card(visit, place, names, invoices) for visit in reversed(visits)]
    columns = [
        {
            "status": status,
            "title": words.STATUS_WORDS[status],
            "empty": EMPTY[status],
            "cards": [shown for shown in cards if shown["status"] == status],
        }
        for status in COLUMNS
    ]
    return {
        "day": f"{place.today:%A}, {places.day_words(place.today)}",
        "hour": place.hour(current.now().isoformat()),
        "columns": columns,
        "digest": hashlib.sha256(repr((columns, place.today)).encode()).hexdigest()[:16],
        "is_empty": not any(shown["status"] != CANCELLED for shown in cards),
        "cancelled": [shown for shown in cards if shown["status"] == CANCELLED],
        "may_move": may(Permission.WRITE_VISITS),
    }


def card(
    visit: Document, place: Place, names: Mapping[str, str], invoices: Mapping[str, Document]
) -> dict[str, Any]:
    """Return one visit as its card shows it."""
    status, invoice = visit["status"], invoices.get(visit["visit_id"])
    step = NEXT.get(status)
    return {
        "id": visit["visit_id"],
        "version": visit["version"],
        "status": status,
        "name": words.full_name(visit["patient"]),
        "number": visit["patient"]["number"],
        "patient_href": f"/desk/patients/{visit['patient_id']}",
        "href": f"/desk/visits/{visit['visit_id']}",
        "areas": words.area_words(visit["planned"], names),
        "clinician": visit["clinician"],
        "flag": words.flag_of(visit, place),
        "scanned": len(visit["supplies"]),
        "step": step and {"to": step[0], "key": step[1], "label": step[2]},
        "asks": status in {EXPECTED, ARRIVED, IN_TREATMENT},
        "till_href": f"/desk/till?visit={visit['visit_id']}"
        if status in words.OPEN and status != EXPECTED and may(Permission.CHECK_OUT)
        else "",
        "invoice": invoice
        and {
            "href": f"/books/invoices/{invoice['id']}",
            "number": invoice["number"],
            "total_cents": invoice["total_cents"],
            "is_open": invoice["status"] != "paid",
            "stock_will_follow": invoice["supplies_status"] == "will_follow",
        },
    }


def _invoices_of(place: Place, day: str) -> dict[str, Document]:
    """Return the day's invoices by visit, none for somebody who may not read them."""
    if not may(Permission.READ_INVOICES):
        return {}
    try:
        query = {"clinic_id": place.clinic_id, "from": day, "to": day}
        found, _more = all_of(clients.billing().invoices, **query)
    except ProblemFromService:
        return {}
    return {invoice["visit_id"]: invoice for invoice in found}
