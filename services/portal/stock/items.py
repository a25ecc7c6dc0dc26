"""One item: what it is, its lots, what became of them, and the recipes it is in."""

from decimal import Decimal

from flask import Blueprint, Response, request

from services.portal import current
from services.portal.clients import Document, inventory
from services.portal.clinic_days import today
from services.portal.showing import NOTHING, all_of, filtered, may, page
from services.portal.stock.asking import item_of, recipes_with
from services.portal.stock.latest_use import invoices_by_visit
from services.portal.stock.timelines import timeline
from services.portal.stock.words import FLAGS, KINDS, STORAGES, UNITS, state_chip
from shared.auth.decorators import requires
from shared.auth.permissions import Permission

blueprint = Blueprint("stock_items", __name__)
MOVEMENTS_SHOWN = 30


@blueprint.get("/stock/items/<path:sku>")
@requires(Permission.READ_STOCK)
def item_page(sku: str) -> Response:
    """Show one item at the clinic."""
    item, clinic_id, day = item_of(sku), current.working_clinic(), today()
    lots, is_cut = all_of(inventory().lots, clinic_id=clinic_id, sku=item["sku"])
    for lot in lots:
        lot["chip"] = state_chip(lot, day)
        lot["is_empty"] = Decimal(lot["on_hand"]) == 0
    movements, errors = filtered(lambda: _movements(item["sku"], clinic_id), NOTHING)
    return page(
        "stock/item.html",
        status=422 if errors else 200,
        item=item,
        stock=_stock_of(item["sku"], clinic_id),
        lots=[lot for lot in lots if not lot["is_empty"]],
        used_up=[lot for lot in lots if lot["is_empty"]],
        is_cut=is_cut,
        timeline=timeline(lots, day, f"When lots of {item['name']} expire"),
        movements=movements,
        errors=errors,
        is_first=not request.args.get("cursor"),
        recipes=recipes_with(item["sku"]),
        numbers=invoices_by_visit(clinic_id),
        kinds=KINDS,
        flag_words=FLAGS,
        storages=STORAGES,
        units=UNITS,
    )


def _movements(sku: str, clinic_id: str) -> Document:
    if not may(Permission.READ_MOVEMENTS):
        return NOTHING
    cursor = request.args.get("cursor") or None
    return inventory().movements(clinic_id=clinic_id, sku=sku, limit=MOVEMENTS_SHOWN, cursor=cursor)


def _stock_of(sku: str, clinic_id: str) -> Document | None:
    """Return the item's line of the board; a retired item that nobody has any more has none."""
    rows = inventory().stock(clinic_id=clinic_id, by="item", query=sku, limit=200)["items"]
    return next((row for row in rows if row["sku"] == sku), None)
