"""Invoices: numbered without gap, never changed once issued.

What was used for them is added beside, not inside.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.base import Base
from shared.idempotency import Keyed, unique_key


class InvoiceSeries(Base):
    """The next number of a clinic in a year.

    Taken as the last statement of a sale, so that nobody waits long.
    """

    __tablename__ = "invoice_series"

    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    next_number: Mapped[int]


class Invoice(Keyed, Base):
    """What a patient owes for one visit. Append-only: corrections are credit notes."""

    __tablename__ = "invoices"
    __table_args__ = (
        unique_key("clinic_id"),
        UniqueConstraint("clinic_id", "year", "number"),
        UniqueConstraint("visit_id"),
        CheckConstraint(
            "total_cents = subtotal_cents - discount_cents + tax_cents + tip_cents", name="adds_up"
        ),
        CheckConstraint(
            "least(subtotal_cents, discount_cents, tax_cents, tip_cents, total_cents) >= 0",
            name="not_negative",
        ),
        CheckConstraint("number > 0", name="numbered"),
        Index("ix_invoices_newest", "clinic_id", "issued_at", "invoice_id"),
        Index("ix_invoices_patient", "patient_id", "issued_at"),
        Index("ix_invoices_day", "clinic_id", "issued_on"),
    )

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    year: Mapped[int]
    number: Mapped[int]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.patient_id"))
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.visit_id"))
    currency: Mapped[str]
    subtotal_cents: Mapped[int]
    discount_cents: Mapped[int]
    tax_cents: Mapped[int]
    tip_cents: Mapped[int]
    total_cents: Mapped[int]
    tax_rounding: Mapped[str]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_name: Mapped[str]


class InvoiceLine(Base):
    """One charge on an invoice, as priced on its day."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("gross_cents = quantity * unit_cents", name="gross"),
        CheckConstraint("total_cents = gross_cents - discount_cents + tax_cents", name="adds_up"),
        CheckConstraint(
            "least(unit_cents, discount_cents, gross_cents - discount_cents, tax_cents) >= 0",
            name="not_negative",
        ),
        CheckConstraint("kind IN ('treatment', 'retail')", name="kind"),
    )

    # Deferred: the lines are written before the invoice, whose number must be taken last.
    invoice_id: Mapped[UUID] = mapped_column(
        ForeignKey("invoices.invoice_id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    line_no: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    charge_code: Mapped[str] = mapped_column(ForeignKey("charges.code"))
    kind: Mapped[str]
    description: Mapped[str]
    depth_mm: Mapped[str | None]
    quantity: Mapped[int]
    unit_cents: Mapped[int]
    gross_cents: Mapped[int]
    discount_cents: Mapped[int]
    tax_category: Mapped[str]
    tax_rate_ppm: Mapped[int]
    tax_cents: Mapped[int]
    total_cents: Mapped[int]


class InvoiceDiscount(Base):
    """A discount that was granted, with its reason and who granted it."""

    __tablename__ = "invoice_discounts"

    invoice_id: Mapped[UUID] = mapped_column(
        ForeignKey("invoices.invoice_id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    discount_no: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    line_no: Mapped[int | None]
    basis_points: Mapped[int | None]
    amount_cents: Mapped[int]
    reason: Mapped[str]
    granted_by: Mapped[str]


class InvoiceSupply(Base):
    """A lot that left the shelf for an invoice, and what it had cost.

    Told by inventory, once per movement.
    """

    __tablename__ = "invoice_supplies"
    __table_args__ = (
        Index("ix_invoice_supplies_invoice", "invoice_id"),
        Index("ix_invoice_supplies_lot", "clinic_id", "sku", "lot"),
    )

    movement_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.invoice_id"))
    sku: Mapped[str]
    item_name: Mapped[str]
    lot: Mapped[str]
    expires_on: Mapped[date | None]
    quantity_thousandths: Mapped[int]
    cost_cents: Mapped[int]
    purpose: Mapped[str]
