"""Billing on its own database, with two clinics and a price list."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.billing.app import create_app
from tests.billing.house import furnish
from tests.clients import Clients
from tests.databases import Databases, ServiceDatabase
from tests.settings import settings_for


@pytest.fixture
def billing_database(databases: Databases) -> ServiceDatabase:
    """Billing's database, empty but for the two clinics, what they charge, and the chart of accounts."""
    databases.billing.empty()
    furnish(databases.billing.app)
    return databases.billing


@pytest.fixture
def billing(billing_database: ServiceDatabase, keys_dir: Path) -> Iterator[Clients]:
    """The billing app and the ways to speak to it."""
    app = create_app(settings_for("billing", billing_database.app_url, keys_dir), billing_database.app)
    yield Clients(app, keys_dir)
    app.extensions["waker"].stop()
