"""The demo clinic on databases of its own, and the two services speaking real HTTP to each other."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from suite import demo
from suite.cluster import Cluster
from suite.databases import ensure_databases
from suite.migrate import migrate
from tests.databases import Databases
from tests.suite.drill import Drill
from tests.suite.house import Suite, furnish


@pytest.fixture(scope="session")
def demo_clinic(cluster: Cluster) -> Mapping[str, str]:
    """The demo clinic, loaded once: the addresses of its three databases. To look at, never to change."""
    addresses = {name: url.replace("/clinic_", "/demo_") for name, url in cluster.environment().items()}
    environment = {**addresses, "CLINIC_ENV": "test"}
    ensure_databases(cluster.admin_url(), environment)
    migrate(environment)
    demo.load(environment)
    return environment


@pytest.fixture
def drill(cluster: Cluster, demo_clinic: Mapping[str, str]) -> Iterator[Drill]:
    """The demo clinic, for a test to spoil; it is whole again afterwards."""
    found = Drill(cluster)
    yield found
    found.end()


@pytest.fixture
def suite(databases: Databases, keys_dir: Path) -> Iterator[Suite]:
    """Billing and inventory with relays to each other; two clinics with prices, recipes and empty shelves."""
    databases.billing.empty()
    databases.inventory.empty()
    furnish(databases)
    found = Suite(databases, keys_dir)
    yield found
    found.stop()
