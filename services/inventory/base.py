"""The tables of inventory: their base class, and the clinics they belong to."""

from typing import ClassVar

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import NAMES, TYPES
from shared.events.inbox import InboxColumns
from shared.events.outbox import OutboxColumns


class Base(DeclarativeBase):
    """The base of inventory's tables, with every constraint named."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = TYPES


class Clinic(Base):
    """What inventory must know of a clinic: its name, and on which wall the calendar hangs."""

    __tablename__ = "clinics"

    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str]


class OutboxEvent(OutboxColumns, Base):
    """Facts of inventory on their way to billing."""


class InboxEvent(InboxColumns, Base):
    """Facts of billing that inventory has applied."""
