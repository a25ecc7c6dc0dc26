"""The till: find the patient, say what was done, take the payment. Charged once, whatever happens."""

import re
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from services.portal import clients, current
from services.portal.clients import ProblemFromService, ServiceAway
from services.portal.desk import places, scans, till_page, words
from services.portal.desk.places import Place
from services.portal.desk.shelf import ShelfAway
from services.portal.desk.supplies import is_own, to_send
from services.portal.desk.till_form import Cart, TillForm, sale
from services.portal.desk.till_page import TILL, Sitting
from services.portal.drafts import routes as drafts
from services.portal.service_client import Query
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.errors import Malformed, NotFound
from shared.web.api import read_json

blueprint = Blueprint("desk_till", __name__)
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,99}")


@blueprint.get(TILL)
@requires(Permission.CHECK_OUT)
def page() -> Response:
    """Show the till: for a visit, for a patient, for whoever is found, or after a payment."""
    place = places.here()
    if given := request.args.get("visit"):
        visit = clients.billing().visit(_id(given, "visit"))
        return _already_over(visit) or _sit_down(place, visit["patient_id"], visit)
    if given := request.args.get("patient"):
        return _for_patient(place, _id(given, "patient"))
    if given := request.args.get("paid"):
        invoice = clients.billing().invoice(_id(given, "invoice"))
        return make_response(till_page.draw_start(place, paid=invoice))
    query = request.args.get("q", "").strip()[:100]
    asked: dict[str, Query] = {"clinic_id": place.clinic_id, "query": query, "limit": till_page.TOLD_APART}
    found = clients.billing().find_patients(**asked)["items"] if query else []
    if len(found) == 1:
        return _to(f"{TILL}?patient={found[0]['patient_id']}")
    return make_response(till_page.draw_start(place, query=query, found=found))


@blueprint.post(TILL)
@requires(Permission.CHECK_OUT)
def take_payment() -> Response:
    """Take the payment, or work out the total for a browser without script."""
    form = TillForm.read(request.form)
    if not _KEY.fullmatch(form.checkout_key):
        raise Malformed("Open the till again: this form is not one of ours.")
    draft_key = _draft_key(current.working_clinic(), form.visit_id or None, form.patient_id)
    drafts.keep(draft_key, request.form)
    try:
        return _take(places.here(), form, draft_key)
    except ServiceAway:
        # Even what the page is drawn from is away: the form waits by itself, with its key.
        return _waiting_page(form)


@blueprint.post(f"{TILL}/quote")
@requires(Permission.CHECK_OUT)
def quote() -> Response:
    """Answer till.js: what the form as it stands comes to, and what it uses."""
    form, place = TillForm.read(_texts()), places.here()
    visit = clients.billing().visit(UUID(form.visit_id)) if _is_id(form.visit_id) else None
    sitting = Sitting(place, {}, visit, [], "", form)
    supplies = sitting.supplies()
    planned = [row for row in supplies.rows if not is_own(row)]
    about = {"supplies": planned, "supplies_note": supplies.note}
    if not form.lines:
        return jsonify({**_NOTHING, **about})
    errors: dict[str, str] = {}
    found = till_page.quote_of(sitting, errors)
    if found is None:
        return make_response(jsonify(errors=errors), 422)
    return jsonify({**found, **about, "errors": errors})


@blueprint.post(f"{TILL}/scan")
@requires(Permission.CHECK_OUT)
def scan() -> Response:
    """Answer till.js: what a scanned code is."""
    code, place = _texts().get("code", "").strip(), places.here()
    charges = clients.billing().charges(clinic_id=place.clinic_id)["items"]
    for charge in charges:
        if charge["code"] == code:
            return jsonify(kind="charge", code=code, detail=f"{charge['name']} is on the bill.")
    try:
        supply = scans.supply_for(place, code)
    except ShelfAway:
        refusal = "The shelf does not answer. Go on without it: stock will follow."
        return make_response(jsonify(detail=refusal), 404)
    except scans.UnknownCode as unknown:
        return make_response(jsonify(detail=unknown.detail), 404)
    return jsonify(kind="supply", supply=supply, detail=scans.words_for(supply))


_NOTHING = {"lines": [], "discount_cents": 0, "tax_cents": 0, "tip_cents": 0, "total_cents": 0}


def _for_patient(place: Place, patient_id: UUID) -> Response:
    """Seat a patient; their open visit of today comes along unless this sale is to stay apart from it."""
    if not request.args.get("apart"):
        asked: dict[str, Query] = {"patient_id": str(patient_id), "on": place.today.isoformat(), "limit": 20}
        for visit in clients.billing().visits(clinic_id=place.clinic_id, **asked)["items"]:
            if visit["status"] in words.OPEN:
                return _to(f"{TILL}?visit={visit['visit_id']}")
    return _sit_down(place, str(patient_id), None)


def _sit_down(place: Place, patient_id: str, visit: dict[str, Any] | None) -> Response:
    patient = clients.billing().patient(UUID(patient_id))
    if patient["merged_into"] and visit is None:
        return _to(f"{TILL}?patient={patient['merged_into']}")
    draft_key = _draft_key(place.clinic_id, visit["visit_id"] if visit else None, patient_id)
    fresh_key = uuid4().hex
    kept = drafts.begin(draft_key, {"checkout_key": fresh_key})
    checkout_key = kept.get("checkout_key", "")
    if checkout_key != fresh_key and (made := _made(place, checkout_key)):
        drafts.discard(draft_key)
        return _to(f"{TILL}?paid={made}")
    if not _KEY.fullmatch(checkout_key):
        checkout_key = fresh_key
    was_kept = "tip" in kept
    form = TillForm.read(kept) if was_kept else till_page.prefilled(visit, checkout_key, patient_id)
    form.checkout_key, form.patient_id = checkout_key, patient_id
    form.visit_id = visit["visit_id"] if visit else ""
    sitting = _sitting(place, patient, visit, draft_key, form)
    sitting.was_kept = was_kept
    return make_response(till_page.draw(sitting))


