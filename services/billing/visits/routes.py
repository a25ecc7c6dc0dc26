"""Visits over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.billing.clinics import get_clinic
from services.billing.visits import reading as visits_reading
from services.billing.visits import service
from services.billing.visits.models import Visit, VisitSupply
from services.billing.visits.schemas import (
    SuppliesAnswer,
    SuppliesCreate,
    VisitAnswer,
    VisitChange,
    VisitCreate,
    VisitPage,
    VisitQuery,
)
from shared.auth.decorators import chosen_clinics, current_actor, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading, transaction
from shared.idempotency import once, request_key
from shared.web.api import Blueprint
from shared.web.versions import expected_version, with_version

blp = Blueprint(
    "visits", __name__, url_prefix="/v1/visits", description="Who is here, and what is done and used"
)
_answer = VisitAnswer()
_supplies_answer = SuppliesAnswer()


@blp.get("")
@requires(Permission.READ_VISITS)
@blp.arguments(VisitQuery(), location="query")
@blp.response(200, VisitPage)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """List visits by day, patient or status, newest day first."""
    with reading() as session:
        return visits_reading.find(
            session,
            clinics=chosen_clinics(query["clinic_id"]),
            on_date=query["on"],
            patient_id=query["patient_id"],
            status=query["status"],
            limit=query["limit"],
            cursor=query["cursor"],
        )


@blp.post("")
@requires(Permission.WRITE_VISITS)
@blp.arguments(VisitCreate())
@blp.response(201, VisitAnswer)
def open_visit(body: dict[str, Any]) -> Response:
    """Open a visit when the patient arrives, or book one for a day to come."""
    actor = current_actor()
    clinic_id = actor.require_clinic(body["clinic_id"])
    key = request_key(body)

    def make(session: Session) -> dict[str, Any]:
        clinic = get_clinic(session, clinic_id)
        visit = service.open_visit(session, clinic=clinic, details=body, actor=actor, key=key, now=utc_now())
        session.flush()
        visit.answer = _answer.dump(visits_reading.shown(session, visit))
        return visit.answer

    return once(Visit, key, clinic_id, make)


@blp.get("/<uuid:visit_id>")
@requires(Permission.READ_VISITS)
@blp.response(200, VisitAnswer)
def get(visit_id: UUID) -> Response:
    """Read one visit with what was scanned into it."""
    with reading() as session:
        visit = visits_reading.get(session, clinics=current_actor().clinics, visit_id=visit_id)
        return with_version(jsonify(_answer.dump(visits_reading.shown(session, visit))), visit.version)


@blp.patch("/<uuid:visit_id>")
@requires(Permission.WRITE_VISITS)
@blp.arguments(VisitChange())
@blp.response(200, VisitAnswer)
def change(body: dict[str, Any], visit_id: UUID) -> Response:
    """Move a visit on, answer the flag, or change what is planned.

    Send the ETag that was read as If-Match.
    """
    version = expected_version()
    actor = current_actor()
    with transaction() as session:
        visit = visits_reading.get(session, clinics=actor.clinics, visit_id=visit_id)
        service.change(session, visit=visit, changes=body, version=version, actor=actor, now=utc_now())
        return with_version(jsonify(_answer.dump(visits_reading.shown(session, visit))), visit.version)


@blp.post("/<uuid:visit_id>/supplies")
@requires(Permission.RECORD_SUPPLIES)
@blp.arguments(SuppliesCreate())
@blp.response(201, SuppliesAnswer)
def record_supplies(body: dict[str, Any], visit_id: UUID) -> Response:
    """Record what was really opened and used while treatment runs."""
    actor = current_actor()
    key = request_key(body)
    with reading() as session:
        clinic_id = visits_reading.get(session, clinics=actor.clinics, visit_id=visit_id).clinic_id

    def make(session: Session) -> dict[str, Any]:
        visit = visits_reading.get(session, clinics=actor.clinics, visit_id=visit_id)
        rows = service.record_supplies(
            session, visit=visit, supplies=body["supplies"], key=key, now=utc_now()
        )
        rows[0].answer = _supplies_answer.dump({"visit_id": visit_id, "supplies": rows})
        return rows[0].answer

    return once(VisitSupply, key, clinic_id, make)


@blp.delete("/<uuid:visit_id>/supplies/<uuid:supply_id>")
@requires(Permission.RECORD_SUPPLIES)
@blp.response(204)
def remove_supply(visit_id: UUID, supply_id: UUID) -> None:
    """Take back a scan made by mistake."""
    with transaction() as session:
        visit = visits_reading.get(session, clinics=current_actor().clinics, visit_id=visit_id)
        service.remove_supply(session, visit=visit, supply_id=supply_id, now=utc_now())
