"""Recipes: what a charge usually takes from the shelves, from a day on."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base

BASES = ("visit", "area")


class Recipe(Base):
    """What a charge takes from a day on, until a later version takes over. Append-only."""

    __tablename__ = "recipes"
    __table_args__ = (UniqueConstraint("charge_code", "effective_from"),)

    recipe_id: Mapped[UUID] = mapped_column(primary_key=True)
    charge_code: Mapped[str]
    effective_from: Mapped[date]
    written_at: Mapped[datetime]
    written_by: Mapped[str]


class RecipeItem(Base):
    """One item of a recipe: once per visit, or for every area. Append-only."""

    __tablename__ = "recipe_items"
    __table_args__ = (
        CheckConstraint(f"basis IN {BASES}", name="basis"),
        CheckConstraint("quantity_thousandths > 0", name="quantity"),
    )

    recipe_id: Mapped[UUID] = mapped_column(ForeignKey("recipes.recipe_id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("items.sku"), primary_key=True)
    basis: Mapped[str]
    quantity_thousandths: Mapped[int]
