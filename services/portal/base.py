"""The tables of the portal: their base class, and the clinics people work at."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import NAMES, TYPES


class Base(DeclarativeBase):
    """The base of the portal's tables, with every constraint named."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = TYPES


class Clinic(Base):
    """A clinic of the house, as far as accounts need it: what people are given access to, and its name."""

    __tablename__ = "clinics"
    __table_args__ = (CheckConstraint("clinic_id ~ '^[a-z][a-z0-9-]{0,31}$'", name="clinic_id"),)

    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
