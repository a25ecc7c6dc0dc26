"""What a visit needs from the shelves: its recipe, and in place of it what was scanned. Pure.

A `visit` line is needed once per visit, in the largest quantity any charge asks (one cartridge serves face
and neck); an `area` line is needed for every area treated, summed. Something scanned replaces every recipe
line of its item category (a 36-pin cartridge stands in for the usual 12-pin) and of its own sku.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Basis = Literal["visit", "area"]
Origin = Literal["recipe", "scanned"]


@dataclass(frozen=True, slots=True)
class RecipeLine:
    """So much of an item for a charge, once per visit or once per area."""

    charge_code: str
    sku: str
    category: str
    basis: Basis
    quantity_thousandths: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was really used, with its lot where the label could be read. `category` is None if unknown."""

    sku: str
    category: str | None
    quantity_thousandths: int
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A quantity of one item to take from the shelves, from the given lot or from whichever expires first."""

    sku: str
    quantity_thousandths: int
    lot: str | None
    origin: Origin


def expand(
    charges: Mapping[str, int], recipe_lines: Sequence[RecipeLine], scanned: Sequence[Scanned]
) -> list[Need]:
    """The needs of a visit, one per item and lot, by sku and then lot code (a need without lot comes last).

    `charges` are the areas treated by charge code; a charge without a recipe needs nothing. The order does
    not depend on the order of the input, so that two visits lock the same items in the same order.
    Raises ValueError for a negative number of areas or a quantity that is not above zero.
    """
    if any(areas < 0 for areas in charges.values()):
        raise ValueError("A charge is billed for some areas or for none.")
    asked = [line.quantity_thousandths for line in recipe_lines]
    used = [scan.quantity_thousandths for scan in scanned]
    if any(quantity <= 0 for quantity in asked + used):
        raise ValueError("A need is more than nothing.")

    replaced_categories = {scan.category for scan in scanned if scan.category is not None}
    replaced_skus = {scan.sku for scan in scanned}
    kept = [
        line
        for line in recipe_lines
        if line.category not in replaced_categories and line.sku not in replaced_skus
    ]
    needs = [Need(sku, quantity, None, "recipe") for sku, quantity in _recipe_needs(charges, kept).items()]
    needs += [Need(sku, quantity, lot, "scanned") for (sku, lot), quantity in _scanned_needs(scanned).items()]
    return sorted(needs, key=lambda need: (need.sku, need.lot is None, need.lot or ""))


def _recipe_needs(charges: Mapping[str, int], recipe_lines: Sequence[RecipeLine]) -> dict[str, int]:
    once: dict[str, int] = defaultdict(int)
    summed: dict[str, int] = defaultdict(int)
    for line in recipe_lines:
        areas = charges.get(line.charge_code, 0)
        if areas and line.basis == "visit":
            once[line.sku] = max(once[line.sku], line.quantity_thousandths)
        elif areas:
            summed[line.sku] += areas * line.quantity_thousandths
    return {sku: once.get(sku, 0) + summed.get(sku, 0) for sku in {*once, *summed}}


def _scanned_needs(scanned: Sequence[Scanned]) -> dict[tuple[str, str | None], int]:
    needs: dict[tuple[str, str | None], int] = defaultdict(int)
    for scan in scanned:
        needs[scan.sku, scan.lot] += scan.quantity_thousandths
    return dict(needs)
