"""What was paid, and how. A row of its own for each tender."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.base import Base


class Payment(Base):
    """One tender towards one invoice. Cash, external terminal and cheque are in hand at once: succeeded."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("kind IN ('cash', 'card_external', 'cheque')", name="kind"),
        CheckConstraint("status IN ('pending', 'succeeded', 'failed', 'unknown')", name="status"),
        CheckConstraint("amount_cents > 0", name="positive"),
        CheckConstraint(
            "tendered_cents IS NULL OR (kind = 'cash' AND tendered_cents >= amount_cents)", name="tendered"
        ),
        CheckConstraint("card_last4 IS NULL OR card_last4 ~ '^[0-9]{4}$'", name="card_last4"),
        Index("ix_payments_invoice", "invoice_id"),
    )

    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    invoice_id: Mapped[UUID] = mapped_column(
        ForeignKey("invoices.invoice_id", deferrable=True, initially="DEFERRED")
    )
    kind: Mapped[str]
    status: Mapped[str]
    amount_cents: Mapped[int]
    tendered_cents: Mapped[int | None]
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    reference: Mapped[str | None]
    received_at: Mapped[datetime]
    received_by: Mapped[str]
