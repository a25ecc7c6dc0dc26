"""Movements: the ledger of the shelves. What came or left, with its value; never changed, only reversed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.inventory.base import Base
from services.inventory.lots.models import NEXT_IN_LEDGER, Lot
from shared.idempotency import Keyed, unique_key

RECEIPT, USE, SALE, WASTE, ADJUSTMENT, SETTLEMENT, REVERSAL = KINDS = (
    "receipt",
    "use",
    "sale",
    "waste",
    "adjustment",
    "settlement",
    "reversal",
)
SOURCES = ("receipt", "usage", "settlement", "reversal")
PURPOSES = ("treatment", "retail", "receipt", "waste")
EXPIRED_LOT, HELD_LOT, RECALLED_LOT = FLAGS = ("expired-lot", "held-lot", "recalled-lot")


class Movement(Base):
    """So much of one lot came (positive) or left (negative), with what it was worth."""

    __tablename__ = "movements"
    __table_args__ = (
        UniqueConstraint(
            "source_type", "source_id", "source_line", "lot_id", "kind", name="uq_movements_source"
        ),
        ForeignKeyConstraint(["lot_id", "clinic_id", "sku"], ["lots.lot_id", "lots.clinic_id", "lots.sku"]),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"source_type IN {SOURCES}", name="source_type"),
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        CheckConstraint("quantity_thousandths <> 0", name="moves_something"),
        CheckConstraint(
            "value_cents = 0 OR sign(value_cents) = sign(quantity_thousandths)", name="value_goes_along"
        ),
        CheckConstraint(
            "CASE WHEN kind = 'receipt' THEN quantity_thousandths > 0"
            " WHEN kind IN ('use', 'sale', 'waste', 'settlement') THEN quantity_thousandths < 0"
            " ELSE true END",
            name="direction",
        ),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_names_what"),
        CheckConstraint(f"flags <@ ARRAY{list(FLAGS)}", name="flags"),
        Index("ix_movements_day", "clinic_id", "occurred_on", "seq"),
        Index("ix_movements_item", "clinic_id", "sku", "occurred_on", "seq"),
        Index("ix_movements_lot", "lot_id", "occurred_on", "seq"),
        Index(
            "uq_movements_reverses",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index("ix_movements_visit", "visit_id", postgresql_where=text("visit_id IS NOT NULL")),
    )

    movement_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(server_default=NEXT_IN_LEDGER)
    clinic_id: Mapped[str]
    lot_id: Mapped[UUID]
    sku: Mapped[str]
    kind: Mapped[str]
    purpose: Mapped[str]
    quantity_thousandths: Mapped[int]
    value_cents: Mapped[int]
    source_type: Mapped[str]
    source_id: Mapped[UUID]
    source_line: Mapped[int]
    visit_id: Mapped[UUID | None]
    occurred_on: Mapped[date]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("movements.movement_id"))
    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class Reversal(Keyed, Base):
    """Who took a movement back, and why. Append-only."""

    __tablename__ = "reversals"
    __table_args__ = (unique_key("clinic_id"),)

    reversal_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    movement_id: Mapped[UUID] = mapped_column(ForeignKey("movements.movement_id"), unique=True)
    reason: Mapped[str]
    reversed_at: Mapped[datetime]
