"""Billing at the terminal: python -m services.billing.cli COMMAND."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from services.billing import settings
from services.billing.charges import price_lists
from services.billing.charges.price_lists import NewCharge
from services.billing.clinics import create_clinic
from shared.db import EVERY_CLINIC, Database
from shared.errors import AppError
from shared.money import parse_cents

DAY = click.DateTime(formats=["%Y-%m-%d"])
_FROM = click.option("--from", "effective_from", type=DAY, required=True, help="First day in force.")
_PERCENT = re.compile(r"(?P<whole>[0-9]{1,3})(?:\.(?P<fraction>[0-9]+))?")


@click.group()
def main() -> None:
    """Open clinics and write price lists. The database is the one in BILLING_DATABASE_URL."""


@main.group()
def clinics() -> None:
    """Who writes the invoices."""


@main.group()
def charges() -> None:
    """What can be charged, in every clinic."""


@main.group()
def prices() -> None:
    """What a charge costs at a clinic."""


@main.group()
def taxes() -> None:
    """What the law takes of it."""


@clinics.command("add")
@click.argument("clinic_id")
@click.option("--name", required=True)
@click.option("--legal-name", required=True)
@click.option("--address", required=True, help="As on the invoice; it may have several lines.")
@click.option("--phone", required=True)
@click.option("--time-zone", required=True, help="Such as America/New_York.")
@click.option("--currency", default="USD", show_default=True)
@click.option("--invoice-prefix", required=True, help="What every invoice number begins with.")
@click.option("--tax-rounding", type=click.Choice(["line", "invoice"]), default="line", show_default=True)
@click.option("--discount-limit", default="15", show_default=True, help="In percent, for the front desk.")
def add_clinic(clinic_id: str, discount_limit: str, **told: str) -> None:
    """Open a clinic at billing."""
    with _transaction() as session:
        create_clinic(
            session,
            clinic_id=clinic_id,
            discount_limit_basis_points=_parts_of_a_percent(discount_limit, decimals=2),
            **told,
        )
    click.echo(f"{clinic_id}  {told['name']}  {told['time_zone']}  {told['currency']}")


@charges.command("add")
@click.argument("code")
@click.option("--kind", type=click.Choice(["treatment", "retail"]), required=True)
@click.option("--name", required=True)
@click.option("--area", help="What a treatment treats, such as face.")
@click.option("--minutes", "duration_minutes", type=int)
@click.option("--tax-category", required=True, help="Such as service or retail.")
@click.option("--sku", help="The item of inventory that is sold.")
def add_charge(**told: Any) -> None:
    """Add a charge at the end of the till's list."""
    with _transaction() as session:
        price_lists.add_charge(session, NewCharge(**told))
    click.echo(f"{told['code']}  {told['name']}")


@main.command("standard-charges")
def standard_charges() -> None:
    """Add microneedling of face, neck and chest, as far as they are missing."""
    with _transaction() as session:
        added = price_lists.add_standard_charges(session)
    click.echo(f"Added: {', '.join(added) or 'nothing, all are there'}.")


@prices.command("set")
@click.argument("clinic_id")
@click.argument("code")
@click.argument("amount")
@_FROM
def set_price(clinic_id: str, code: str, amount: str, effective_from: datetime) -> None:
    """Set what CODE costs from a day on: AMOUNT such as 199.00. Prices are never changed, only followed."""
    with _transaction() as session:
        price_lists.set_price(
            session,
            clinic_id=clinic_id,
            charge_code=code,
            unit_cents=parse_cents(amount),
            effective_from=effective_from.date(),
        )
    click.echo(f"{code} costs {amount} at {clinic_id} from {effective_from:%Y-%m-%d} on.")


@taxes.command("set")
@click.argument("clinic_id")
@click.argument("category")
@click.argument("percent")
@click.option("--jurisdiction", required=True, help="Who takes it; several add up.")
@_FROM
def set_tax_rate(
    clinic_id: str, category: str, percent: str, jurisdiction: str, effective_from: datetime
) -> None:
    """Set what a jurisdiction takes of a CATEGORY from a day on: PERCENT such as 6.35. Zero ends a tax."""
    with _transaction() as session:
        price_lists.set_tax_rate(
            session,
            clinic_id=clinic_id,
            tax_category=category,
            jurisdiction=jurisdiction,
            rate_ppm=_parts_of_a_percent(percent, decimals=4),
            effective_from=effective_from.date(),
        )
    click.echo(
        f"{jurisdiction} takes {percent} % of {category} at {clinic_id} from {effective_from:%Y-%m-%d} on."
    )


@contextmanager
def _transaction() -> Iterator[Session]:
    """Open one transaction on billing's database; a refusal becomes one clear line."""
    database = Database(settings.load().database_url, pool_size=1, application_name="billing-cli")
    try:
        with database.transaction(EVERY_CLINIC) as session:
            yield session
    except AppError as refused:
        raise click.ClickException(refused.detail) from refused
    except ValueError as unreadable:
        raise click.ClickException(str(unreadable)) from unreadable
    finally:
        database.engine.dispose()


def _parts_of_a_percent(percent: str, *, decimals: int) -> int:
    """Return basis points with two decimals, parts per million with four."""
    matched = _PERCENT.fullmatch(percent)
    if matched is None:
        raise ValueError("Write the percent in digits, like 6.35.")
    fraction = matched["fraction"] or ""
    if len(fraction) > decimals:
        raise ValueError(f"This percent has at most {decimals} decimals.")
    return int(matched["whole"] + fraction.ljust(decimals, "0"))


if __name__ == "__main__":
    main(prog_name="python -m services.billing.cli")
