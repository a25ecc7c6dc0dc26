"""Usages: what billing said a visit used, and what the visit therefore needed from the shelves."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from services.inventory.movements.models import PURPOSES

ORIGINS = ("recipe", "scanned", "sold")


class Usage(Base):
    """One `supplies.used` event, applied. The supplies of an invoice are booked once. Append-only."""

    __tablename__ = "usages"
    __table_args__ = (Index("ix_usages_visit", "visit_id"),)

    usage_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    visit_id: Mapped[UUID]
    invoice_id: Mapped[UUID] = mapped_column(unique=True)
    patient_id: Mapped[UUID]
    occurred_on: Mapped[date]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    reported_by: Mapped[str]


class UsageLine(Base):
    """One need of a visit. What left the shelves for it plus what was short is its quantity. Append-only."""

    __tablename__ = "usage_lines"
    __table_args__ = (
        CheckConstraint(f"origin IN {ORIGINS}", name="origin"),
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        CheckConstraint("quantity_thousandths > 0", name="quantity"),
    )

    usage_id: Mapped[UUID] = mapped_column(ForeignKey("usages.usage_id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[str]
    sku: Mapped[str]
    lot: Mapped[str | None]
    origin: Mapped[str]
    purpose: Mapped[str]
    quantity_thousandths: Mapped[int]
