"""Items: what the house uses and sells. The same for every clinic; what lies on the shelf is the clinic's."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from shared.idempotency import Keyed, unique_key

BASE_UNITS = ("each", "g", "ml")
STORAGES = ("room", "refrigerated", "frozen")


class Item(Keyed, Base):
    """One thing of the catalogue. Its sku is written as it was first typed, and found whatever the case."""

    __tablename__ = "items"
    __table_args__ = (
        unique_key(),
        CheckConstraint(f"base_unit IN {BASE_UNITS}", name="base_unit"),
        CheckConstraint(f"storage IN {STORAGES}", name="storage"),
        CheckConstraint("pack_size_thousandths > 0", name="pack_size"),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin"),
        CheckConstraint("lidocaine_ppm BETWEEN 0 AND 1000000", name="lidocaine"),
        CheckConstraint("in_use_days > 0", name="in_use_days"),
        CheckConstraint("needle_count > 0", name="needle_count"),
        Index("uq_items_folded_sku", text("lower(sku)"), unique=True),
        Index("uq_items_gtin", "gtin", unique=True, postgresql_where=text("gtin IS NOT NULL")),
    )

    sku: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    base_unit: Mapped[str]
    gtin: Mapped[str | None]
    pack_size_thousandths: Mapped[int | None]
    storage: Mapped[str]
    in_use_days: Mapped[int | None]
    prescription_only: Mapped[bool]
    retail: Mapped[bool]
    lidocaine_ppm: Mapped[int | None]
    needle_count: Mapped[int | None]
    warning: Mapped[str | None]
    active: Mapped[bool]
    created_at: Mapped[datetime]
