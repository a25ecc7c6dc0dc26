"""Items over HTTP."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from services.inventory.items import service
from services.inventory.items.models import Item
from services.inventory.items.schemas import ItemAnswer, ItemCreate, ItemPage, ItemQuery
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading
from shared.idempotency import once, request_key
from shared.web.api import Blueprint

blp = Blueprint("items", __name__, url_prefix="/v1/items", description="The catalogue of the house")
_answer = ItemAnswer()


@blp.get("")
@requires(Permission.READ_ITEMS)
@blp.arguments(ItemQuery(), location="query")
@blp.response(200, ItemPage)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """Find items by a part of the name, the beginning of the sku, the GTIN or the category."""
    active = {"true": True, "false": False, "all": None}[query.pop("active")]
    with reading() as session:
        return service.find_items(session, active=active, **query)


@blp.post("")
@requires(Permission.WRITE_ITEMS)
@blp.arguments(ItemCreate())
@blp.response(201, ItemAnswer)
def create(body: dict[str, Any]) -> Response:
    """Add an item to the catalogue."""
    key = request_key(body)

    def make(session: Session) -> dict[str, Any]:
        return service.create_item(session, details=body, key=key, now=utc_now(), answer=_answer.dump).answer

    return once(Item, key, None, make)
