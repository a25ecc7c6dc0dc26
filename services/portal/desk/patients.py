"""Patients: found as one types, added with a look for duplicates, corrected, merged."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request

from services.portal import clients
from services.portal.clients import ProblemFromService
from services.portal.desk import places, words
from services.portal.desk.places import Place, day_words
from services.portal.desk.visits import seen_version
from services.portal.drafts import routes as drafts
from services.portal.form_errors import errors_by_field
from services.portal.service_client import Query
from services.portal.showing import may
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.errors import NotFound

PATIENTS = "/desk/patients"
blueprint = Blueprint("desk_patients", __name__, url_prefix=PATIENTS)
FIELDS = ("given_name", "family_name", "phone", "email")
MOST_FOUND = 25
MOST_ALIKE = 5
NATIONAL_DIGITS = 10
Document = dict[str, Any]


@blueprint.get("")
@requires(Permission.READ_PATIENTS)
def page() -> str:
    """Show whom the words find, and the form to add somebody."""
    return _list_page(typed=drafts.recall() or {})


@blueprint.get("/found")
@requires(Permission.READ_PATIENTS)
def found() -> str:
    """Answer live_search.js: the rows alone."""
    return render_template("desk/patients_found.html", **_found())


@blueprint.post("")
@requires(Permission.WRITE_PATIENTS)
def add() -> Response:
    """Add a patient, unless somebody alike is here already and nobody has said that it is another person."""
    form, place = request.form, places.here()
    details = _details(form)
    alike = [] if form.get("another") else _alike(place.clinic_id, details)
    if alike:
        return make_response(_list_page(typed=form, alike=alike), 422)
    try:
        patient = clients.billing().create_patient(
            {"clinic_id": place.clinic_id, **details}, key=form.get("form_key", "")
        )
    except ProblemFromService as refused:
        if refused.status != 422:
            raise
        return make_response(_list_page(typed=form, errors=errors_by_field(refused)), 422)
    drafts.discard()
    flash(f"{words.full_name(patient)} is on file as #{patient['number']}.")
    return _to(f"{PATIENTS}/{patient['patient_id']}")


@blueprint.get("/<uuid:patient_id>")
@requires(Permission.READ_PATIENTS)
def patient_page(patient_id: UUID) -> str:
    """Show one patient."""
    return _patient_page(clients.billing().patient(patient_id))


@blueprint.post("/<uuid:patient_id>")
@requires(Permission.WRITE_PATIENTS)
def change(patient_id: UUID) -> Response:
    """Correct a patient's details from the version that was seen."""
    billing, version = clients.billing(), seen_version()
    try:
        billing.change_patient(patient_id, _details(request.form), version=version)
    except ProblemFromService as refused:
        if refused.status not in {412, 422}:
            raise
        # What was typed stays in the form; what is stored now is shown beside it.
        patient = billing.patient(patient_id)
        errors = errors_by_field(refused) if refused.status == 422 else {}
        page = _patient_page(patient, request.form, errors, changed_meanwhile=refused.status == 412)
        return make_response(page, refused.status)
    flash("The details are saved.")
    return _to(f"{PATIENTS}/{patient_id}")


@blueprint.get("/<uuid:patient_id>/merge")
@requires(Permission.MERGE_PATIENTS)
def merge_page(patient_id: UUID) -> str:
    """Show who could be the same person, or the two side by side before they are merged."""
    billing, place = clients.billing(), places.here()
    kept = billing.patient(patient_id)
    duplicate = _duplicate_asked_for()
    query = request.args.get("q", "").strip()[:100]
    if query:
        asked: dict[str, Query] = {"clinic_id": place.clinic_id, "query": query, "limit": MOST_FOUND}
        candidates = billing.find_patients(**asked)["items"]
    else:
        candidates = _alike(place.clinic_id, kept)
    return render_template(
        "desk/patient_merge.html",
        kept=kept,
        name=words.full_name(kept),
        duplicate=duplicate,
        duplicate_name=words.full_name(duplicate) if duplicate else "",
        candidates=[_row(one) for one in candidates if one["patient_id"] != kept["patient_id"]],
        query=query,
    )


@blueprint.post("/<uuid:patient_id>/merge")
@requires(Permission.MERGE_PATIENTS)
def merge(patient_id: UUID) -> Response:
    """Fold a duplicate into this patient."""
    try:
        duplicate_id = UUID(request.form.get("duplicate", ""))
    except ValueError as unknown:
        raise NotFound("Choose whom to merge.") from unknown
    try:
        clients.billing().merge_patients(patient_id, duplicate_id)
    except ProblemFromService as refused:
        if refused.status != 409:
            raise
        flash(refused.detail, "stop")
    else:
        flash("The two are one patient now. Visits and invoices of both are shown here.")
    return _to(f"{PATIENTS}/{patient_id}")


