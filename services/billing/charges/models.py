"""What can be charged, what it costs at a clinic on a day, and the tax on it."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.base import Base


class Charge(Base):
    """A treatment of an area, or a retail product.

    The same for the whole house; its price is the clinic's.
    """

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint("kind IN ('treatment', 'retail')", name="kind"),
        CheckConstraint("(kind = 'retail') = (sku IS NOT NULL)", name="retail_names_its_item"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    area: Mapped[str | None]
    duration_minutes: Mapped[int | None]
    tax_category: Mapped[str]
    sku: Mapped[str | None]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Price(Base):
    """The price of a charge at a clinic from a day on, until a later row takes over."""

    __tablename__ = "prices"
    __table_args__ = (CheckConstraint("unit_cents >= 0", name="not_negative"),)

    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"), primary_key=True)
    charge_code: Mapped[str] = mapped_column(ForeignKey("charges.code"), primary_key=True)
    effective_from: Mapped[date] = mapped_column(primary_key=True)
    unit_cents: Mapped[int]


class TaxRate(Base):
    """What one jurisdiction takes of a category from a day on, until its next row; zero ends a tax.

    The rates of all jurisdictions add up.
    """

    __tablename__ = "tax_rates"
    __table_args__ = (
        UniqueConstraint("clinic_id", "tax_category", "jurisdiction", "effective_from"),
        CheckConstraint("rate_ppm BETWEEN 0 AND 500000", name="reasonable"),
    )

    tax_rate_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    tax_category: Mapped[str]
    jurisdiction: Mapped[str]
    rate_ppm: Mapped[int]
    effective_from: Mapped[date]
