"""The catalogue of the house: add items, and find them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.inventory.items.gtin import looks_like_gtin
from services.inventory.items.models import Item
from shared.errors import Conflict, FieldError, Invalid
from shared.idempotency import RequestKey
from shared.quantities import THOUSANDTHS
from shared.web.pagination import page, read_cursor

EACH = "each"


def fold_sku(sku: str) -> str:
    """Return the sku as it is looked up: nobody minds whether it was typed in capitals."""
    return sku.lower()


def create_item(
    session: Session,
    *,
    details: Mapping[str, Any],
    key: RequestKey,
    now: datetime,
    answer: Callable[[Item], dict[str, Any]] = lambda _: {},
) -> Item:
    """Add an item to the catalogue; `answer` is what its creator will be told, kept for a retry.

    Raises:
        Invalid: a pack of pieces that is not a whole number of them.
        Conflict: the sku, in whatever case, or the GTIN belongs to another item.
    """
    refuse_parts_of_pieces(details["base_unit"], details.get("pack_size_thousandths"), "/pack_size")
    item = Item(**details, active=True, created_at=now, **key.columns())
    item.answer = answer(item)
    values = {column.key: getattr(item, column.key) for column in Item.__table__.columns}
    written = session.execute(
        insert(Item).values(values).on_conflict_do_nothing().returning(Item.sku)
    ).scalar_one_or_none()
    if written is None:
        raise Conflict(f"The sku {item.sku} or its GTIN is already in the catalogue.")
    return item


def exact_sku(sku: str) -> Any:
    """Return the sku as the catalogue writes it, for use inside a query."""
    return select(Item.sku).where(func.lower(Item.sku) == fold_sku(sku)).scalar_subquery()


def get_item(session: Session, *, sku: str) -> Item:
    """Return the item of this sku, in whatever case; raise Invalid, for it is a field of something sent."""
    item = session.execute(select(Item).where(func.lower(Item.sku) == fold_sku(sku))).scalar_one_or_none()
    if item is None:
        raise Invalid(
            "Choose an item of the catalogue.",
            errors=[FieldError("/sku", "unknown-item", f"There is no item {sku}.")],
        )
    return item


def find_items(
    session: Session,
    *,
    query: str = "",
    category: str | None = None,
    gtin: str | None = None,
    active: bool | None = True,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of the catalogue in order of sku. Cost: the items of the house, some hundreds."""
    statement = select(Item)
    if query:
        statement = statement.where(matches(query))
    if category is not None:
        statement = statement.where(Item.category == category)
    if gtin is not None:
        statement = statement.where(Item.gtin == gtin)
    if active is not None:
        statement = statement.where(Item.active.is_(active))
    if after := read_cursor(cursor, str):
        statement = statement.where(Item.sku > after[0])
    rows = session.execute(statement.order_by(Item.sku).limit(limit + 1)).scalars().all()
    return page(rows, limit, lambda item: (item.sku,))


def matches(query: str) -> Any:
    """Return the condition for what a person types or scans: part of the name, start of the sku, a GTIN."""
    folded = query.lower()
    scanned = looks_like_gtin(query)
    return or_(
        func.lower(Item.name).contains(folded, autoescape=True),
        func.lower(Item.sku).startswith(folded, autoescape=True),
        *([Item.gtin == scanned] if scanned else []),
    )


def refuse_parts_of_pieces(base_unit: str, quantity_thousandths: int | None, pointer: str) -> None:
    """Raise Invalid for half a cartridge: what is counted in pieces comes in whole ones."""
    if base_unit == EACH and quantity_thousandths is not None and quantity_thousandths % THOUSANDTHS:
        raise Invalid(
            "This item is counted in pieces.",
            errors=[FieldError(pointer, "whole-pieces", "Use a whole number of pieces.")],
        )
