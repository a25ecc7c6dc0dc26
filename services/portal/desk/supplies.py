"""The supplies of a visit as the desk sees them: what recipes plan, beside what was really scanned.

The rule is inventory's: once per visit the largest quantity any charge asks, per area the sum; what was
scanned stands in for everything of its category. Here it only foretells, inventory decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.portal.desk import shelf
from services.portal.desk.places import Place
from services.portal.desk.shelf import Ingredient, ShelfAway
from shared.quantities import format_quantity, parse_quantity

Row = dict[str, Any]


@dataclass(slots=True)
class Supplies:
    """What is shown: rows that can be changed, rows recorded during treatment, and words about them."""

    rows: list[Row] = field(default_factory=list)
    recorded: list[Row] = field(default_factory=list)
    note: str = ""


def gather(
    place: Place,
    charges: Mapping[str, int],
    typed: Sequence[Row] = (),
    recorded: Sequence[Mapping[str, Any]] = (),
) -> Supplies:
    """Return the supplies of a visit: recorded, typed where that differs from the plan, and its rest."""
    kept = [row for row in typed if is_own(row)]
    try:
        ingredients = shelf.recipes()
        shown = [_described(row, place) for row in kept]
        from_visit = [recorded_row(supply, place) for supply in recorded]
        planned = _plan(charges, ingredients, [*shown, *from_visit])
        _mark_short(planned, place)
    except ShelfAway:
        return Supplies(kept, [_plain(supply) for supply in recorded], shelf.WILL_FOLLOW)
    return Supplies([*shown, *planned], from_visit)


def is_own(row: Row) -> bool:
    """Tell whether somebody scanned or changed this row, so that the plan no longer speaks for it."""
    return row["planned"] == "" or row["quantity"] != row["planned"] or row["lot"].strip() != ""


def to_send(supplies: Supplies) -> list[Row]:
    """Return the rows a sale must name: own ones, and planned ones that inventory would drop beside those."""
    own = [row for row in supplies.rows if is_own(row)]
    categories = {row.get("category") for row in own} - {None}
    return [
        row
        for row in supplies.rows
        if (is_own(row) or row.get("category") in categories) and row["quantity"].strip() not in {"", "0"}
    ]


def recorded_row(supply: Mapping[str, Any], place: Place) -> Row:
    """Return a supply recorded in a visit with what the shelf knows about it, or raise ShelfAway."""
    return _described({**_plain(supply), "supply_id": supply["supply_id"]}, place)


def _plain(supply: Mapping[str, Any]) -> Row:
    return {
        "sku": supply["sku"],
        "name": supply["sku"],
        "unit": "",
        "quantity": supply["quantity"],
        "planned": "",
        "lot": supply["lot"] or "",
        "expires": "",
        "state": "ok" if supply["lot"] else "first",
        "note": "Recorded",
        "category": None,
        "supply_id": supply["supply_id"],
    }


def _described(row: Row, place: Place) -> Row:
    item = shelf.item(row["sku"])
    if item is None:
        return {**row, "name": row["sku"], "state": "short", "note": "Not in the catalogue"}
    known = {**row, "name": item["name"], "unit": item["base_unit"], "category": item["category"]}
    known |= {"state": "first", "note": "", "expires": ""}
    return {**known, **lot_facts(place, item["sku"], row["lot"])} if row["lot"].strip() else known


def lot_facts(place: Place, sku: str, code: str) -> Row:
    """Return what is shown about a lot that was named, or raise ShelfAway."""
    found = [lot for lot in shelf.lots_of(place, sku) if shelf.same_code(lot["lot"], code)]
    if not found:
        return {"lot": code, "expires": "", "state": "short", "note": "Lot not on file"}
    state, note = shelf.state_of(found[0], place.today)
    if state == "ok" and parse_quantity(found[0]["on_hand"]) == 0:
        state, note = "short", "None left on file"
    return {"lot": found[0]["lot"], "expires": shelf.expiry_words(found[0]), "state": state, "note": note}


def _plan(charges: Mapping[str, int], ingredients: Sequence[Ingredient], taken: Iterable[Row]) -> list[Row]:
    taken = list(taken)
    # An edited row speaks for its own item only; what was scanned, for everything of its kind.
    categories = {row.get("category") for row in taken if row["planned"] == ""}
    skus = {row["sku"].casefold() for row in taken}
    amounts: dict[str, int] = {}
    known: dict[str, Ingredient] = {}
    for basis in ("visit", "area"):
        for sku, thousandths in _by_basis(charges, ingredients, basis).items():
            amounts[sku] = amounts.get(sku, 0) + thousandths
    for line in ingredients:
        known.setdefault(line.sku, line)
    return [
        planned_row(known[sku], thousandths)
        for sku, thousandths in amounts.items()
        if known[sku].category not in categories and sku.casefold() not in skus
    ]


def _by_basis(charges: Mapping[str, int], ingredients: Sequence[Ingredient], basis: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in ingredients:
        areas = charges.get(line.charge, 0)
        if not areas or line.basis != basis:
            continue
        if basis == "visit":
            found[line.sku] = max(found.get(line.sku, 0), line.thousandths)
        else:
            found[line.sku] = found.get(line.sku, 0) + areas * line.thousandths
    return found


def planned_row(line: Ingredient, thousandths: int) -> Row:
    """Return the row of an item that a recipe plans."""
    quantity = format_quantity(thousandths)
    return {
        "sku": line.sku,
        "name": line.name,
        "unit": line.unit,
        "quantity": quantity,
        "planned": quantity,
        "lot": "",
        "expires": "",
        "state": "first",
        "note": "",
        "category": line.category,
    }


def _mark_short(rows: list[Row], place: Place) -> None:
    on_shelf = shelf.usable(place)
    for row in rows:
        left = on_shelf.get(row["sku"])
        if left is not None and left < parse_quantity(row["quantity"]):
            row["state"], row["note"] = "short", f"{format_quantity(left)} left: stock will follow"
