"""The tables of billing: their base class, and the clinics they belong to."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import NAMES, TYPES
from shared.events.inbox import InboxColumns
from shared.events.outbox import OutboxColumns


class Base(DeclarativeBase):
    """The base of billing's tables, with every constraint named."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = TYPES


class Clinic(Base):
    """What billing must know of a clinic. House rules that change money are settings, never constants."""

    __tablename__ = "clinics"
    __table_args__ = (
        CheckConstraint("tax_rounding IN ('line', 'invoice')", name="tax_rounding"),
        CheckConstraint("discount_limit_basis_points BETWEEN 0 AND 10000", name="discount_limit"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    )

    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    legal_name: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    time_zone: Mapped[str]
    currency: Mapped[str]
    tax_rounding: Mapped[str]
    discount_limit_basis_points: Mapped[int]
    invoice_prefix: Mapped[str] = mapped_column(unique=True)


class OutboxEvent(OutboxColumns, Base):
    """Facts of billing on their way to inventory."""


class InboxEvent(InboxColumns, Base):
    """Facts of inventory that billing has applied."""

    __table_args__ = (Index("ix_inbox_subject", "subject"),)