def _sitting(
    place: Place, patient: dict[str, Any], visit: dict[str, Any] | None, draft_key: str, form: TillForm
) -> Sitting:
    billing = clients.billing()
    last = billing.visits(clinic_id=place.clinic_id, patient_id=patient["patient_id"], limit=10)["items"]
    charges = billing.charges(clinic_id=place.clinic_id)["items"]
    found = Sitting(place, patient, visit, charges, draft_key, form, last)
    found.stays_apart = bool(request.args.get("apart"))
    return found


def _take(place: Place, form: TillForm, draft_key: str) -> Response:
    visit = clients.billing().visit(_id(form.visit_id, "visit")) if form.visit_id else None
    sitting = Sitting(place, {}, visit, [], draft_key, form)
    if request.form.get("action") != "pay" or not form.expected:
        asked = request.form.get("action") == "pay" and form.lines
        hint = ("Look at the total first", "Then take the payment.") if asked else None
        return _again(sitting, {}, hint, 200)
    cart = sale(form, place.clinic_id, to_send(sitting.supplies()))
    if cart.errors:
        return _again(sitting, cart.errors, None, 422)
    try:
        made = clients.billing().check_out(cart.body, key=form.checkout_key)
    except ProblemFromService as refused:
        return _refused(sitting, cart, refused)
    drafts.discard(draft_key)
    return _to(f"{TILL}?paid={made['invoice']['id']}")


def _refused(sitting: Sitting, cart: Cart, refused: ProblemFromService) -> Response:
    """Say on the till why the payment was not taken, or show what was paid before."""
    if refused.code in {"idempotency-key-reused", "visit-closed"}:
        made = _made(sitting.place, sitting.form.checkout_key) or (sitting.visit or {}).get("invoice_id")
        if made:
            drafts.discard(sitting.draft_key)
            flash("This was paid already. Nothing was charged again.")
            return _to(f"{TILL}?paid={made}")
    if refused.code == "price-changed":
        return _again(sitting, {}, ("The total is another one now", refused.detail), 409)
    if refused.code == "needs-approval":
        first = next(iter(sitting.form.discounts), 0)
        errors = {f"discount-{first}-value": refused.detail}
        step = "Ask a manager to take this payment, or take off less. Nothing was charged."
        return _again(sitting, errors, ("A manager must grant this discount", step), 403)
    errors = cart.blame(refused.errors, "pay")
    problem = None if errors else (refused.title, refused.detail)
    return _again(sitting, errors, problem, refused.status)


def _again(
    sitting: Sitting, errors: dict[str, str], problem: tuple[str, str] | None, status: int
) -> Response:
    """Draw the till as it was sent, with what is to be put right."""
    form, visit = sitting.form, sitting.visit
    patient = clients.billing().patient(_id(form.patient_id, "patient"))
    whole = _sitting(sitting.place, patient, visit, sitting.draft_key, form)
    shown = problem and {"title": problem[0], "what_to_do": problem[1], "request_id": ""}
    return make_response(till_page.draw(whole, errors=errors, problem=shown), status)


def _waiting_page(form: TillForm) -> Response:
    """Keep the form on a page that needs nobody else, so that the same key can be sent again."""
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in {"csrf_token", "action"}]
    total_cents = int(form.expected) if form.expected.isdigit() and len(form.expected) < 12 else None
    page = render_template(
        "desk/till_away.html", fields=fields, total_cents=total_cents, action=request.full_path.rstrip("?")
    )
    return make_response(page, 503, {"Retry-After": "5"})


def _already_over(visit: dict[str, Any]) -> Response | None:
    if visit["status"] in words.OPEN:
        return None
    if visit["invoice_id"]:
        return _to(f"{TILL}?paid={visit['invoice_id']}")
    flash("This visit was cancelled. Nothing can be charged for it.", "stop")
    return _to(TILL)


def _made(place: Place, checkout_key: str) -> str | None:
    """Return the invoice that this key has made, if it has."""
    try:
        made = clients.billing().checkout_made(checkout_key, clinic_id=place.clinic_id)
    except ProblemFromService as refused:
        if refused.status in {404, 422}:
            return None
        raise
    invoice_id: str = made["invoice"]["id"]
    return invoice_id


def _draft_key(clinic_id: str, visit_id: str | None, patient_id: str) -> str:
    """Name the draft after what is paid for: two windows for the same visit share it, and so its key."""
    about = f"v.{_id(visit_id, 'visit')}" if visit_id else f"p.{_id(patient_id, 'patient')}"
    return f"till.{clinic_id}.{about}"


def _texts() -> MultiDict[str, str]:
    """Return the JSON object of a script, as far as it holds texts."""
    body = read_json(request)
    if not isinstance(body, dict):
        raise Malformed("Send a JSON object.")
    return MultiDict({name: value for name, value in body.items() if isinstance(value, str)})


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _id(text: str, kind: str) -> UUID:
    if not _is_id(text):
        raise NotFound(f"There is no such {kind}. Start again from the page of your day.")
    return UUID(text)


def _to(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]
