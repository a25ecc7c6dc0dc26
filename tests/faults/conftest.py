"""The real processes for the kill tests: started once for a file, killed and restarted as the tests ask."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.billing.house import furnish
from tests.databases import Databases
from tests.faults.house import stock_up
from tests.faults.rig import Rig


@pytest.fixture(scope="module")
def rig(databases: Databases, keys_dir: Path) -> Iterator[Rig]:
    """Billing, inventory and their workers, on databases with two clinics and full shelves."""
    databases.billing.empty()
    databases.inventory.empty()
    furnish(databases.billing.app)
    stock_up(databases.inventory.app)
    folder = Path(tempfile.mkdtemp(prefix="clinic-rig-"))
    folder.chmod(0o755)
    found = Rig(databases, keys_dir, folder)
    try:
        found.start()
        found.until_quiet()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)
