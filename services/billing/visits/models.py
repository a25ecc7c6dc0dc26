"""Visits: what was planned, what is going on, and what was used, until checkout turns it into an invoice."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.base import Base
from shared.idempotency import Keyed, unique_key

EXPECTED, ARRIVED, IN_TREATMENT, TO_PAY, DONE, CANCELLED = STATUSES = (
    "expected",
    "arrived",
    "in_treatment",
    "to_pay",
    "done",
    "cancelled",
)
OPEN = frozenset({EXPECTED, ARRIVED, IN_TREATMENT, TO_PAY})
FLAGS = ("yes", "no", "ask")


class Visit(Keyed, Base):
    """One patient, one sitting.

    `flag` says whether treatment may go ahead; why not is not billing's business.
    """

    __tablename__ = "visits"
    __table_args__ = (
        unique_key("clinic_id"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"flag IN {FLAGS}", name="flag"),
        CheckConstraint(
            "(flag IS NULL) = (flag_by IS NULL) AND (flag IS NULL) = (flag_at IS NULL)", name="flag_answered"
        ),
        Index("ix_visits_day", "clinic_id", "visit_on", "visit_id"),
        Index("ix_visits_patient", "patient_id", "visit_on"),
    )

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.patient_id"))
    status: Mapped[str]
    visit_on: Mapped[date]
    planned: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    clinician: Mapped[str | None]
    flag: Mapped[str | None]
    flag_by: Mapped[str | None]
    flag_by_name: Mapped[str | None]
    flag_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class VisitSupply(Keyed, Base):
    """Something scanned while treatment ran: the lot really opened, the grams really used."""

    __tablename__ = "visit_supplies"
    __table_args__ = (
        unique_key("clinic_id"),
        CheckConstraint("quantity_thousandths > 0", name="positive"),
        Index("ix_visit_supplies_visit", "visit_id"),
    )

    supply_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.visit_id"))
    sku: Mapped[str]
    quantity_thousandths: Mapped[int]
    lot: Mapped[str | None]
    recorded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
