"""Inventory at the terminal."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.inventory.cli import main
from shared.errors import Conflict
from tests.databases import ServiceDatabase
from tests.inventory.house import CARTRIDGE, CREAM, FACE, SERUM, stock_up


@pytest.fixture
def inventory_cli(
    inventory_database: ServiceDatabase, keys_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> CliRunner:
    """A terminal with the environment of the service."""
    monkeypatch.setenv("CLINIC_ENV", "test")
    monkeypatch.setenv("CLINIC_KEYS_DIR", str(keys_dir))
    monkeypatch.setenv("INVENTORY_DATABASE_URL", inventory_database.app_url)
    return CliRunner()


def run(terminal: CliRunner, *arguments: str) -> Result:
    return terminal.invoke(main, arguments)


def test_a_clinic_is_added(inventory_cli: CliRunner, inventory_database: ServiceDatabase) -> None:
    result = run(inventory_cli, "add-clinic", "uptown", "Uptown clinic", "America/Chicago")

    assert result.exit_code == 0, result.output
    assert (
        inventory_database.value("SELECT time_zone FROM clinics WHERE clinic_id = 'uptown'")
        == "America/Chicago"
    )


def test_a_clinic_in_no_time_zone_is_refused(
    inventory_cli: CliRunner, inventory_database: ServiceDatabase
) -> None:
    result = run(inventory_cli, "add-clinic", "uptown", "Uptown clinic", "Chicago time")

    assert isinstance(result.exception, ValueError)
    assert inventory_database.value("SELECT count(*) FROM clinics") == 2


def test_a_recipe_is_written_as_a_new_version(
    inventory_cli: CliRunner, inventory_database: ServiceDatabase
) -> None:
    arguments = (
        "set-recipe",
        FACE,
        "--from",
        "2026-06-01",
        "--item",
        CREAM,
        "area",
        "12.5",
        "--item",
        CARTRIDGE,
        "visit",
        "1",
    )

    first, second = run(inventory_cli, *arguments), run(inventory_cli, *arguments)

    assert first.exit_code == 0, first.output
    assert isinstance(second.exception, Conflict)
    assert inventory_database.rows(
        "SELECT sku, basis, quantity_thousandths FROM recipes JOIN recipe_items USING (recipe_id)"
        " WHERE effective_from = '2026-06-01' ORDER BY sku"
    ) == [(CREAM, "area", 12_500), (CARTRIDGE, "visit", 1_000)]


def test_the_shelves_are_verified(inventory_cli: CliRunner, inventory_database: ServiceDatabase) -> None:
    stock_up(inventory_database.app, SERUM, "H1", "10", 1000)
    good = run(inventory_cli, "verify")
    inventory_database.execute_as_superuser("UPDATE lots SET value_cents = 999")

    bad = run(inventory_cli, "verify")

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "S1: " in bad.output
    inventory_database.execute_as_superuser("UPDATE lots SET value_cents = 1000")
