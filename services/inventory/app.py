"""Builds the inventory service. Nothing happens at import."""

from flask import Flask

from services.inventory import settings as inventory_settings
from services.inventory.events import routes as events
from services.inventory.items import routes as items
from services.inventory.lots import routes as lots
from services.inventory.movements import routes as movements
from services.inventory.receipts import routes as receipts
from services.inventory.recipes import routes as recipes
from services.inventory.shortages import routes as shortages
from services.inventory.stock import routes as stock
from services.inventory.usages import routes as usages
from shared.app import build_app, finish
from shared.db import Database
from shared.settings import Settings


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """Build the app from the given settings, or from the environment."""
    app = build_app(
        settings or inventory_settings.load(),
        title="Clinic Suite inventory",
        blueprints=(
            items.blp,
            recipes.blp,
            lots.blp,
            receipts.blp,
            movements.blp,
            usages.blp,
            shortages.blp,
            stock.blp,
            events.blp,
        ),
        database=database,
        sends_events=True,
    )
    return finish(app)
