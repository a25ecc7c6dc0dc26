"""Bring the schema of all three databases to the newest revision."""

from collections.abc import Mapping

from suite.databases import variable
from suite.keys import SERVICES


def migrate(environment: Mapping[str, str]) -> None:
    """Run what is missing of each service's migrations, as the owner of its database."""
    # Late: Alembic takes a third of a second to import, and most commands do without.
    from shared import migrations

    for service in SERVICES:
        migrations.upgrade(service, environment[variable(service, owner=True)])
