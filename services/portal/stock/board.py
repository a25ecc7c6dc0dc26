"""The board: what lies on the shelves, what needs a look, and what was used lately."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, request

from services.portal import current
from services.portal.clients import Document, inventory
from services.portal.clinic_days import today
from services.portal.showing import all_of, amount, filtered, may, page
from services.portal.stock.latest_use import latest_use
from services.portal.stock.shelf_bar import shelf_bar
from services.portal.stock.timelines import timeline
from services.portal.stock.words import (
    EXPIRED,
    FLAGS,
    HELD,
    RECALLED,
    SOON,
    STATE_WORDS,
    state_chip,
    state_of,
)
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.dates import parse_date

blueprint = Blueprint("stock_board", __name__)
BY_ITEM, BY_LOT = "item", "lot"
BLOCKED = (HELD, RECALLED, EXPIRED)


@blueprint.get("/stock")
@requires(Permission.READ_STOCK)
def board() -> Response:
    """Show the shelves of the clinic, by item or by lot, now or at the end of a day."""
    clinic_id = current.working_clinic()
    asked = {name: request.args.get(name, "").strip() for name in ("query", "at", "by", "show")}
    by_lot = asked["by"] == BY_LOT
    query = {"clinic_id": clinic_id, "query": asked["query"] or None, "at": asked["at"] or None}
    (shelf, errors) = filtered(lambda: _read(query), _NOTHING)
    day = parse_date(asked["at"]) if asked["at"] and not errors else today()
    items, lots = _with_states(shelf["items"], shelf["lots"], day)
    return page(
        "stock/board.html",
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        by_lot=by_lot,
        counts=_counts(items, lots),
        is_empty=not shelf["items"] and not any(asked.values()),
        items=[row for row in items if asked["show"] != "out" or row["is_out"]],
        lots=[lot for lot in lots if _is_shown(lot, asked["show"])],
        is_cut=shelf["is_cut"],
        timeline=timeline(lots, day, "Next to expire"),
        flag_words=FLAGS,
        use=latest_use(clinic_id) if may(Permission.READ_MOVEMENTS) else None,
    )


_NOTHING: dict[str, Any] = {"items": [], "lots": [], "is_cut": False}


def _read(query: dict[str, Any]) -> dict[str, Any]:
    items, more_items = all_of(inventory().stock, by=BY_ITEM, **query)
    lots, more_lots = all_of(inventory().stock, by=BY_LOT, **query)
    return {"items": items, "lots": lots, "is_cut": more_items or more_lots}


def _with_states(
    items: list[Document], lots: list[Document], day: date
) -> tuple[list[Document], list[Document]]:
    amounts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for lot in lots:
        lot["state"] = state_of(lot, day)
        lot["chip"] = state_chip(lot, day)
        amounts[lot["sku"]][lot["state"]] += Decimal(lot["on_hand"])
    for item in items:
        of_item, unit = amounts[item["sku"]], item["base_unit"]
        item["bar"] = shelf_bar(of_item, unit)
        item["is_out"] = Decimal(item["usable"]) == 0
        item["blocked"] = [
            f"{amount(f'{of_item[state].normalize():f}', unit)} {STATE_WORDS[state][0].lower()}"
            for state in BLOCKED
            if of_item[state]
        ]
    return items, lots


def _counts(items: list[Document], lots: list[Document]) -> dict[str, int]:
    return {
        "out": sum(item["is_out"] for item in items),
        SOON: sum(lot["state"] == SOON for lot in lots),
        "blocked": sum(lot["state"] in BLOCKED for lot in lots),
        "shortages": _open_shortages(),
    }


def _open_shortages() -> int:
    """Count what is open, also of codes that no item has."""
    if not may(Permission.READ_SHORTAGES):
        return 0
    shortages, _ = all_of(inventory().shortages, clinic_id=current.working_clinic())
    return len(shortages)


def _is_shown(lot: Document, show: str) -> bool:
    wanted = {SOON: (SOON,), "blocked": BLOCKED}.get(show)
    return wanted is None or lot["state"] in wanted
