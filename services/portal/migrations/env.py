"""Alembic's entry for the portal."""

from alembic import context

from services.portal.models import Base
from shared import migrations

migrations.run(context.config, Base.metadata)
