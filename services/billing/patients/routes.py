"""Patients over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.billing.patients import service
from services.billing.patients.models import Patient
from services.billing.patients.schemas import (
    MergeCreate,
    PatientAnswer,
    PatientChange,
    PatientCreate,
    PatientPage,
    PatientQuery,
)
from shared.auth.decorators import chosen_clinics, current_actor, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading, transaction
from shared.idempotency import once, request_key
from shared.web.api import Blueprint
from shared.web.versions import expected_version, with_version

blp = Blueprint("patients", __name__, url_prefix="/v1/patients", description="The people who are treated")
_answer = PatientAnswer()


@blp.get("")
@requires(Permission.READ_PATIENTS)
@blp.arguments(PatientQuery(), location="query")
@blp.response(200, PatientPage)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """Find patients by the beginning of a name, phone number, e-mail or patient number."""
    with reading() as session:
        return service.find(
            session,
            clinics=chosen_clinics(query["clinic_id"]),
            query=query["query"],
            limit=query["limit"],
            cursor=query["cursor"],
        )


@blp.post("")
@requires(Permission.WRITE_PATIENTS)
@blp.arguments(PatientCreate())
@blp.response(201, PatientAnswer)
def create(body: dict[str, Any]) -> Response:
    """Add a patient."""
    clinic_id = current_actor().require_clinic(body["clinic_id"])
    key = request_key(body)

    def make(session: Session) -> dict[str, Any]:
        patient = service.create(session, details=body, key=key, now=utc_now())
        patient.answer = _answer.dump(patient)
        return patient.answer

    return once(Patient, key, clinic_id, make)


@blp.get("/<uuid:patient_id>")
@requires(Permission.READ_PATIENTS)
@blp.response(200, PatientAnswer)
def get(patient_id: UUID) -> Response:
    """Read one patient."""
    with reading() as session:
        patient = service.get(session, clinics=current_actor().clinics, patient_id=patient_id)
        return with_version(jsonify(_answer.dump(patient)), patient.version)


@blp.patch("/<uuid:patient_id>")
@requires(Permission.WRITE_PATIENTS)
@blp.arguments(PatientChange())
@blp.response(200, PatientAnswer)
def change(body: dict[str, Any], patient_id: UUID) -> Response:
    """Correct a patient's details. Send the ETag that was read as If-Match."""
    version = expected_version()
    with transaction() as session:
        patient = service.get(session, clinics=current_actor().clinics, patient_id=patient_id)
        service.change(session, patient=patient, changes=body, version=version)
        return with_version(jsonify(_answer.dump(patient)), patient.version)


@blp.post("/<uuid:patient_id>/merges")
@requires(Permission.MERGE_PATIENTS)
@blp.arguments(MergeCreate())
@blp.response(200, PatientAnswer)
def merge(body: dict[str, Any], patient_id: UUID) -> Response:
    """Merge a duplicate into this patient. Doing it again changes nothing and is refused as a conflict."""
    clinics = current_actor().clinics
    with transaction() as session:
        kept = service.get(session, clinics=clinics, patient_id=patient_id)
        duplicate = service.get(session, clinics=clinics, patient_id=body["duplicate_id"])
        service.merge(session, kept=kept, duplicate=duplicate)
        session.refresh(kept)
        return with_version(jsonify(_answer.dump(kept)), kept.version)
