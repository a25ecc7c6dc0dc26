"""Create, find, correct and merge patients."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text, tuple_, update
from sqlalchemy.orm import Session

from services.billing.patients.models import Patient, PatientTerm
from services.billing.patients.search_terms import prefixes, sort_name, terms
from shared.errors import Conflict, NotFound
from shared.idempotency import RequestKey
from shared.ids import new_id
from shared.web.pagination import page, read_cursor
from shared.web.versions import VersionMismatch

_MERGED_INTO = text(
    "SELECT merged_into FROM patients WHERE patient_id = :patient_id AND clinic_id = :clinic_id"
)


def create(session: Session, *, details: dict[str, Any], key: RequestKey, now: datetime) -> Patient:
    """Add a patient. The caller stores the answer on the row before the transaction ends."""
    patient = Patient(
        patient_id=new_id(),
        sort_name=sort_name(details["given_name"], details["family_name"]),
        created_at=now,
        version=1,
        answer={},
        **details,
        **key.columns(),
    )
    session.add(patient)
    session.flush()
    _write_terms(session, patient)
    return patient


def get(session: Session, *, clinics: Iterable[str], patient_id: UUID) -> Patient:
    """Return one patient of these clinics, or raise NotFound."""
    patient = session.execute(
        select(Patient).where(Patient.patient_id == patient_id, Patient.clinic_id.in_(clinics))
    ).scalar_one_or_none()
    if patient is None:
        raise NotFound("There is no such patient at your clinic.")
    return patient


def require_unmerged(session: Session, *, clinic_id: str, patient_id: UUID) -> None:
    """Raise NotFound unless this clinic has the patient, and Conflict when a duplicate was merged away."""
    row = session.execute(_MERGED_INTO, {"patient_id": patient_id, "clinic_id": clinic_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such patient at your clinic.")
    if row.merged_into is not None:
        raise Conflict("This patient was merged into another. Use the one that stays.")


def find(
    session: Session, *, clinics: Iterable[str], query: str, limit: int, cursor: str | None
) -> dict[str, Any]:
    """Return a page of the patients in whom every typed word begins some word, in order of name.

    Cost: one index range per word, then the rows of the page.
    """
    clinics = list(clinics)
    statement = select(Patient).where(Patient.clinic_id.in_(clinics), Patient.merged_into.is_(None))
    for prefix in prefixes(query):
        matching = select(PatientTerm.patient_id).where(
            PatientTerm.clinic_id.in_(clinics), PatientTerm.term.startswith(prefix, autoescape=True)
        )
        statement = statement.where(Patient.patient_id.in_(matching))
    if after := read_cursor(cursor, str, UUID):
        statement = statement.where(tuple_(Patient.sort_name, Patient.patient_id) > after)
    statement = statement.order_by(Patient.sort_name, Patient.patient_id).limit(limit + 1)
    rows = session.execute(statement).scalars().all()
    return page(rows, limit, lambda patient: (patient.sort_name, patient.patient_id))


def change(session: Session, *, patient: Patient, changes: dict[str, Any], version: int) -> Patient:
    """Correct a patient's details.

    Raises:
        VersionMismatch: somebody else changed them since `version`.
    """
    values = {
        name: getattr(patient, name) for name in ("given_name", "family_name", "phone", "email")
    } | changes
    changed = session.execute(
        update(Patient)
        .where(Patient.patient_id == patient.patient_id, Patient.version == version)
        .values(
            **values,
            sort_name=sort_name(values["given_name"], values["family_name"]),
            version=Patient.version + 1,
        )
        .returning(Patient.version)
    ).scalar_one_or_none()
    if changed is None:
        raise VersionMismatch("Load the patient again and repeat your change.")
    session.refresh(patient)
    session.execute(delete(PatientTerm).where(PatientTerm.patient_id == patient.patient_id))
    _write_terms(session, patient)
    return patient


def merge(session: Session, *, kept: Patient, duplicate: Patient) -> Patient:
    """Fold `duplicate` into `kept`. Issued documents keep theirs, and are shown with the one that stays.

    Raises:
        Conflict: they belong to different clinics, are the same, or one was merged away before.
    """
    if kept.clinic_id != duplicate.clinic_id or kept.patient_id == duplicate.patient_id:
        raise Conflict("Choose two different patients of the same clinic.")
    locked = session.execute(
        select(Patient.patient_id, Patient.merged_into)
        .where(Patient.patient_id.in_([kept.patient_id, duplicate.patient_id]))
        .order_by(Patient.patient_id)
        .with_for_update()
    ).all()
    if any(row.merged_into is not None for row in locked):
        raise Conflict("One of the two was already merged. Load both again.")
    # Whoever was merged into the duplicate before follows it, so that one step always leads to the
    # one that stays.
    session.execute(
        update(Patient)
        .where((Patient.patient_id == duplicate.patient_id) | (Patient.merged_into == duplicate.patient_id))
        .values(merged_into=kept.patient_id, version=Patient.version + 1)
        .execution_options(synchronize_session=False)
    )
    return kept


def with_merged(session: Session, patient_id: UUID) -> list[UUID]:
    """Return the patient's id and those of every duplicate merged into it, for showing one history."""
    merged = select(Patient.patient_id).where(Patient.merged_into == patient_id)
    return [patient_id, *session.execute(merged).scalars()]


def _write_terms(session: Session, patient: Patient) -> None:
    words = terms(
        given_name=patient.given_name,
        family_name=patient.family_name,
        phone=patient.phone,
        email=patient.email,
        number=patient.number,
    )
    session.execute(
        insert(PatientTerm),
        [{"patient_id": patient.patient_id, "clinic_id": patient.clinic_id, "term": word} for word in words],
    )
