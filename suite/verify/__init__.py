"""`make verify`: proves from what is stored that the books balance and equal the shelves."""

import click
from rich.console import Console

from suite import environment
from suite.databases import variable


@click.command()
def command() -> None:
    """Check every invariant; ends with 1 if any is broken."""
    from suite.verify.checking import verify

    with environment.connected() as variables:
        report = verify(variables[variable("billing")], variables[variable("inventory")])
    report.print(Console(highlight=False))
    if not report.clean:
        raise SystemExit(1)
