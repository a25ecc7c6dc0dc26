"""Movements over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.inventory.costs import Shapes
from services.inventory.movements import service
from services.inventory.movements.models import Reversal
from services.inventory.movements.schemas import MovementAnswer, MovementPage, MovementQuery, ReversalCreate
from shared.auth.decorators import chosen_clinics, current_actor, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading
from shared.idempotency import once, request_key
from shared.web.api import Blueprint

blp = Blueprint("movements", __name__, url_prefix="/v1/movements", description="The ledger of the shelves")
_shapes = Shapes(MovementAnswer, "value_cents")


@blp.get("")
@requires(Permission.READ_MOVEMENTS)
@blp.arguments(MovementQuery(), location="query")
@blp.response(200, MovementPage)
def find(query: dict[str, Any]) -> Response:
    """List what came and left, the latest business day first."""
    clinics = chosen_clinics(query.pop("clinic_id"))
    with reading() as session:
        return jsonify(_shapes.dump_page(service.find_movements(session, clinics=clinics, **query)))


@blp.post("/<uuid:movement_id>/reversals")
@requires(Permission.REVERSE_MOVEMENTS)
@blp.arguments(ReversalCreate())
@blp.response(201, MovementAnswer)
def reverse(body: dict[str, Any], movement_id: UUID) -> Response:
    """Take back a receipt that was typed wrongly. The answer is the movement that undoes it."""
    actor = current_actor()
    key = request_key(body)
    with reading() as session:
        movement = service.get_movement(session, clinics=actor.clinics, movement_id=movement_id)

    def make(session: Session) -> dict[str, Any]:
        reversal = service.reverse(
            session,
            movement=movement,
            reason=body["reason"],
            actor=actor,
            key=key,
            now=utc_now(),
            answer=_shapes.dump,
        )
        return reversal.answer

    return once(Reversal, key, movement.clinic_id, make)
