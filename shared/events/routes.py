"""Where a service takes its siblings' events."""

from flask import Response, current_app, json, request

from shared.auth.decorators import current_actor, services_only
from shared.events.cloud import CONTENT_TYPE
from shared.events.inbox import Receiver
from shared.web import strict_json
from shared.web.api import Blueprint, UnsupportedMediaType


def events_blueprint(*senders: str) -> Blueprint:
    """Return the route that accepts batches of CloudEvents from `senders`."""
    blp = Blueprint("events", __name__, url_prefix="/v1/events", description="Facts from sibling services")

    @blp.post("")
    @services_only(*senders)
    @blp.response(200)
    def receive() -> Response:
        """Apply a batch of CloudEvents, each exactly once, and say what became of each."""
        if request.mimetype != CONTENT_TYPE:
            raise UnsupportedMediaType(f"Send {CONTENT_TYPE}.")
        batch = strict_json.loads(request.get_data(cache=False))
        receiver: Receiver = current_app.extensions["receiver"]
        results = receiver.receive(f"/{current_actor().subject}", batch)
        return Response(json.dumps({"results": results}), content_type="application/json")

    return blp
