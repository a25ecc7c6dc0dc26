"""A visit: opened at the desk, answered for at check-in, carried through the rooms, handed to the till."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request

from services.portal import clients
from services.portal.clients import ProblemFromService
from services.portal.desk import places, tray, words
from services.portal.desk.places import Place
from services.portal.desk.today import TODAY
from services.portal.own_paths import own_path
from services.portal.showing import may
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.errors import AppError, Invalid

VISITS = "/desk/visits"
blueprint = Blueprint("desk_visits", __name__, url_prefix=VISITS)
MOVED_MEANWHILE = (
    "Somebody else changed this visit in the meantime. It is shown as it is now:"
    " look again, and repeat your step if it is still right."
)
_SAID = {
    words.ARRIVED: "is here.",
    words.IN_TREATMENT: "is in treatment.",
    words.TO_PAY: "can pay now.",
    words.EXPECTED: "is expected again.",
    words.CANCELLED: "does not come: the visit is cancelled.",
}


@blueprint.get("/new")
@requires(Permission.WRITE_VISITS)
def new_page() -> Response:
    """Show the form for a new visit of a patient."""
    return _new_page(request.args)


@blueprint.post("/new")
@requires(Permission.WRITE_VISITS)
def open_visit() -> Response:
    """Open a visit: the patient is here, or comes on a later day."""
    place, form = places.here(), request.form
    body: dict[str, Any] = {
        "clinic_id": place.clinic_id,
        "patient_id": form.get("patient_id", ""),
        "planned": tray.planned_of(form),
        "status": "expected" if form.get("when") == "later" else "arrived",
        "visit_on": (form.get("visit_on") or None) if form.get("when") == "later" else None,
        "flag": form.get("flag") or None,
    }
    try:
        visit = clients.billing().open_visit(body, key=form.get("form_key", ""))
    except ProblemFromService as refused:
        return _new_page(form, refused)
    flash(f"{words.full_name(visit['patient'])}: visit opened.")
    return _to(f"{TODAY}#who-{visit['visit_id']}" if visit["visit_on"] == place.today.isoformat() else TODAY)


@blueprint.get("/<uuid:visit_id>/check-in")
@requires(Permission.WRITE_VISITS)
def check_in_page(visit_id: UUID) -> Response:
    """Show the screening list for a visit, on a page of its own for browsers without script."""
    place, visit = places.here(), clients.billing().visit(visit_id)
    page = render_template(
        "desk/check_in.html",
        visit=visit,
        name=words.full_name(visit["patient"]),
        flag=words.flag_of(visit, place),
        screening=clients.billing().screening(),
        next=own_path(request.args.get("next"), TODAY),
    )
    return make_response(page)


@blueprint.post("/<uuid:visit_id>/check-in")
@requires(Permission.WRITE_VISITS)
def check_in(visit_id: UUID) -> Response:
    """Keep the one answer; whoever was expected is here now."""
    changes = {"flag": request.form.get("flag", "")}
    if request.form.get("status") == words.EXPECTED:
        changes["status"] = words.ARRIVED
    return _change(visit_id, changes, "the answer is noted.")


@blueprint.post("/<uuid:visit_id>/move")
@requires(Permission.WRITE_VISITS)
def move(visit_id: UUID) -> Response:
    """Move a visit on, or back."""
    status = request.form.get("status", "")
    return _change(visit_id, {"status": status}, _SAID.get(status, "moved."))


@blueprint.get("/<uuid:visit_id>")
@requires(Permission.READ_VISITS)
def tray_page(visit_id: UUID) -> Response:
    """Show the tray: areas, depths, the flag, what was opened and used."""
    return make_response(tray.draw(places.here(), clients.billing().visit(visit_id)))


@blueprint.post("/<uuid:visit_id>/areas")
@requires(Permission.WRITE_VISITS)
def change_areas(visit_id: UUID) -> Response:
    """Keep which areas are treated, how deep, and by whom."""
    clinician = request.form.get("clinician", "").strip()
    changes = {"planned": tray.planned_of(request.form), "clinician": clinician or None}
    return _change(visit_id, changes, "areas saved.")


@blueprint.post("/<uuid:visit_id>/supplies")
@requires(Permission.RECORD_SUPPLIES)
def record_supply(visit_id: UUID) -> Response:
    """Note what was scanned, or so many grams of what is usual."""
    place = places.here()
    scan = tray.record(place, visit_id, request.form)
    visit = clients.billing().visit(visit_id)
    if "fragment" in request.form:
        return make_response(tray.draw_supplies(place, visit, scan))
    return make_response(tray.draw(place, visit, scan), 200 if scan["state"] == "good" else 422)


@blueprint.post("/<uuid:visit_id>/supplies/<uuid:supply_id>/undo")
@requires(Permission.RECORD_SUPPLIES)
def undo_supply(visit_id: UUID, supply_id: UUID) -> Response:
    """Take a scan back."""
    try:
        clients.billing().remove_supply(visit_id, supply_id)
    except ProblemFromService as refused:
        flash(refused.detail, "stop")
    return _to(f"{VISITS}/{visit_id}#supplies")


def _change(visit_id: UUID, changes: dict[str, Any], said: str) -> Response:
    """Change a visit from the version that was seen, and go back to where it was asked."""
    back = own_path(request.form.get("next"), TODAY)
    try:
        visit = clients.billing().change_visit(visit_id, changes, version=seen_version())
    except ProblemFromService as refused:
        flash(_why(refused), "stop")
    else:
        flash(f"{words.full_name(visit['patient'])} {said}" if "status" in changes else said.capitalize())
    return _to(f"{back}#who-{visit_id}" if back == TODAY else back)


def seen_version() -> int:
    """Return the version that the form on the page was drawn from."""
    version = request.form.get("version", "")
    if not (version.isascii() and version.isdigit()) or len(version) > 9:
        raise Invalid("Open the page again: this form is not complete.")
    return int(version)


def _why(refused: AppError) -> str:
    if refused.status == 412:
        return MOVED_MEANWHILE
    return refused.errors[0].detail if refused.errors else refused.detail


def _new_page(form: Any, refused: ProblemFromService | None = None) -> Response:
    place: Place = places.here()
    given = form.get("patient_id") or form.get("patient") or ""
    try:
        patient = clients.billing().patient(UUID(given))
    except ValueError:
        flash("Find the patient first.", "stop")
        return _to("/desk/patients")
    errors = {error.pointer.strip("/"): error.detail for error in refused.errors} if refused else {}
    page = render_template(
        "desk/visit_new.html",
        patient=patient,
        name=words.full_name(patient),
        today=place.today.isoformat(),
        charges=tray.treatments(place),
        chosen=tray.chosen_of(form),
        depths=words.DEPTHS,
        typed=form,
        form_key=form.get("form_key") or uuid4().hex,
        screening=clients.billing().screening(),
        errors=errors,
        problem=refused.detail if refused and not errors else "",
        may_answer=may(Permission.WRITE_VISITS),
    )
    return make_response(page, refused.status if refused else 200)


def _to(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]
