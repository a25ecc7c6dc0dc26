"""Usages over HTTP."""

from uuid import UUID

from flask import Response, jsonify

from services.inventory.costs import Shapes
from services.inventory.usages import service
from services.inventory.usages.schemas import COSTS, UsageAnswer
from shared.auth.decorators import current_actor, requires
from shared.auth.permissions import Permission
from shared.db import reading
from shared.web.api import Blueprint

blp = Blueprint("usages", __name__, url_prefix="/v1/usages", description="What visits used")
_shapes = Shapes(UsageAnswer, *COSTS)


@blp.get("/<uuid:visit_id>")
@requires(Permission.READ_USAGES)
@blp.response(200, UsageAnswer)
def get(visit_id: UUID) -> Response:
    """Say which lots a visit used, and what is still short. 404 until billing's report has arrived."""
    with reading() as session:
        usage = service.usage_of(session, clinics=current_actor().clinics, visit_id=visit_id)
        return jsonify(_shapes.dump(usage))
