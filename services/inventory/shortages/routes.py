"""Shortages over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from services.inventory.costs import Shapes
from services.inventory.shortages import service
from services.inventory.shortages.models import Settlement, Shortage
from services.inventory.shortages.schemas import (
    SettlementAnswer,
    SettlementCreate,
    ShortageAnswer,
    ShortageCreate,
    ShortagePage,
    ShortageQuery,
)
from shared.auth.decorators import chosen_clinics, current_actor, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading
from shared.idempotency import once, request_key
from shared.web.api import Blueprint

blp = Blueprint("shortages", __name__, url_prefix="/v1/shortages", description="What no lot has covered yet")
_answer = ShortageAnswer()
_settlement = Shapes(SettlementAnswer, "value_cents")


@blp.get("")
@requires(Permission.READ_SHORTAGES)
@blp.arguments(ShortageQuery(), location="query")
@blp.response(200, ShortagePage)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """List shortages, the oldest first; the open ones unless asked otherwise."""
    clinics = chosen_clinics(query.pop("clinic_id"))
    state = query.pop("state")
    with reading() as session:
        return service.find_shortages(
            session, clinics=clinics, state=None if state == "all" else state, **query
        )


@blp.post("")
@requires(Permission.RECORD_SUPPLIES)
@blp.arguments(ShortageCreate())
@blp.response(201, ShortageAnswer)
def report(body: dict[str, Any]) -> Response:
    """Report something that was used though the shelf does not know of it."""
    clinic_id = current_actor().require_clinic(body["clinic_id"])
    key = request_key(body)

    def make(session: Session) -> dict[str, Any]:
        shortage = service.report(
            session,
            clinic_id=clinic_id,
            sku=body["sku"],
            quantity_thousandths=body["quantity"],
            visit_id=body["visit_id"],
            note=body["note"],
            key=key,
            now=utc_now(),
            answer=_answer.dump,
        )
        return shortage.answer

    return once(Shortage, key, clinic_id, make)


@blp.post("/<uuid:shortage_id>/settlements")
@requires(Permission.SETTLE_SHORTAGES)
@blp.arguments(SettlementCreate())
@blp.response(201, SettlementAnswer)
def settle(body: dict[str, Any], shortage_id: UUID) -> Response:
    """Settle a shortage, or a part of it, from a lot. The lot's stock leaves now."""
    actor = current_actor()
    key = request_key(body)
    with reading() as session:
        clinic_id = service.get_shortage(session, clinics=actor.clinics, shortage_id=shortage_id).clinic_id

    def make(session: Session) -> dict[str, Any]:
        settlement = service.settle(
            session,
            clinics=actor.clinics,
            shortage_id=shortage_id,
            lot_id=body["lot_id"],
            quantity_thousandths=body["quantity"],
            actor=actor,
            key=key,
            now=utc_now(),
            answer=_settlement.dump,
        )
        return settlement.answer

    return once(Settlement, key, clinic_id, make)
