"""Read the ledger of the shelves, and take a wrong receipt back."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from services.inventory.items.service import exact_sku
from services.inventory.lots.models import Lot
from services.inventory.lots.service import get_lot
from services.inventory.movements.entries import cause_now, movement_row, record
from services.inventory.movements.models import RECEIPT, REVERSAL, Movement, Reversal
from shared.auth.tokens import Actor
from shared.errors import Conflict, NotFound
from shared.idempotency import RequestKey
from shared.ids import new_id
from shared.web.pagination import page, read_cursor


class CannotReverse(Conflict):
    code, title = "cannot-reverse", "This movement cannot be taken back"


def find_movements(
    session: Session,
    *,
    clinics: Iterable[str],
    sku: str | None = None,
    lot_id: UUID | None = None,
    visit_id: UUID | None = None,
    from_date: date | None = None,
    to_date: date | None = None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of movements, the latest business day first.

    Cost: as many rows as the page has for each clinic; by visit, the rows of the visit. There is an index for
    each filter.
    """
    wanted = []
    if sku is not None:
        wanted.append(Movement.sku == exact_sku(sku))
    if lot_id is not None:
        wanted.append(Movement.lot_id == lot_id)
    if visit_id is not None:
        wanted.append(Movement.visit_id == visit_id)
    if from_date is not None:
        wanted.append(Movement.occurred_on >= from_date)
    if to_date is not None:
        wanted.append(Movement.occurred_on <= to_date)
    if after := read_cursor(cursor, date, int):
        wanted.append(tuple_(Movement.occurred_on, Movement.seq) < after)
    newest_first = (Movement.occurred_on.desc(), Movement.seq.desc())
    # Clinic by clinic, because an index gives the order within one clinic only.
    clinic = func.unnest(array(list(clinics), type_=Text)).table_valued("clinic_id").render_derived()
    of_clinic = (
        select(Movement.movement_id)
        .where(Movement.clinic_id == clinic.c.clinic_id, *wanted)
        .order_by(*newest_first)
        .limit(limit + 1)
        .lateral()
    )
    found = select(of_clinic.c.movement_id).select_from(clinic.join(of_clinic, true()))
    statement = select(Movement).where(Movement.movement_id.in_(found))
    rows = session.execute(statement.order_by(*newest_first).limit(limit + 1)).scalars().all()
    return page(rows, limit, lambda movement: (movement.occurred_on, movement.seq))


def get_movement(session: Session, *, clinics: Iterable[str], movement_id: UUID) -> Movement:
    """Return one movement of these clinics, or raise NotFound."""
    movement = session.execute(
        select(Movement).where(Movement.movement_id == movement_id, Movement.clinic_id.in_(list(clinics)))
    ).scalar_one_or_none()
    if movement is None:
        raise NotFound("There is no such movement at your clinic.")
    return movement


def reverse(
    session: Session,
    *,
    movement: Movement,
    reason: str,
    actor: Actor,
    key: RequestKey,
    now: datetime,
    answer: Callable[[Movement], dict[str, Any]] = lambda _: {},
) -> Reversal:
    """Take back a receipt that was typed wrongly, at exactly what it put on the shelf.

    Raises:
        CannotReverse: it is no receipt, was taken back before, or part of what it brought has been used.
    """
    if movement.kind != RECEIPT:
        raise CannotReverse("Only a receipt can be taken back.")
    lot = get_lot(session, clinics=[movement.clinic_id], lot_id=movement.lot_id, lock=True)
    # Looked up once the lot is locked: of two who take it back at once, the second sees the first.
    if session.scalar(select(Reversal.reason).where(Reversal.movement_id == movement.movement_id)):
        raise CannotReverse("It was taken back already.")
    if not _is_still_there(lot, movement):
        raise CannotReverse("Part of what arrived has left the shelf since.")
    source = (REVERSAL, new_id())
    cause = cause_now(session, clinic_id=movement.clinic_id, source=source, actor=actor, now=now)
    reversal = Reversal(
        reversal_id=cause.source_id,
        clinic_id=movement.clinic_id,
        movement_id=movement.movement_id,
        reason=reason,
        reversed_at=now,
        **key.columns(),
    )
    row = movement_row(
        cause,
        lot_id=lot.lot_id,
        sku=lot.sku,
        kind=REVERSAL,
        purpose=movement.purpose,
        quantity_thousandths=-movement.quantity_thousandths,
        value_cents=-movement.value_cents,
        reverses_id=movement.movement_id,
    )
    record(session, cause=cause, lot=lot, reason=REVERSAL, row=row)
    written = get_movement(session, clinics=[movement.clinic_id], movement_id=UUID(row["movement_id"]))
    reversal.answer = answer(written)
    session.add(reversal)
    session.flush()
    return reversal


def _is_still_there(lot: Lot, movement: Movement) -> bool:
    on_hand = lot.on_hand_thousandths - movement.quantity_thousandths
    value = lot.value_cents - movement.value_cents
    return on_hand >= 0 and value >= 0 and (on_hand > 0 or value == 0)


def was_taken_back(session: Session, *, lot_id: UUID) -> bool:
    """Tell whether all that ever happened to a lot are receipts that were taken back."""
    kinds = set(session.execute(select(Movement.kind).where(Movement.lot_id == lot_id).distinct()).scalars())
    return kinds == {RECEIPT, REVERSAL}
