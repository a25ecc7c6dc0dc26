"""Where a service takes its sibling's events, in batches. What became of each is in the answer."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import fields

from shared.auth.decorators import current_actor, services_only
from shared.db import database
from shared.events.cloud import CONTENT_TYPE, LARGEST_BATCH
from shared.events.inbox import Handler, Receiver
from shared.web.api import Blueprint, read_json
from shared.web.fields import StrictSchema

_BODY = {
    "required": True,
    "content": {
        CONTENT_TYPE: {"schema": {"type": "array", "maxItems": LARGEST_BATCH, "items": {"type": "object"}}}
    },
}


class EventResult(StrictSchema):
    id = fields.String()
    status = fields.String()
    detail = fields.String()


class EventsAnswer(StrictSchema):
    results = fields.List(fields.Nested(EventResult))


def events_blueprint(sender: str, inbox: Any, handlers: Mapping[str, Handler]) -> Blueprint:
    """Return the route that accepts batches of CloudEvents from `sender`, one handler for each type."""
    blp = Blueprint("events", __name__, url_prefix="/v1/events", description="Facts from the sibling service")

    @blp.post("")
    @services_only(sender)
    @blp.doc(requestBody=_BODY)
    @blp.response(200, EventsAnswer)
    def receive() -> dict[str, Any]:
        """Apply a batch of CloudEvents, each exactly once, and say what became of each."""
        batch = read_json(request, CONTENT_TYPE)
        receiver = Receiver(database(), inbox, handlers)
        return {"results": receiver.receive(f"/{current_actor().subject}", batch)}

    return blp
