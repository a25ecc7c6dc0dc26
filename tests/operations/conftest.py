"""Folders with short names: a socket's address has a limit, and pytest's own folders come close to it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that PostgreSQL's own user may enter too."""
    made = Path(tempfile.mkdtemp(prefix="clinic-ops-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)
