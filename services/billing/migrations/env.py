"""Alembic's entry for billing."""

from alembic import context

from services.billing.models import Base
from shared import migrations

migrations.run(context.config, Base.metadata)
