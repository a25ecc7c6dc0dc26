"""Receipts: goods that arrived, and what they cost."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from shared.idempotency import Keyed, unique_key


class Receipt(Keyed, Base):
    """A quantity of one lot that arrived, with its total cost. Append-only: one typed wrongly is reversed."""

    __tablename__ = "receipts"
    __table_args__ = (
        unique_key("clinic_id"),
        ForeignKeyConstraint(["lot_id", "clinic_id", "sku"], ["lots.lot_id", "lots.clinic_id", "lots.sku"]),
        CheckConstraint("quantity_thousandths > 0", name="quantity"),
        CheckConstraint("cost_cents >= 0", name="cost"),
        Index("ix_receipts_lot", "lot_id"),
        Index("ix_receipts_day", "clinic_id", "received_on", "receipt_id"),
    )

    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str]
    lot_id: Mapped[UUID]
    sku: Mapped[str]
    quantity_thousandths: Mapped[int]
    cost_cents: Mapped[int]
    supplier: Mapped[str | None]
    note: Mapped[str | None]
    override_reason: Mapped[str | None]
    received_on: Mapped[date]
    received_at: Mapped[datetime]
