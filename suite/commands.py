"""The commands of the suite that are about the machine: run, migrate, setup, keys."""

import click

from suite import environment
from suite import migrate as migration
from suite.keys import SERVICES, rotate


@click.command()
def run() -> None:
    """Start everything on this machine, until Ctrl-C."""
    from suite.run import run as run_suite

    run_suite()


@click.command()
def migrate() -> None:
    """Bring the databases to the newest schema."""
    with environment.connected() as variables:
        migration.migrate(variables)
    click.echo("The databases have the newest schema.")


@click.command()
def setup() -> None:
    """Prepare the PostgreSQL we are given: roles, databases, schema, keys, certificate, demo."""
    from suite.setup import setup as set_up

    set_up(environment.given())


@click.group()
def keys() -> None:
    """Look after the signing keys."""


@keys.command("rotate")
@click.argument("service", type=click.Choice(SERVICES))
def rotate_keys(service: str) -> None:
    """Make a new signing key for SERVICE; restart all services afterwards."""
    kid = rotate(environment.keys_folder(), service)
    click.echo(f"{service} signs with {kid} once all services are restarted.")
