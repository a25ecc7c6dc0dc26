"""Stock over HTTP."""

from typing import Any

from flask import Response, jsonify

from services.inventory.costs import Shapes
from services.inventory.stock import service
from services.inventory.stock.schemas import BY_LOT, ItemStockAnswer, LotStockAnswer, StockPage, StockQuery
from shared.auth.decorators import chosen_clinics, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading
from shared.web.api import Blueprint

blp = Blueprint("stock", __name__, url_prefix="/v1/stock", description="What lies on the shelves")
_items = Shapes(ItemStockAnswer, "value_cents")
_lots = Shapes(LotStockAnswer, "value_cents")


@blp.get("")
@requires(Permission.READ_STOCK)
@blp.arguments(StockQuery(), location="query")
@blp.response(200, StockPage)
def find(query: dict[str, Any]) -> Response:
    """List stock by item or lot, now or at the end of a business day; `short` is always what is open now."""
    clinics = chosen_clinics(query.pop("clinic_id"))
    by_lot = query.pop("by") == BY_LOT
    read, shapes = (service.stock_by_lot, _lots) if by_lot else (service.stock_by_item, _items)
    with reading() as session:
        return jsonify(shapes.dump_page(read(session, clinics=clinics, now=utc_now(), **query)))
