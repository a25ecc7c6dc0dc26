"""Inventory at the terminal: python -m services.inventory.cli COMMAND."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from sqlalchemy.orm import Session

from services.inventory import settings
from services.inventory.clinics import create_clinic
from services.inventory.invariants import INVARIANTS, violations
from services.inventory.recipes.models import BASES
from services.inventory.recipes.service import Ingredient, write_recipe
from shared.clock import utc_now
from shared.db import EVERY_CLINIC, Database
from shared.errors import AppError
from shared.quantities import parse_quantity

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def main() -> None:
    """Keep the shelves. The database is the one in INVENTORY_DATABASE_URL."""


@contextmanager
def _transaction() -> Iterator[Session]:
    database = Database(settings.load().database_url, pool_size=1, application_name="inventory-cli")
    try:
        with database.transaction(EVERY_CLINIC) as session:
            yield session
    finally:
        database.engine.dispose()


@main.command()
@click.argument("clinic_id")
@click.argument("name")
@click.argument("time_zone")
def add_clinic(clinic_id: str, name: str, time_zone: str) -> None:
    """Add a clinic: CLINIC_ID NAME TIME_ZONE, such as: harbor "Harbor clinic" America/New_York."""
    with _transaction() as session:
        create_clinic(session, clinic_id=clinic_id, name=name, time_zone=time_zone)
    click.echo(f"{name} is now {clinic_id}.")


@main.command()
@click.argument("charge")
@click.option("--from", "effective_from", type=DAY, required=True, help="First day in force.")
@click.option(
    "--item",
    "items",
    type=(str, click.Choice(BASES), str),
    multiple=True,
    help="SKU BASIS QUANTITY, such as: numbing-cream area 10",
)
def set_recipe(charge: str, effective_from: datetime, items: tuple[tuple[str, str, str], ...]) -> None:
    """Say what CHARGE takes from a day on. Versions are kept; without any --item it takes nothing."""
    ingredients = [
        Ingredient(
            sku, "visit" if basis == "visit" else "area", parse_quantity(quantity, minimum_thousandths=1)
        )
        for sku, basis, quantity in items
    ]
    with _transaction() as session:
        write_recipe(
            session,
            charge_code=charge,
            effective_from=effective_from.date(),
            ingredients=ingredients,
            written_by="cli",
            now=utc_now(),
        )
    click.echo(f"{charge} takes {len(ingredients)} items from {effective_from:%Y-%m-%d} on.")


@main.command()
def verify() -> None:
    """Check everything that must always be true of the shelves."""
    found = 0
    with _transaction() as session:
        for invariant, rows in violations(session):
            click.echo(f"{invariant.id}: {invariant.sentence} Not true of {len(rows)}: {rows[0]}")
            found += 1
    click.echo(f"{len(INVARIANTS) - found} of {len(INVARIANTS)} invariants hold.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    try:
        main(prog_name="python -m services.inventory.cli")
    except (AppError, ValueError) as refused:
        click.echo(f"inventory: {refused}", err=True)
        sys.exit(1)
