"""Inventory on its own database, with two clinics and a catalogue; its promises are checked at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from services.inventory.app import create_app
from services.inventory.invariants import violations
from shared.db import EVERY_CLINIC
from shared.events.cloud import CONTENT_TYPE, Event
from tests.clients import Clients
from tests.databases import Databases, ServiceDatabase
from tests.inventory.house import furnish
from tests.settings import settings_for


@pytest.fixture
def inventory_database(databases: Databases) -> Iterator[ServiceDatabase]:
    """Inventory's database, empty but for the house. Whatever a test does, the shelves add up afterwards."""
    databases.inventory.empty()
    furnish(databases.inventory.app)
    yield databases.inventory
    with databases.inventory.app.reading(EVERY_CLINIC) as session:
        assert [(broken.id, rows) for broken, rows in violations(session)] == []


@pytest.fixture
def inventory(inventory_database: ServiceDatabase, keys_dir: Path) -> Iterator[Clients]:
    """The inventory app and the ways to speak to it."""
    app = create_app(settings_for("inventory", inventory_database.app_url, keys_dir), inventory_database.app)
    yield Clients(app, keys_dir)
    app.extensions["waker"].stop()


@pytest.fixture
def deliver(inventory: Clients) -> Callable[..., TestResponse]:
    """Send events as billing does."""
    billing = inventory.as_service("billing")

    def send(*events: Event) -> TestResponse:
        return billing.post(
            "/v1/events", [event.to_wire() for event in events], content_type=CONTENT_TYPE, key=None
        )

    return send
