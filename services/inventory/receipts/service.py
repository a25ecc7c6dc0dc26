"""Receive goods: into which lot, how much, and for how much money."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.inventory.items.models import Item
from services.inventory.items.service import get_item, refuse_parts_of_pieces
from services.inventory.lots.codes import Expiry
from services.inventory.lots.models import RECALLED, Lot
from services.inventory.lots.service import find_or_create
from services.inventory.movements.entries import Cause, cause_now, movement_row, record
from services.inventory.movements.models import RECEIPT
from services.inventory.movements.service import was_taken_back
from services.inventory.receipts.models import Receipt
from services.inventory.receipts.schemas import ReceiptAnswer
from shared.auth.permissions import Permission
from shared.auth.tokens import Actor
from shared.errors import Conflict, FieldError, Invalid
from shared.idempotency import RequestKey
from shared.ids import new_id

# Above 4 % the regulator warns against numbing products sold without prescription.
STRONGEST_LIDOCAINE_PPM = 40_000

_answer = ReceiptAnswer()


class LotBlocked(Conflict):
    code, title = "lot-blocked", "This lot must not be used"


class OtherExpiry(Conflict):
    code, title = "lot-has-other-expiry", "This lot is on file with another expiry date"


def receive(
    session: Session,
    *,
    clinic_id: str,
    sku: str,
    code: str,
    expires: Expiry | None,
    quantity_thousandths: int,
    cost_cents: int,
    actor: Actor,
    key: RequestKey,
    now: datetime,
    supplier: str | None = None,
    note: str | None = None,
    override_reason: str | None = None,
) -> Receipt:
    """Put goods on the shelf, note what they cost and tell billing. The answer is kept on the receipt.

    Raises:
        Invalid: no such item, half a piece, expired on arrival, or lidocaine too strong without an override.
        OtherExpiry: the lot is on file with another date; the answer says which.
        LotBlocked: the lot is recalled.
    """
    item = get_item(session, sku=sku)
    cause = cause_now(session, clinic_id=clinic_id, source=(RECEIPT, new_id()), actor=actor, now=now)
    refuse_parts_of_pieces(item.base_unit, quantity_thousandths, "/quantity")
    _refuse_unfit(item, expires, cause.occurred_on, actor, override_reason)
    lot, _ = find_or_create(
        session, clinic_id=clinic_id, item=item, code=code, expires=expires, key=key, now=now
    )
    _agree_on_expiry(session, lot, expires)
    if lot.status == RECALLED:
        raise LotBlocked(f"Lot {lot.code} of {lot.sku} is recalled: {lot.status_reason}")
    receipt = Receipt(
        receipt_id=cause.source_id,
        clinic_id=clinic_id,
        lot_id=lot.lot_id,
        sku=lot.sku,
        quantity_thousandths=quantity_thousandths,
        cost_cents=cost_cents,
        supplier=supplier,
        note=note,
        override_reason=override_reason,
        received_on=cause.occurred_on,
        received_at=now,
        **key.columns(),
    )
    _put_on_shelf(session, receipt, lot, cause, code)
    return receipt


def _put_on_shelf(session: Session, receipt: Receipt, lot: Lot, cause: Cause, code: str) -> None:
    row = movement_row(
        cause,
        lot_id=lot.lot_id,
        sku=lot.sku,
        kind=RECEIPT,
        purpose=RECEIPT,
        quantity_thousandths=receipt.quantity_thousandths,
        value_cents=receipt.cost_cents,
    )
    record(session, cause=cause, lot=lot, reason=RECEIPT, row=row)
    receipt.answer = _told(receipt, lot, UUID(row["movement_id"]), code)
    session.add(receipt)
    session.flush()


def _refuse_unfit(
    item: Item, expires: Expiry | None, today: date, actor: Actor, override_reason: str | None
) -> None:
    if not item.active:
        raise _invalid("/sku", "inactive-item", f"{item.name} is no longer in use.")
    if expires is not None and expires.on < today:
        raise _invalid("/expires_on", "expired-on-arrival", f"It expired on {expires.on}. Send it back.")
    over_the_counter = item.lidocaine_ppm is not None and not item.prescription_only
    if over_the_counter and (item.lidocaine_ppm or 0) > STRONGEST_LIDOCAINE_PPM:
        actor.require(
            Permission.OVERRIDE_LIDOCAINE_LIMIT,
            "Lidocaine above 4 % without prescription: ask someone whose role may accept it.",
        )
        if override_reason is None:
            raise _invalid(
                "/override_reason",
                "strong-lidocaine",
                "Lidocaine above 4 % without prescription: say why it is accepted.",
            )


def _agree_on_expiry(session: Session, lot: Lot, expires: Expiry | None) -> None:
    if lot.expires_on == (expires and expires.on):
        return
    if lot.on_hand_thousandths == 0 and was_taken_back(session, lot_id=lot.lot_id):
        # The label was misread the first time, which is why the receipt was taken back.
        lot.expires_on, lot.expires_precision = expires or (None, None)
        session.flush()
        return
    on_file = lot.expires_on.isoformat() if lot.expires_on else None
    raise OtherExpiry(
        f"Lot {lot.code} of {lot.sku} is on file with "
        + (f"the expiry date {on_file}. Look at the label again." if on_file else "no expiry date."),
        lot_id=str(lot.lot_id),
        expires_on=on_file,
    )


def _invalid(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[FieldError(pointer, code, detail)])


def _told(receipt: Receipt, lot: Lot, movement_id: UUID, code: str) -> dict[str, Any]:
    warnings = [] if code == lot.code else [f"Added to lot {lot.code}, which is written differently."]
    told: dict[str, Any] = _answer.dump(
        {
            **{column.key: getattr(receipt, column.key) for column in Receipt.__table__.columns[:-1]},
            "movement_id": movement_id,
            "lot": lot.code,
            "expires_on": lot.expires_on,
            "expires_precision": lot.expires_precision,
            "quantity": receipt.quantity_thousandths,
            "on_hand": lot.on_hand_thousandths,
            "warnings": warnings,
        }
    )
    return told
