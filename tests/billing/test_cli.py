"""Billing at the terminal."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.billing.charges.service import price_list
from services.billing.cli import main
from tests.billing.house import FACE
from tests.databases import ServiceDatabase

Run = Callable[..., Result]

UPTOWN = {
    "--name": "Uptown",
    "--legal-name": "Uptown Skin Clinic LLC",
    "--address": "2 Hill Street\nChicago, IL 60601",
    "--phone": "+1 312 555 0100",
    "--time-zone": "America/Chicago",
    "--invoice-prefix": "UPTOWN",
}


def add_uptown(clinic_id: str = "uptown", **changes: str) -> tuple[str, ...]:
    told = {**UPTOWN, **{f"--{name.replace('_', '-')}": value for name, value in changes.items()}}
    return ("clinics", "add", clinic_id, *(word for pair in told.items() for word in pair))


TAX = ("taxes", "set", "main", "retail", "6.35", "--jurisdiction", "Town", "--from", "2026-01-01")
PRICE = ("prices", "set", "main", FACE, "249.00", "--from", "2026-01-01")


@pytest.fixture
def run(billing_database: ServiceDatabase, keys_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A terminal with the environment of the service."""
    monkeypatch.setenv("CLINIC_ENV", "test")
    monkeypatch.setenv("CLINIC_KEYS_DIR", str(keys_dir))
    monkeypatch.setenv("BILLING_DATABASE_URL", billing_database.app_url)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def test_a_clinic_is_opened_with_the_rules_of_the_house(run: Run, billing_database: ServiceDatabase) -> None:
    done = run(*add_uptown(discount_limit="12.5", tax_rounding="invoice"))

    assert done.exit_code == 0, done.output
    assert billing_database.rows(
        "SELECT name, address, currency, tax_rounding, discount_limit_basis_points FROM clinics"
        " WHERE clinic_id = 'uptown'"
    ) == [("Uptown", "2 Hill Street\nChicago, IL 60601", "USD", "invoice", 1250)]


def test_a_price_counts_from_its_day_on(run: Run, billing_database: ServiceDatabase) -> None:
    done = run(*PRICE)

    assert done.exit_code == 0, done.output
    with billing_database.app.reading(["main"]) as session:
        prices = [
            {charge.code: charge.unit_cents for charge in price_list(session, clinic_id="main", on_date=day)}
            for day in (date(2025, 12, 31), date(2026, 1, 1))
        ]
    assert [found[FACE] for found in prices] == [19900, 24900]


def test_the_rates_of_jurisdictions_add_up_and_zero_ends_one(
    run: Run, billing_database: ServiceDatabase
) -> None:
    run(*TAX)
    run("taxes", "set", "main", "retail", "0", "--jurisdiction", "state", "--from", "2026-02-01")

    rates = []
    with billing_database.app.reading(["main"]) as session:
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 1)):
            found = price_list(session, clinic_id="main", on_date=day)
            rates.append(next(charge.rate_ppm for charge in found if charge.kind == "retail"))
    assert rates == [63500, 127000, 63500]


def test_a_charge_comes_last_at_the_till(run: Run, billing_database: ServiceDatabase) -> None:
    done = run(
        "charges",
        "add",
        "mist",
        "--kind",
        "retail",
        "--name",
        "Mist",
        "--tax-category",
        "retail",
        "--sku",
        "M-1",
    )

    assert done.exit_code == 0, done.output
    assert billing_database.value("SELECT code FROM charges ORDER BY position DESC LIMIT 1") == "mist"


def test_of_the_charges_of_the_house_only_the_missing_are_added(
    run: Run, billing_database: ServiceDatabase
) -> None:
    everything = run("standard-charges")
    billing_database.empty()
    nothing = run("standard-charges")

    assert everything.output == "Added: nothing, all are there.\n"
    assert nothing.output == "Added: microneedling-face, microneedling-neck, microneedling-chest.\n"
    assert billing_database.rows(
        "SELECT area, duration_minutes, tax_category FROM charges ORDER BY position"
    ) == [("face", 45, "service"), ("neck", 30, "service"), ("chest", 60, "service")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (add_uptown("Up Town"), "Use a short name in small letters"),
        (add_uptown("main"), "There is a clinic main already"),
        (add_uptown(invoice_prefix="MAIN"), "or one with the prefix MAIN"),
        (add_uptown(invoice_prefix="up-town"), "An invoice prefix is 1 to 12 capital letters"),
        (add_uptown(time_zone="Moon/Base"), "'Moon/Base' is not a time zone."),
        (add_uptown(currency="XXZ"), "'XXZ' is not a currency code."),
        (add_uptown(phone=" "), "none may be empty"),
        (add_uptown(discount_limit="101"), "between 0 and 100"),
        (add_uptown(discount_limit="12.345"), "at most 2 decimals"),
        (("prices", "set", "nowhere", *PRICE[3:]), "There is no clinic nowhere."),
        (("prices", "set", "main", "botox", *PRICE[4:]), "There is no charge botox."),
        (("prices", "set", "main", FACE, "12,5", *PRICE[5:]), "Write the amount in digits"),
        ((*PRICE[:-1], "2020-01-01"), "has a price from 2020-01-01 on"),
        (("taxes", "set", "nowhere", *TAX[3:]), "There is no clinic nowhere."),
        ((*TAX[:4], "much", *TAX[5:]), "Write the percent in digits"),
        ((*TAX[:4], "51", *TAX[5:]), "between 0 and 50"),
        ((*TAX[:6], "state", "--from", "2020-01-01"), "has a rate for retail at main from 2020-01-01 on"),
        (("charges", "add", FACE, "--kind", "treatment", "--name", "x", "--tax-category", "x"), "already"),
        (("charges", "add", "x", "--kind", "retail", "--name", "x", "--tax-category", "x"), "names the sku"),
    ],
)
def test_a_refusal_is_one_clear_line(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)

    assert done.exit_code == 1, done.output
    assert words in done.output
    assert len(done.output.splitlines()) == 1
