"""Lots over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.inventory.costs import Shapes
from services.inventory.lots import service
from services.inventory.lots.models import Lot
from services.inventory.lots.schemas import LotAnswer, LotChange, LotCreate, LotPage, LotQuery
from shared.auth.decorators import chosen_clinics, current_actor, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading, transaction
from shared.idempotency import once, request_key
from shared.web.api import Blueprint
from shared.web.versions import expected_version, with_version

blp = Blueprint("lots", __name__, url_prefix="/v1/lots", description="What lies on the shelves, by lot")
_shapes = Shapes(LotAnswer, "value_cents")


@blp.get("")
@requires(Permission.READ_STOCK)
@blp.arguments(LotQuery(), location="query")
@blp.response(200, LotPage)
def find(query: dict[str, Any]) -> Response:
    """List lots in order of sku and expiry."""
    clinics = chosen_clinics(query.pop("clinic_id"))
    with reading() as session:
        return jsonify(_shapes.dump_page(service.find_lots(session, clinics=clinics, **query)))


@blp.post("")
@requires(Permission.WRITE_LOTS)
@blp.arguments(LotCreate())
@blp.response(201, LotAnswer)
def create(body: dict[str, Any]) -> Response:
    """Put a lot on file before any of it has arrived."""
    clinic_id = current_actor().require_clinic(body["clinic_id"])
    key = request_key(body)

    def make(session: Session) -> dict[str, Any]:
        lot = service.register_lot(
            session,
            clinic_id=clinic_id,
            sku=body["sku"],
            code=body["lot"],
            expires=body["expires_on"],
            key=key,
            now=utc_now(),
            answer=_shapes.dump,
        )
        return lot.answer

    return once(Lot, key, clinic_id, make)


@blp.get("/<uuid:lot_id>")
@requires(Permission.READ_STOCK)
@blp.response(200, LotAnswer)
def get(lot_id: UUID) -> Response:
    """Read one lot. Where its stock came from and went to: `GET /v1/movements?lot_id=`."""
    with reading() as session:
        lot = service.get_lot(session, clinics=current_actor().clinics, lot_id=lot_id)
        return with_version(jsonify(_shapes.dump(lot)), lot.version)


@blp.patch("/<uuid:lot_id>")
@requires(Permission.WRITE_LOTS)
@blp.arguments(LotChange())
@blp.response(200, LotAnswer)
def change(body: dict[str, Any], lot_id: UUID) -> Response:
    """Hold, recall or release a lot. Send the ETag that was read as If-Match."""
    version = expected_version()
    with transaction() as session:
        lot = service.get_lot(session, clinics=current_actor().clinics, lot_id=lot_id)
        service.change_status(
            session,
            lot=lot,
            status=body["status"],
            reason=body["reason"],
            version=version,
            actor=current_actor(),
            now=utc_now(),
        )
        return with_version(jsonify(_shapes.dump(lot)), lot.version)
