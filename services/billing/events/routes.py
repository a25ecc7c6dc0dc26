"""Facts from inventory."""

from services.billing.base import InboxEvent
from services.billing.events import stock_valued
from shared.events.routes import events_blueprint

blp = events_blueprint("inventory", InboxEvent, {"stock.valued": stock_valued.apply})
