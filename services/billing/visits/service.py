"""Open a visit, follow it through the clinic, record what was used, and hand it to the till."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.billing.base import Clinic
from services.billing.patients import service as patients
from services.billing.visits.models import DONE, OPEN, Visit, VisitSupply
from services.billing.visits.stages import may_follow
from shared.auth.tokens import Actor
from shared.dates import business_date
from shared.errors import AppError, Conflict, FieldError, Invalid, NotFound
from shared.idempotency import RequestKey
from shared.ids import new_id
from shared.rows import Rows
from shared.web.versions import VersionMismatch

FURTHEST_AHEAD = timedelta(days=366)
MOST_SUPPLIES_PER_VISIT = 200


class VisitClosed(AppError):
    status, code, title = 409, "visit-closed", "This visit is closed"


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """A visit that the till has just closed, with what was scanned into it."""

    visit_id: UUID
    supplies: list[dict[str, Any]]


def open_visit(
    session: Session,
    *,
    clinic: Clinic,
    details: Mapping[str, Any],
    actor: Actor,
    key: RequestKey,
    now: datetime,
) -> Visit:
    """Open a visit today, or for a day to come. The caller stores the answer on the row.

    Raises:
        NotFound: no such patient here. Conflict: the patient was merged.
        Invalid: a day in the past, or far away.
    """
    patients.require_unmerged(session, clinic_id=clinic.clinic_id, patient_id=details["patient_id"])
    today = business_date(now, clinic.time_zone)
    visit_on = details["visit_on"] or today
    if not today <= visit_on <= today + FURTHEST_AHEAD:
        field = FieldError("/visit_on", "out-of-range", "Choose today or a day within a year.")
        raise Invalid("A visit is opened for today or later.", errors=[field])
    visit = Visit(
        visit_id=new_id(),
        clinic_id=clinic.clinic_id,
        patient_id=details["patient_id"],
        status=details["status"],
        visit_on=visit_on,
        planned=details["planned"],
        clinician=details["clinician"],
        created_at=now,
        version=1,
        answer={},
        **_flag(details.get("flag"), actor, now),
        **key.columns(),
    )
    session.add(visit)
    return visit


def change(
    session: Session, *, visit: Visit, changes: Mapping[str, Any], version: int, actor: Actor, now: datetime
) -> None:
    """Move a visit on, or correct what is planned.

    Raises:
        VisitClosed: it is done or cancelled. Conflict: it cannot go there from here.
        VersionMismatch: changed meanwhile.
    """
    if visit.status not in OPEN:
        raise VisitClosed("Nothing about it can be changed any more.")
    values = {name: changes[name] for name in ("status", "planned", "clinician") if name in changes}
    if not may_follow(visit.status, values.get("status", visit.status)):
        raise Conflict(f"A visit that is {visit.status} cannot become {values['status']}.")
    if "flag" in changes:
        values |= _flag(changes["flag"], actor, now)
    changed = session.execute(
        update(Visit)
        .where(Visit.visit_id == visit.visit_id, Visit.version == version, Visit.status.in_(OPEN))
        .values(**values, version=Visit.version + 1)
        .execution_options(synchronize_session=False)
        .returning(Visit.version)
    ).scalar_one_or_none()
    if changed is None:
        raise VersionMismatch("Load the visit again and repeat your change.")
    session.refresh(visit)


def record_supplies(
    session: Session, *, visit: Visit, supplies: list[dict[str, Any]], key: RequestKey, now: datetime
) -> list[VisitSupply]:
    """Note what was opened and used in a running visit. The first row carries the key and the answer."""
    locked = session.execute(
        select(Visit.status).where(Visit.visit_id == visit.visit_id).with_for_update()
    ).scalar_one()
    if locked not in OPEN:
        raise VisitClosed("It was already checked out. Correct the stock with a manager.")
    if len(supplies_of(session, [visit.visit_id])[visit.visit_id]) + len(supplies) > MOST_SUPPLIES_PER_VISIT:
        raise Invalid(f"A visit can hold {MOST_SUPPLIES_PER_VISIT} supplies.")
    rows = [
        VisitSupply(
            supply_id=new_id(),
            clinic_id=visit.clinic_id,
            visit_id=visit.visit_id,
            sku=supply["sku"],
            quantity_thousandths=supply["quantity"],
            lot=supply["lot"],
            recorded_at=now,
            answer={},
            **_nth_key(key, place),
        )
        for place, supply in enumerate(supplies)
    ]
    session.add_all(rows)
    return rows


def remove_supply(session: Session, *, visit: Visit, supply_id: UUID, now: datetime) -> None:
    """Take back a scan made by mistake, as long as the visit is open. Twice is the same as once."""
    if visit.status not in OPEN:
        raise VisitClosed("It was already checked out. Correct the stock with a manager.")
    removed = session.execute(
        update(VisitSupply)
        .where(VisitSupply.supply_id == supply_id, VisitSupply.visit_id == visit.visit_id)
        .values(removed_at=now)
        .execution_options(synchronize_session=False)
        .returning(VisitSupply.supply_id)
    ).scalar_one_or_none()
    if removed is None:
        raise NotFound("There is no such supply in this visit.")


def supplies_of(session: Session, visit_ids: list[UUID]) -> dict[UUID, list[VisitSupply]]:
    """Return the supplies recorded in each visit, without those taken back."""
    found: dict[UUID, list[VisitSupply]] = {visit_id: [] for visit_id in visit_ids}
    statement = (
        select(VisitSupply)
        .where(VisitSupply.visit_id.in_(visit_ids), VisitSupply.removed_at.is_(None))
        .order_by(VisitSupply.recorded_at, VisitSupply.supply_id)
    )
    for supply in session.execute(statement).scalars():
        found[supply.visit_id].append(supply)
    return found


def for_checkout(
    session: Session, rows: Rows, *, cart: Mapping[str, Any], actor: Actor, on_date: date, now: datetime
) -> CheckedOut:
    """Close the visit named in the cart, or add one that the till opens and closes at once.

    Raises:
        NotFound: no such patient or visit here. Conflict: another patient's visit, or a merged patient.
        VisitClosed: it was checked out or cancelled before.
    """
    patients.require_unmerged(session, clinic_id=cart["clinic_id"], patient_id=cart["patient_id"])
    if cart["visit_id"] is not None:
        return _close(session, cart)
    visit_id = new_id()
    rows.add(
        "visits",
        [
            {
                "visit_id": visit_id,
                "clinic_id": cart["clinic_id"],
                "patient_id": cart["patient_id"],
                "status": DONE,
                "visit_on": on_date,
                "planned": [
                    {"charge": line["charge"], "depth_mm": line["depth_mm"]} for line in cart["lines"]
                ],
                "created_at": now,
                "version": 1,
                "created_by": actor.subject,
                # Its own name for the key: the invoice answers retries, not this row.
                "idempotency_key": f"checkout:{visit_id}",
                "request_hash": "\\x",
                "answer": {},
            }
        ],
    )
    return CheckedOut(visit_id, [])


def _close(session: Session, cart: Mapping[str, Any]) -> CheckedOut:
    visit_id = cart["visit_id"]
    visit = session.execute(
        select(Visit.status, Visit.patient_id)
        .where(Visit.visit_id == visit_id, Visit.clinic_id == cart["clinic_id"])
        .with_for_update()
    ).one_or_none()
    if visit is None:
        raise NotFound("There is no such visit at this clinic.")
    if visit.patient_id != cart["patient_id"]:
        raise Conflict("This visit belongs to another patient.")
    if visit.status not in OPEN:
        raise VisitClosed("It was already checked out or cancelled. Look at the patient's invoices.")
    session.execute(
        update(Visit)
        .where(Visit.visit_id == visit_id)
        .values(status=DONE, version=Visit.version + 1)
        .execution_options(synchronize_session=False)
    )
    recorded = supplies_of(session, [visit_id])[visit_id]
    return CheckedOut(
        visit_id,
        [{"sku": row.sku, "quantity": row.quantity_thousandths, "lot": row.lot} for row in recorded],
    )


def _flag(flag: str | None, actor: Actor, now: datetime) -> dict[str, Any]:
    if flag is None:
        return {}
    return {"flag": flag, "flag_by": actor.subject, "flag_by_name": actor.name, "flag_at": now}


def _nth_key(key: RequestKey, place: int) -> dict[str, Any]:
    """The first row of a request carries its key; its companions a name derived from it."""
    columns = key.columns()
    return columns if place == 0 else columns | {"idempotency_key": f"{key.key}/{place}"}
