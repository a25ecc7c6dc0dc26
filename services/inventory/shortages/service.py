"""Open exceptions of the shelves: list them, report one by hand, settle one from a lot."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.inventory.clinics import business_date
from services.inventory.items.service import get_item, refuse_parts_of_pieces
from services.inventory.lots.models import Lot
from services.inventory.lots.service import get_lot
from services.inventory.movements.entries import Cause, cause_now, movement_row, record
from services.inventory.movements.models import SETTLEMENT
from services.inventory.shortages.models import CLOSED, OPEN, REPORTED, UNKNOWN_ITEM, Settlement, Shortage
from services.inventory.usages.fefo import LotOnShelf, pick_scanned
from services.inventory.usages.models import Usage
from services.inventory.usages.shelf import flags_of
from shared.auth.tokens import Actor
from shared.errors import AppError, Conflict, FieldError, Invalid, NotFound
from shared.idempotency import RequestKey
from shared.ids import new_id
from shared.quantities import format_quantity
from shared.web.pagination import page, read_cursor


class InsufficientStock(AppError):
    status, code, title = 422, "insufficient-stock", "The lot does not hold so much"


def find_shortages(
    session: Session, *, clinics: Iterable[str], state: str | None = OPEN, limit: int, cursor: str | None
) -> dict[str, Any]:
    """Return a page of shortages, the oldest first. Cost: the rows of the page, by index."""
    statement = select(Shortage).where(Shortage.clinic_id.in_(list(clinics)))
    if state is not None:
        statement = statement.where(Shortage.state == state)
    if after := read_cursor(cursor, UUID):
        statement = statement.where(Shortage.shortage_id > after[0])
    rows = session.execute(statement.order_by(Shortage.shortage_id).limit(limit + 1)).scalars().all()
    return page(rows, limit, lambda shortage: (shortage.shortage_id,))


def report(
    session: Session,
    *,
    clinic_id: str,
    sku: str,
    quantity_thousandths: int,
    visit_id: UUID | None,
    note: str,
    key: RequestKey,
    now: datetime,
    answer: Callable[[Shortage], dict[str, Any]] = lambda _: {},
) -> Shortage:
    """Note that something was used which the shelf does not know of, for a manager to settle.

    Raises:
        Invalid: no such item, or half a piece.
    """
    item = get_item(session, sku=sku)
    refuse_parts_of_pieces(item.base_unit, quantity_thousandths, "/quantity")
    shortage = Shortage(
        shortage_id=new_id(),
        clinic_id=clinic_id,
        sku=item.sku,
        lot=None,
        cause=REPORTED,
        purpose="treatment",
        quantity_thousandths=quantity_thousandths,
        settled_thousandths=0,
        state=OPEN,
        visit_id=visit_id,
        note=note,
        reported_on=business_date(session, clinic_id=clinic_id, now=now),
        reported_at=now,
        **key.columns(),
    )
    shortage.answer = answer(shortage)
    session.add(shortage)
    session.flush()
    return shortage


def get_shortage(
    session: Session, *, clinics: Iterable[str], shortage_id: UUID, lock: bool = False
) -> Shortage:
    """Return one shortage of these clinics, locked if it is about to change, or raise NotFound."""
    statement = select(Shortage).where(
        Shortage.shortage_id == shortage_id, Shortage.clinic_id.in_(list(clinics))
    )
    if lock:
        statement = statement.with_for_update(key_share=True)
    shortage = session.execute(statement).scalar_one_or_none()
    if shortage is None:
        raise NotFound("There is no such shortage at your clinic.")
    return shortage


def settle(
    session: Session,
    *,
    clinics: Iterable[str],
    shortage_id: UUID,
    lot_id: UUID,
    quantity_thousandths: int,
    actor: Actor,
    key: RequestKey,
    now: datetime,
    answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda _: {},
) -> Settlement:
    """Cover a shortage from a lot: its stock leaves now, at its value, for the same visit.

    The shortage is locked first and the lot second, so two who settle at once never wait in a circle.

    Raises:
        Conflict: it is settled already.
        Invalid: more than is open, or a lot of another item or clinic.
        InsufficientStock: the lot holds less.
    """
    shortage = get_shortage(session, clinics=clinics, shortage_id=shortage_id, lock=True)
    _refuse_beyond_open(shortage, quantity_thousandths)
    lot = get_lot(session, clinics=[shortage.clinic_id], lot_id=lot_id, lock=True)
    _refuse_other_item(shortage, lot)
    cause = cause_now(
        session,
        clinic_id=shortage.clinic_id,
        source=(SETTLEMENT, new_id()),
        actor=actor,
        now=now,
        visit_id=shortage.visit_id,
        invoice_id=_invoice_of(session, shortage),
    )
    row = _take(cause, lot, shortage.purpose, quantity_thousandths)
    record(session, cause=cause, lot=lot, reason=SETTLEMENT, row=row)
    _count(shortage, quantity_thousandths, now)
    settlement = Settlement(
        settlement_id=cause.source_id,
        clinic_id=shortage.clinic_id,
        shortage_id=shortage_id,
        movement_id=UUID(row["movement_id"]),
        quantity_thousandths=quantity_thousandths,
        settled_at=now,
        **key.columns(),
    )
    settlement.answer = answer(_told(settlement, shortage, lot, row))
    session.add(settlement)
    session.flush()
    return settlement


def _refuse_beyond_open(shortage: Shortage, quantity_thousandths: int) -> None:
    if shortage.state == CLOSED:
        raise Conflict("This shortage is settled already.")
    if quantity_thousandths > shortage.open_thousandths:
        still_open = format_quantity(shortage.open_thousandths)
        raise _invalid("/quantity", "beyond-open", f"Only {still_open} is still open.")


def _refuse_other_item(shortage: Shortage, lot: Lot) -> None:
    # Only where the catalogue did not know the sku does the manager say which item it really was.
    if lot.sku != shortage.sku and shortage.cause != UNKNOWN_ITEM:
        raise _invalid("/lot_id", "other-item", f"This lot is of {lot.sku}; {shortage.sku} is short.")


def _count(shortage: Shortage, quantity_thousandths: int, now: datetime) -> None:
    shortage.settled_thousandths += quantity_thousandths
    if shortage.open_thousandths == 0:
        shortage.state, shortage.closed_at = CLOSED, now


def _take(cause: Cause, lot: Lot, purpose: str, quantity_thousandths: int) -> dict[str, Any]:
    on_shelf = LotOnShelf(
        str(lot.lot_id), lot.code, lot.expires_on, lot.status, lot.on_hand_thousandths, lot.value_cents
    )
    picks = pick_scanned(on_shelf, quantity_thousandths, cause.occurred_on)
    if picks.short_thousandths:
        held = format_quantity(lot.on_hand_thousandths)
        raise InsufficientStock(f"Lot {lot.code} holds only {held}.", on_hand=held)
    (issue,) = picks.issues
    return movement_row(
        cause,
        lot_id=lot.lot_id,
        sku=lot.sku,
        kind=SETTLEMENT,
        purpose=purpose,
        quantity_thousandths=-issue.quantity_thousandths,
        value_cents=-issue.value_cents,
        flags=flags_of(issue),
    )


def _invoice_of(session: Session, shortage: Shortage) -> UUID | None:
    if shortage.visit_id is None:
        return None
    if shortage.usage_id is not None:
        of_usage = select(Usage.invoice_id).where(Usage.usage_id == shortage.usage_id)
        return session.execute(of_usage).scalar_one()
    of_visit = (
        select(Usage.invoice_id)
        .where(Usage.visit_id == shortage.visit_id, Usage.clinic_id == shortage.clinic_id)
        .order_by(Usage.recorded_at)
        .limit(1)
    )
    return session.execute(of_visit).scalar_one_or_none()


def _told(settlement: Settlement, shortage: Shortage, lot: Lot, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "settlement_id": settlement.settlement_id,
        "movement_id": settlement.movement_id,
        "lot_id": lot.lot_id,
        "lot": lot.code,
        "quantity": settlement.quantity_thousandths,
        "value_cents": row["value_cents"],
        "flags": row["flags"],
        "settled_at": settlement.settled_at,
        "shortage": shortage,
    }


def _invalid(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[FieldError(pointer, code, detail)])
