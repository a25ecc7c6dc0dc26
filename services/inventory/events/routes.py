"""Events from billing, in batches. What became of each is in the answer; the sender keeps the rest."""

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from services.inventory.base import InboxEvent
from services.inventory.events.schemas import EventsAnswer
from services.inventory.usages import service as usages
from shared.auth.decorators import current_actor, services_only
from shared.clock import utc_now
from shared.db import database
from shared.events.cloud import CONTENT_TYPE, Event
from shared.events.inbox import Receiver
from shared.web import strict_json
from shared.web.api import Blueprint, UnsupportedMediaType

blp = Blueprint("events", __name__, url_prefix="/v1/events", description="Facts from the sibling service")

_BODY = {
    "required": True,
    "content": {CONTENT_TYPE: {"schema": {"type": "array", "maxItems": 100, "items": {"type": "object"}}}},
}


def supplies_used(session: Session, events: Sequence[Event]) -> None:
    """Apply billing's `supplies.used`."""
    usages.apply(session, events, now=utc_now())


HANDLERS = {"supplies.used": supplies_used}


@blp.post("")
@services_only("billing")
@blp.doc(requestBody=_BODY)
@blp.response(200, EventsAnswer)
def receive() -> dict[str, Any]:
    """Apply a batch of CloudEvents, each exactly once."""
    if request.mimetype != CONTENT_TYPE or request.headers.get("Content-Encoding"):
        raise UnsupportedMediaType(f"Send {CONTENT_TYPE}, not compressed.")
    batch = strict_json.loads(request.get_data(cache=False))
    receiver = Receiver(database(), InboxEvent, HANDLERS)
    return {"results": receiver.receive(f"/{current_actor().subject}", batch)}
