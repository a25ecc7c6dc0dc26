"""Register lots, find them, hold and release them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, literal_column, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.orm import Session

from services.inventory.clinics import business_date
from services.inventory.items.models import Item
from services.inventory.items.service import exact_sku, get_item
from services.inventory.lots.codes import Expiry, fold_code
from services.inventory.lots.models import AVAILABLE, FOREVER, Lot, LotStatusChange
from shared.auth.tokens import Actor
from shared.errors import Conflict, NotFound
from shared.idempotency import RequestKey
from shared.ids import new_id
from shared.web.pagination import page, read_cursor
from shared.web.versions import VersionMismatch

# What keeps for ever is used last. Written as in the index.
USE_BY = func.coalesce(Lot.expires_on, literal_column(FOREVER))


class LotExists(Conflict):
    code, title = "lot-exists", "This lot is on file already"


def register_lot(
    session: Session,
    *,
    clinic_id: str,
    sku: str,
    code: str,
    expires: Expiry | None,
    key: RequestKey,
    now: datetime,
    answer: Callable[[Lot], dict[str, Any]] = lambda _: {},
) -> Lot:
    """Put a lot on file before any of it has arrived.

    Raises:
        Invalid: no such item.
        LotExists: the clinic has it, whatever the case of its code.
    """
    lot, created = find_or_create(
        session,
        clinic_id=clinic_id,
        item=get_item(session, sku=sku),
        code=code,
        expires=expires,
        key=key,
        now=now,
        answer=answer,
    )
    if not created:
        raise LotExists(f"The clinic already has lot {lot.code} of {lot.sku}.", lot_id=str(lot.lot_id))
    return lot


def find_or_create(
    session: Session,
    *,
    clinic_id: str,
    item: Item,
    code: str,
    expires: Expiry | None,
    key: RequestKey,
    now: datetime,
    answer: Callable[[Lot], dict[str, Any]] = lambda _: {},
) -> tuple[Lot, bool]:
    """Return the lot of this code, locked until the transaction ends, and whether it is new."""
    lot = Lot(
        lot_id=new_id(),
        clinic_id=clinic_id,
        sku=item.sku,
        code=code,
        code_key=fold_code(code),
        expires_on=expires and expires.on,
        expires_precision=expires and expires.precision,
        status=AVAILABLE,
        status_reason=None,
        on_hand_thousandths=0,
        value_cents=0,
        created_at=now,
        version=1,
        item=item,
        **key.columns(),
    )
    lot.answer = answer(lot)
    values = {column.key: getattr(lot, column.key) for column in Lot.__table__.columns}
    statement = insert_or_not(Lot).values(values)
    statement = statement.on_conflict_do_nothing(index_elements=["clinic_id", "sku", "code_key"])
    created = session.execute(statement.returning(Lot.lot_id)).scalar_one_or_none() is not None
    same = (Lot.clinic_id == clinic_id, Lot.sku == item.sku, Lot.code_key == lot.code_key)
    return session.execute(
        select(Lot).where(*same).with_for_update(of=Lot, key_share=True)
    ).scalar_one(), created


def get_lot(session: Session, *, clinics: Iterable[str], lot_id: UUID, lock: bool = False) -> Lot:
    """Return one lot of these clinics, locked if it is about to change, or raise NotFound."""
    statement = select(Lot).where(Lot.lot_id == lot_id, Lot.clinic_id.in_(list(clinics)))
    if lock:
        statement = statement.with_for_update(of=Lot, key_share=True).execution_options(
            populate_existing=True
        )
    lot = session.execute(statement).scalar_one_or_none()
    if lot is None:
        raise NotFound("There is no such lot at your clinic.")
    return lot


def find_lots(
    session: Session,
    *,
    clinics: Iterable[str],
    sku: str | None = None,
    status: str | None = None,
    expiring_before: date | None = None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of lots in order of sku and expiry. Cost: the matching lots of the clinics, by index."""
    statement = select(Lot).where(Lot.clinic_id.in_(list(clinics)))
    if sku is not None:
        statement = statement.where(Lot.sku == exact_sku(sku))
    if status is not None:
        statement = statement.where(Lot.status == status)
    if expiring_before is not None:
        statement = statement.where(Lot.expires_on < expiring_before)
    if after := read_cursor(cursor, str, date, UUID):
        statement = statement.where(tuple_(Lot.sku, USE_BY, Lot.lot_id) > after)
    rows = session.execute(statement.order_by(Lot.sku, USE_BY, Lot.lot_id).limit(limit + 1)).scalars().all()
    return page(rows, limit, lambda lot: (lot.sku, lot.expires_on or date(9999, 12, 31), lot.lot_id))


def change_status(
    session: Session, *, lot: Lot, status: str, reason: str, version: int, actor: Actor, now: datetime
) -> Lot:
    """Hold, recall or release a lot, and remember who did and why.

    Raises:
        VersionMismatch: somebody else changed its status since `version`.
    """
    changed = session.execute(
        update(Lot)
        .where(Lot.lot_id == lot.lot_id, Lot.version == version)
        .values(
            status=status,
            status_reason=None if status == AVAILABLE else reason,
            version=Lot.version + 1,
        )
        .returning(Lot.lot_id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise VersionMismatch("Load the lot again and repeat your change.")
    session.execute(
        insert(LotStatusChange).values(
            change_id=new_id(),
            clinic_id=lot.clinic_id,
            lot_id=lot.lot_id,
            status=status,
            reason=reason,
            changed_on=business_date(session, clinic_id=lot.clinic_id, now=now),
            changed_at=now,
            changed_by=actor.subject,
        )
    )
    session.refresh(lot)
    return lot
