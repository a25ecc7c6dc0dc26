"""Every table of inventory, so that migrations see them all."""

from services.inventory.base import Base, Clinic, InboxEvent, OutboxEvent
from services.inventory.items.models import Item
from services.inventory.lots.models import Lot, LotStatusChange
from services.inventory.movements.models import Movement, Reversal
from services.inventory.receipts.models import Receipt
from services.inventory.recipes.models import Recipe, RecipeItem
from services.inventory.shortages.models import Settlement, Shortage
from services.inventory.usages.models import Usage, UsageLine

__all__ = [
    "Base",
    "Clinic",
    "InboxEvent",
    "Item",
    "Lot",
    "LotStatusChange",
    "Movement",
    "OutboxEvent",
    "Receipt",
    "Recipe",
    "RecipeItem",
    "Reversal",
    "Settlement",
    "Shortage",
    "Usage",
    "UsageLine",
]
