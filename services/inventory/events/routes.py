"""Facts from billing."""

from services.inventory.base import InboxEvent
from services.inventory.usages import service as usages
from shared.events.routes import events_blueprint

blp = events_blueprint("billing", InboxEvent, {"supplies.used": usages.apply})
