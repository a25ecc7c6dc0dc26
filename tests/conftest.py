"""What every test may ask for: a throw-away PostgreSQL, the three services on it, and the cast."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from suite.cluster import Cluster, throwaway_cluster
from suite.keys import ensure_keys
from tests.databases import Databases


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signing keys of the three services, made once."""
    folder = tmp_path_factory.mktemp("keys")
    ensure_keys(folder)
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for each test process, reached by a short path (a socket's name has a limit)."""
    folder = Path(tempfile.mkdtemp(prefix="clinic-test-"))
    folder.chmod(0o755)
    try:
        with throwaway_cluster(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(cluster: Cluster) -> Iterator[Databases]:
    """The three databases, migrated as in production."""
    found = Databases(cluster)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test sees only the environment it makes itself."""
    for name in list(os.environ):
        if name.startswith(("CLINIC_", "BILLING_", "INVENTORY_", "PORTAL_")):
            monkeypatch.delenv(name)