def _list_page(
    *, typed: Any, errors: dict[str, str] | None = None, alike: list[Document] | None = None
) -> str:
    return render_template(
        "desk/patients.html",
        **_found(),
        typed=typed,
        errors=errors or {},
        alike=[_row(patient) for patient in alike or []],
        form_key=typed.get("form_key") or uuid4().hex,
        may_add=may(Permission.WRITE_PATIENTS),
    )


def _found() -> Document:
    place = places.here()
    query = request.args.get("q", "").strip()[:100]
    asked: dict[str, Query] = {"clinic_id": place.clinic_id, "query": query, "limit": MOST_FOUND}
    page = clients.billing().find_patients(**asked, cursor=request.args.get("cursor"))
    return {
        "query": query,
        "patients": [_row(patient) for patient in page["items"]],
        "next": page["next"],
        "is_first": not request.args.get("cursor"),
        "may_open": may(Permission.WRITE_VISITS),
        "may_check_out": may(Permission.CHECK_OUT),
    }


def _alike(clinic_id: str, details: Document) -> list[Document]:
    """Return patients with the same phone, e-mail or name: perhaps the same person."""
    name = f"{details['given_name']} {details['family_name']}".strip()
    found: dict[str, Document] = {}
    # Without the country code, which one of two pages may lack.
    phone = "".join(character for character in details["phone"] or "" if character.isdecimal())
    for query in (phone[-NATIONAL_DIGITS:], details["email"], name if len(name) > 2 else ""):
        if not query:
            continue
        try:
            asked: dict[str, Query] = {"clinic_id": clinic_id, "query": query[:100], "limit": MOST_ALIKE}
            items = clients.billing().find_patients(**asked)["items"]
        except ProblemFromService:
            # What cannot be searched for will be refused with its reason when it is saved.
            continue
        found |= {patient["patient_id"]: patient for patient in items}
    return list(found.values())[:MOST_ALIKE]


def _patient_page(
    patient: Document,
    typed: Any = None,
    errors: dict[str, str] | None = None,
    *,
    changed_meanwhile: bool = False,
) -> str:
    billing, place = clients.billing(), places.here()
    merged = billing.patient(UUID(patient["merged_into"])) if patient["merged_into"] else None
    return render_template(
        "desk/patient.html",
        **_history(place, patient),
        patient=patient,
        name=words.full_name(patient),
        since=place.hour(patient["created_at"]).rpartition(",")[0] or "today",
        merged=merged,
        merged_name=words.full_name(merged) if merged else "",
        typed=typed or patient,
        errors=errors or {},
        changed_meanwhile=changed_meanwhile,
        may_change=may(Permission.WRITE_PATIENTS) and not merged,
        may_merge=may(Permission.MERGE_PATIENTS) and not merged,
        may_open=may(Permission.WRITE_VISITS) and not merged,
        may_check_out=may(Permission.CHECK_OUT) and not merged,
    )


def _history(place: Place, patient: Document) -> Document:
    """Return the patient's visits with what the screening said, and the invoices for whoever may see them."""
    billing = clients.billing()
    about: dict[str, Query] = {"clinic_id": place.clinic_id, "patient_id": patient["patient_id"]}
    names = {charge["code"]: charge["name"] for charge in billing.charges(clinic_id=place.clinic_id)["items"]}
    visits = [
        {
            "href": f"/desk/visits/{visit['visit_id']}",
            "day": day_words(visit["visit_on"]),
            "areas": words.area_words(visit["planned"], names),
            "status": visit["status"],
            "status_words": words.STATUS_WORDS[visit["status"]],
            "clinician": visit["clinician"],
            "flag": words.flag_of(visit, place),
        }
        for visit in billing.visits(limit=MOST_FOUND, **about)["items"]
    ]
    if not may(Permission.READ_INVOICES):
        return {"visits": visits, "invoices": [], "may_see_invoices": False}
    invoices = [
        {**invoice, "day": day_words(invoice["issued_on"])}
        for invoice in billing.invoices(limit=MOST_FOUND, **about)["items"]
    ]
    return {"visits": visits, "invoices": invoices, "may_see_invoices": True}


def _duplicate_asked_for() -> Document | None:
    try:
        return clients.billing().patient(UUID(request.args["duplicate"]))
    except (KeyError, ValueError):
        return None


def _row(patient: Document) -> Document:
    return {**patient, "name": words.full_name(patient), "href": f"{PATIENTS}/{patient['patient_id']}"}


def _details(form: Any) -> Document:
    typed = {name: form.get(name, "").strip() for name in FIELDS}
    return {**typed, "phone": typed["phone"] or None, "email": typed["email"] or None}


def _to(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]
