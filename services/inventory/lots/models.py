"""Lots: what lies on a clinic's shelf, how much of it, what it is worth, and whether it may be used."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.inventory.base import Base
from services.inventory.items.models import Item
from shared.idempotency import Keyed, unique_key

AVAILABLE, HOLD, RECALLED = STATUSES = ("available", "hold", "recalled")
PRECISIONS = ("day", "month")

# Given out while the lot's row is locked: within one lot it is the order in which things happened.
NEXT_IN_LEDGER = text("nextval('ledger_seq')")
FOREVER = "'9999-12-31'::date"


class Lot(Keyed, Base):
    """One batch of an item at a clinic. `version` counts changes of status only: stock moves too often."""

    __tablename__ = "lots"
    __table_args__ = (
        unique_key("clinic_id"),
        UniqueConstraint("clinic_id", "sku", "code_key"),
        # What moves names all three, so that it cannot move at another clinic or as another item.
        UniqueConstraint("lot_id", "clinic_id", "sku"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("status = 'available' OR status_reason IS NOT NULL", name="reason"),
        CheckConstraint(f"expires_precision IN {PRECISIONS}", name="precision"),
        CheckConstraint("(expires_on IS NULL) = (expires_precision IS NULL)", name="expiry_has_precision"),
        CheckConstraint("on_hand_thousandths >= 0", name="on_hand"),
        CheckConstraint("value_cents >= 0", name="value"),
        CheckConstraint("on_hand_thousandths > 0 OR value_cents = 0", name="empty_is_worth_nothing"),
        Index("ix_lots_shelf", "clinic_id", "sku", text(f"COALESCE(expires_on, {FOREVER})"), "lot_id"),
        Index("ix_lots_expiry", "clinic_id", "expires_on"),
        # Every use changes on_hand; room on the page keeps that from touching any index.
        {"postgresql_with": {"fillfactor": "70"}},
    )

    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    sku: Mapped[str] = mapped_column(ForeignKey("items.sku"))
    code: Mapped[str]
    code_key: Mapped[str]
    expires_on: Mapped[date | None]
    expires_precision: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=AVAILABLE)
    status_reason: Mapped[str | None]
    on_hand_thousandths: Mapped[int] = mapped_column(server_default=text("0"))
    value_cents: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class LotStatusChange(Base):
    """When a lot was held, recalled or released, by whom and why. Append-only."""

    __tablename__ = "lot_status_changes"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        Index("ix_lot_status_changes_lot", "lot_id", "seq"),
    )

    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(server_default=NEXT_IN_LEDGER, unique=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lots.lot_id"))
    status: Mapped[str]
    reason: Mapped[str]
    changed_on: Mapped[date]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
