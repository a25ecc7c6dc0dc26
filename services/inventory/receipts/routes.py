"""Receipts over HTTP."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from services.inventory.receipts import service
from services.inventory.receipts.models import Receipt
from services.inventory.receipts.schemas import ReceiptAnswer, ReceiptCreate
from shared.auth.decorators import current_actor, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.idempotency import once, request_key
from shared.web.api import Blueprint

blp = Blueprint("receipts", __name__, url_prefix="/v1/receipts", description="Goods that arrived")


@blp.post("")
@requires(Permission.RECEIVE_STOCK)
@blp.arguments(ReceiptCreate())
@blp.response(201, ReceiptAnswer)
def create(body: dict[str, Any]) -> Response:
    """Receive a quantity of one lot. `cost_cents` is what all of it cost together."""
    actor = current_actor()
    clinic_id = actor.require_clinic(body["clinic_id"])
    key = request_key(body)

    def make(session: Session) -> dict[str, Any]:
        receipt = service.receive(
            session,
            clinic_id=clinic_id,
            sku=body["sku"],
            code=body["lot"],
            expires=body["expires_on"],
            quantity_thousandths=body["quantity"],
            cost_cents=body["cost_cents"],
            supplier=body["supplier"],
            note=body["note"],
            override_reason=body["override_reason"],
            actor=actor,
            key=key,
            now=utc_now(),
        )
        return receipt.answer

    return once(Receipt, key, clinic_id, make)
