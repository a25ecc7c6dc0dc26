"""Shortages: what was used though the shelf does not say from where. Open until a manager settles them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from services.inventory.movements.models import PURPOSES
from shared.idempotency import Keyed, unique_key

UNKNOWN_ITEM, UNKNOWN_LOT, OUT_OF_STOCK, ONLY_EXPIRED, ONLY_HELD, LOT_EXHAUSTED, REPORTED = CAUSES = (
    "unknown-item",
    "unknown-lot",
    "out-of-stock",
    "only-expired",
    "only-held",
    "lot-exhausted",
    "reported",
)
OPEN, CLOSED = STATES = ("open", "closed")


class Shortage(Keyed, Base):
    """A quantity that no lot has covered yet, and why. It closes when all of it is settled."""

    __tablename__ = "shortages"
    __table_args__ = (
        unique_key("clinic_id"),
        ForeignKeyConstraint(["usage_id", "usage_line"], ["usage_lines.usage_id", "usage_lines.line"]),
        CheckConstraint(f"cause IN {CAUSES}", name="cause"),
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        CheckConstraint("quantity_thousandths > 0", name="quantity"),
        CheckConstraint("settled_thousandths BETWEEN 0 AND quantity_thousandths", name="settled"),
        CheckConstraint(
            "state = CASE WHEN settled_thousandths < quantity_thousandths THEN 'open' ELSE 'closed' END",
            name="state",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("(usage_id IS NULL) = (usage_line IS NULL)", name="usage"),
        Index("ix_shortages_state", "clinic_id", "state", "shortage_id"),
        Index("ix_shortages_visit", "visit_id", postgresql_where=text("visit_id IS NOT NULL")),
        Index("ix_shortages_open_item", "clinic_id", "sku", postgresql_where=text("state = 'open'")),
        Index("uq_shortages_usage_line", "usage_id", "usage_line", unique=True),
    )

    shortage_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    sku: Mapped[str]
    lot: Mapped[str | None]
    cause: Mapped[str]
    purpose: Mapped[str]
    quantity_thousandths: Mapped[int]
    settled_thousandths: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[str] = mapped_column(server_default=OPEN)
    usage_id: Mapped[UUID | None]
    usage_line: Mapped[int | None]
    visit_id: Mapped[UUID | None]
    note: Mapped[str | None]
    reported_on: Mapped[date]
    reported_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def open_thousandths(self) -> int:
        return self.quantity_thousandths - self.settled_thousandths


class Settlement(Keyed, Base):
    """Stock that was taken for a shortage afterwards. Append-only."""

    __tablename__ = "settlements"
    __table_args__ = (
        unique_key("clinic_id"),
        CheckConstraint("quantity_thousandths > 0", name="quantity"),
        Index("ix_settlements_shortage", "shortage_id"),
    )

    settlement_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    shortage_id: Mapped[UUID] = mapped_column(ForeignKey("shortages.shortage_id"))
    movement_id: Mapped[UUID] = mapped_column(ForeignKey("movements.movement_id"), unique=True)
    quantity_thousandths: Mapped[int]
    settled_at: Mapped[datetime]
