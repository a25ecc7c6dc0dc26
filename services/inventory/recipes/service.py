"""Write versions of recipes, and read those in force on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from services.inventory.items.models import Item
from services.inventory.items.service import get_item, refuse_parts_of_pieces
from services.inventory.recipes.expansion import Basis
from services.inventory.recipes.models import Recipe, RecipeItem
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from shared.rows import insert_rows
from shared.web.pagination import page, read_cursor


@dataclass(frozen=True, slots=True)
class Ingredient:
    """So much of an item, once per visit or for every area."""

    sku: str
    basis: Basis
    quantity_thousandths: int


def write_recipe(
    session: Session,
    *,
    charge_code: str,
    effective_from: date,
    ingredients: Iterable[Ingredient],
    written_by: str,
    now: datetime,
) -> UUID:
    """Write what a charge takes from a day on; nothing at all is a recipe too.

    Raises:
        Conflict: there is a version from that day already. Versions are never changed.
        Invalid: an item that is not in the catalogue, half a piece, or an item twice.
    """
    recipe_id = new_id()
    rows = []
    for ingredient in ingredients:
        item = get_item(session, sku=ingredient.sku)
        refuse_parts_of_pieces(item.base_unit, ingredient.quantity_thousandths, "/quantity")
        rows.append(
            {
                "recipe_id": recipe_id,
                "sku": item.sku,
                "basis": ingredient.basis,
                "quantity_thousandths": ingredient.quantity_thousandths,
            }
        )
    if len({row["sku"] for row in rows}) != len(rows):
        raise Invalid("Name each item once in a recipe.")
    values = {"recipe_id": recipe_id, "charge_code": charge_code, "effective_from": effective_from}
    written = session.execute(
        insert(Recipe)
        .values(**values, written_at=now, written_by=written_by)
        .on_conflict_do_nothing()
        .returning(Recipe.recipe_id)
    ).first()
    if written is None:
        raise Conflict(f"{charge_code} has a recipe from {effective_from} already. Choose another day.")
    insert_rows(session, "recipe_items", rows)
    return recipe_id


def find_recipes(
    session: Session, *, charge: str | None = None, at: date, limit: int, cursor: str | None
) -> dict[str, Any]:
    """Return a page of the recipes in force on a day, by charge. Cost: the house's recipes, some dozens."""
    statement = select(Recipe).ext(distinct_on(Recipe.charge_code)).where(Recipe.effective_from <= at)
    if charge is not None:
        statement = statement.where(Recipe.charge_code == charge)
    if after := read_cursor(cursor, str):
        statement = statement.where(Recipe.charge_code > after[0])
    statement = statement.order_by(Recipe.charge_code, Recipe.effective_from.desc()).limit(limit + 1)
    recipes = session.execute(statement).scalars().all()
    items = _items_of(session, [recipe.recipe_id for recipe in recipes])
    found = [
        {
            "charge": recipe.charge_code,
            "effective_from": recipe.effective_from,
            "items": items.get(recipe.recipe_id, []),
        }
        for recipe in recipes
    ]
    return page(found, limit, lambda recipe: (recipe["charge"],))


def _items_of(session: Session, recipe_ids: list[UUID]) -> dict[UUID, list[Any]]:
    rows = session.execute(
        select(
            RecipeItem.recipe_id,
            RecipeItem.sku,
            RecipeItem.basis,
            RecipeItem.quantity_thousandths,
            Item.name,
            Item.category,
            Item.base_unit,
        )
        .join(Item, Item.sku == RecipeItem.sku)
        .where(RecipeItem.recipe_id.in_(recipe_ids))
        .order_by(RecipeItem.basis.desc(), RecipeItem.sku)
    )
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.recipe_id, []).append(row)
    return found
