"""What a scanned or typed code is: an item, an item with its lot, a lot by itself, or a charge.

Plain text only: "SKU", "SKU LOT" or a lot code. GS1 labels are recognised, so that the answer can say so.
"""

import re
from typing import Any

from services.portal.desk import shelf, supplies
from services.portal.desk.places import Place
from shared.errors import NotFound

LONGEST_CODE = 120
_SYMBOLOGY = re.compile(r"\][A-Za-z]\d")
_GS1 = re.compile(r"\(01\)|01\d{14}(17|10|11|21)|.*\x1d", re.DOTALL)


class UnknownCode(NotFound):
    code, title = "unknown-code", "This code is not known"


def supply_for(place: Place, given: str) -> dict[str, Any]:
    """Return the supply a code stands for, as a row of the till.

    Raises:
        UnknownCode: nothing is known under it; the words say what to do.
        ShelfAway: inventory does not answer.
    """
    code = cleaned(given)
    first, _, rest = code.partition(" ")
    item = shelf.item(first)
    if item is not None:
        return _row(place, item, rest.strip())
    lots = shelf.lots_named(place, code)
    if len({lot["sku"] for lot in lots}) > 1:
        raise UnknownCode(f"Lot {code} is on file for more than one item. Type the item in front of it.")
    if not lots:
        raise UnknownCode(f"Nothing is known under {code}. Check the label, or type item and lot.")
    found = shelf.item(lots[0]["sku"])
    if found is None:
        raise UnknownCode(f"The item of lot {code} is no longer in the catalogue.")
    return _row(place, found, lots[0]["lot"])


def cleaned(given: str) -> str:
    """Return the code without the scanner's own prefix, or raise UnknownCode for what cannot be one."""
    code = _SYMBOLOGY.sub("", given.strip(), count=1) if _SYMBOLOGY.match(given.strip()) else given.strip()
    if _GS1.match(code):
        raise UnknownCode("This is a GS1 label, which the till does not read yet. Type the item and its lot.")
    if not code or len(code) > LONGEST_CODE or not code.isprintable():
        raise UnknownCode("This is no code of ours. Type the item and its lot.")
    return code


def words_for(row: dict[str, Any]) -> str:
    """Return what a scan is answered with."""
    lot = f", lot {row['lot']}" if row["lot"] else ""
    ends = {
        "expired": f"expired {row['expires']}. Use another one",
        "held": f"{(row['note'] or 'on hold').lower()}. Use another one",
        "short": (row["note"] or "stock will follow").lower(),
    }
    return f"{row['name']}{lot}: {ends.get(row['state'], 'taken')}."


def _row(place: Place, item: Any, lot: str) -> dict[str, Any]:
    ingredients = shelf.recipes()
    alike = [line.sku for line in ingredients if line.category == item["category"]]
    row = {
        "sku": item["sku"],
        "name": item["name"],
        "unit": item["base_unit"],
        "category": item["category"],
        "quantity": shelf.usual_quantity(item["sku"], item["category"], ingredients),
        "planned": "",
        "lot": "",
        "expires": "",
        "state": "first",
        "note": "",
        "replaces": sorted(set(alike) - {item["sku"]}),
    }
    return {**row, **supplies.lot_facts(place, item["sku"], lot)} if lot else row
