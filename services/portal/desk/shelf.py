"""What the desk asks inventory: what charges usually take, and what a scanned code is.

Nobody waits for a shelf: a question gets a second, and after no answer the shelf is left alone for a few.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import current_app

from services.portal import clients
from services.portal.clients import InventoryClient
from services.portal.desk.places import Place, day_words
from services.portal.service_client import Query
from shared.errors import AppError
from shared.quantities import format_quantity, parse_quantity

PATIENCE_SECONDS = 1.5
LEFT_ALONE_SECONDS = 5.0
RECIPES_KEPT_SECONDS = 60.0
STOCK_KEPT_SECONDS = 10.0
MOST = 200
WILL_FOLLOW = "The shelf does not answer. Go on: stock will follow."

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Ingredient:
    """So much of an item for a charge, once per visit or for every area."""

    charge: str
    sku: str
    name: str
    category: str
    unit: str
    basis: str
    thousandths: int


class ShelfAway(Exception):
    """Inventory gives no answer now. Treatment and payment go on without."""


def recipes() -> list[Ingredient]:
    """Return what every charge usually takes, or raise ShelfAway."""
    return _kept("recipes", RECIPES_KEPT_SECONDS, _ask_recipes)


def usable(place: Place) -> dict[str, int]:
    """Return the thousandths that can be used today by sku, or raise ShelfAway."""

    def ask(inventory: InventoryClient) -> dict[str, int]:
        rows = inventory.stock(clinic_id=place.clinic_id, limit=MOST)["items"]
        return {row["sku"]: parse_quantity(row["usable"].removeprefix("-")) for row in rows}

    return _kept(f"usable {place.clinic_id}", STOCK_KEPT_SECONDS, ask)


def item(sku: str) -> Mapping[str, Any] | None:
    """Return the item of this sku or trade number, or raise ShelfAway."""

    def ask(inventory: InventoryClient) -> Mapping[str, Any] | None:
        rows = inventory.items(query=sku, active="all", limit=MOST)["items"]
        folded = sku.casefold()
        exact = [row for row in rows if row["sku"].casefold() == folded]
        return next(iter(exact or [row for row in rows if _is_gtin_of(sku, row)]), None)

    return _kept(f"item {sku.casefold()}", RECIPES_KEPT_SECONDS, ask)


def lots_of(place: Place, sku: str) -> list[dict[str, Any]]:
    """Return the lots of an item at this clinic, or raise ShelfAway."""
    rows: list[dict[str, Any]] = _ask(
        lambda inventory: inventory.lots(clinic_id=place.clinic_id, sku=sku, limit=MOST)["items"]
    )
    return rows


def lots_named(place: Place, code: str) -> list[dict[str, Any]]:
    """Return the lots on the shelf that bear this code, or raise ShelfAway."""
    asked: dict[str, Query] = {"clinic_id": place.clinic_id, "by": "lot", "query": code, "limit": MOST}
    rows: list[dict[str, Any]] = _ask(lambda inventory: inventory.stock(**asked)["items"])
    return [row for row in rows if same_code(row["lot"], code)]


def same_code(one: str, other: str) -> bool:
    """Tell whether two texts name the same lot; nobody minds capitals."""
    return one.strip().casefold() == other.strip().casefold()


def state_of(lot: Mapping[str, Any], today: date) -> tuple[str, str]:
    """Return the state of a lot for its chip, and words when the chip's own would not do."""
    if lot["status"] != "available":
        return "held", {"hold": "On hold", "recalled": "Recalled"}.get(lot["status"], "On hold")
    if lot["expires_on"] and date.fromisoformat(lot["expires_on"]) < today:
        return "expired", ""
    return "ok", ""


def expiry_words(lot: Mapping[str, Any]) -> str:
    """Return "Jul 2027" for a label with the month only, else the day."""
    words = day_words(lot["expires_on"])
    if lot.get("expires_precision") == "month" and words:
        return f"{words.partition(' ')[0]} {words[-4:]}"
    return words


def usual_quantity(sku: str, category: str, ingredients: Sequence[Ingredient]) -> str:
    """Return how much of an item is used at a time: what a recipe says of it or of its kind, else one."""
    alike = [line for line in ingredients if line.sku == sku] or [
        line for line in ingredients if line.category == category
    ]
    return format_quantity(max((line.thousandths for line in alike), default=1000))


def _ask_recipes(inventory: InventoryClient) -> list[Ingredient]:
    return [
        Ingredient(
            recipe["charge"],
            line["sku"],
            line["name"],
            line["category"],
            line["base_unit"],
            line["basis"],
            parse_quantity(line["quantity"]),
        )
        for recipe in inventory.recipes(limit=MOST)["items"]
        for line in recipe["items"]
    ]


def _kept(name: str, seconds: float, ask: Callable[[InventoryClient], Found]) -> Found:
    """Return an answer that is still fresh, or ask for it."""
    answers: dict[str, tuple[float, Any]] = current_app.extensions.setdefault("shelf_answers", {})
    until, answer = answers.get(name, (0.0, None))
    if time.monotonic() < until:
        found: Found = answer
        return found
    if len(answers) > 1000:
        answers.clear()
    found = _ask(ask)
    answers[name] = (time.monotonic() + seconds, found)
    return found


def _ask(ask: Callable[[InventoryClient], Found]) -> Found:
    if time.monotonic() < current_app.extensions.get("shelf_left_alone_until", 0.0):
        raise ShelfAway
    try:
        return ask(clients.inventory().within(PATIENCE_SECONDS))
    except clients.ServiceAway as away:
        current_app.extensions["shelf_left_alone_until"] = time.monotonic() + LEFT_ALONE_SECONDS
        raise ShelfAway from away
    except (AppError, KeyError, TypeError, ValueError) as rubbish:
        # Refused or not understood: for the desk it is as good as no answer.
        raise ShelfAway from rubbish


def _is_gtin_of(code: str, row: Mapping[str, Any]) -> bool:
    return re.fullmatch(r"[0-9]{8,14}", code) is not None and code.zfill(14) == row.get("gtin")
