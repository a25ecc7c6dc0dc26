"""The demo clinic: real input, made by the services' own functions, loaded into empty databases."""

import time
from collections.abc import Mapping
from datetime import datetime

import click

from shared.clock import utc_now
from suite import environment
from suite.demo.password import PASSWORD
from suite.errors import CannotStart


@click.command()
def command() -> None:
    """Load the demo clinic into empty databases."""
    began = time.perf_counter()
    with environment.connected() as variables:
        visits = load(variables)
    seconds = time.perf_counter() - began
    click.echo(
        f"Loaded {visits} visits at two clinics in {seconds:.1f} s. Sign in as owner@demo.clinic, {PASSWORD}."
    )


def load(variables: Mapping[str, str], *, now: datetime | None = None) -> int:
    """Fill the three databases named in the environment given, and return how many visits they hold.

    The story ends at `now`, which is the present unless a test says otherwise.

    Raises:
        CannotStart: this is not a demo, or something is in the databases already.
    """
    if variables.get("CLINIC_ENV") not in ("demo", "test"):
        raise CannotStart("The demo clinic is loaded only where CLINIC_ENV is demo; its password is public.")
    from suite.demo.loading import load_into

    return load_into(variables, now=now or utc_now())
