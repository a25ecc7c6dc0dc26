"""Create, find, correct and merge patients."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, column, delete, insert, intersect, select, text, tuple_, update
from sqlalchemy.orm import Session

from services.billing.patients.models import Patient, PatientTerm
from services.billing.patients.search_terms import LAST_CHARACTER, prefixes, sort_name, terms
from shared.errors import Conflict, NotFound
from shared.idempotency import RequestKey
from shared.ids import new_id
from shared.web.pagination import page, read_cursor
from shared.web.versions import VersionMismatch

_MERGED_INTO = text(
    "SELECT merged_into FROM patients WHERE patient_id = :patient_id AND clinic_id = :clinic_id"
).columns(column("merged_into"))


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

    Cost: one index range per word, then the patients found, to put them in order.
    """
    clinics = list(clinics)
    after = read_cursor(cursor, str, UUID)
    words = prefixes(query)
    if words:
        statement = _found_by(words, clinics, after, limit)
    else:
        statement = select(Patient).where(Patient.clinic_id.in_(clinics), Patient.merged_into.is_(None))
        if after:
            statement = statement.where(tuple_(Patient.sort_name, Patient.patient_id) > after)
    statement = statement.order_by(Patient.sort_name, Patient.patient_id).limit(limit + 1)
    rows = session.execute(statement).scalars().all()
    return page(rows, limit, lambda patient: (patient.sort_name, patient.patient_id))


def _found_by(words: list[str], clinics: list[str], after: Any, limit: int) -> Select[Patient]:
    """The patients of the page, found and put in order by their terms alone before any of them is read."""
    # DISTINCT for a single word: two words of one name may begin alike. INTERSECT has it built in.
    each = [_beginning_with(word, clinics, after) for word in words]
    matching = (intersect(*each) if len(each) > 1 else each[0].distinct()).subquery()
    ids = select(matching.c.patient_id).order_by(matching.c.sort_name, matching.c.patient_id).limit(limit + 1)
    return select(Patient).where(Patient.patient_id.in_(ids))


def _beginning_with(word: str, clinics: list[str], after: Any) -> Select[str, UUID]:
    """The patients of whom a term begins with the word, as a range of the index.

    LIKE would do the same only where the planner knows the word, and a prepared statement has no word yet.
    """
    statement = select(PatientTerm.sort_name, PatientTerm.patient_id).where(
        PatientTerm.clinic_id.in_(clinics),
        PatientTerm.term.op("~>=~")(word),
        PatientTerm.term.op("~<~")(word + LAST_CHARACTER),
    )
    if after:
        statement = statement.where(tuple_(PatientTerm.sort_name, PatientTerm.patient_id) > after)
    return statement


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
    if patient.merged_into is None:
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
    session.refresh(kept)
    _write_terms(session, kept)
    return kept


def with_merged(session: Session, patient_id: UUID) -> list[UUID]:
    """Return the patient's id and those of every duplicate merged into it, for showing one history."""
    merged = select(Patient.patient_id).where(Patient.merged_into == patient_id)
    return [patient_id, *session.execute(merged).scalars()]


def _write_terms(session: Session, patient: Patient) -> None:
    """Write what a patient is found by anew: its own words, and those of every duplicate merged into it."""
    merged = session.execute(select(Patient).where(Patient.merged_into == patient.patient_id)).scalars().all()
    everyone = [patient, *merged]
    session.execute(
        delete(PatientTerm).where(PatientTerm.patient_id.in_([one.patient_id for one in everyone]))
    )
    words = set[str]().union(*(_terms_of(one) for one in everyone))
    session.execute(
        insert(PatientTerm),
        [
            {
                "patient_id": patient.patient_id,
                "clinic_id": patient.clinic_id,
                "term": word,
                "sort_name": patient.sort_name,
            }
            for word in sorted(words)
        ],
    )


def _terms_of(patient: Patient) -> set[str]:
    return terms(
        given_name=patient.given_name,
        family_name=patient.family_name,
        phone=patient.phone,
        email=patient.email,
        number=patient.number,
    )
