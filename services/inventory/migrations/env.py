"""Alembic's entry for inventory."""

from alembic import context

from services.inventory.models import Base
from shared import migrations

migrations.run(context.config, Base.metadata)
