"""Builds the billing service. Nothing happens at import."""

from flask import Flask

from services.billing import settings as billing_settings
from services.billing.charges.routes import blp as charges
from services.billing.checkouts.routes import blp as checkouts
from services.billing.clinic_routes import blp as clinics
from services.billing.events.routes import blp as events
from services.billing.invoices.routes import blp as invoices
from services.billing.ledger.routes import blp as journal
from services.billing.patients.routes import blp as patients
from services.billing.visits.routes import blp as visits
from services.billing.visits.screening_routes import blp as screening
from shared.app import build_app, finish
from shared.db import Database
from shared.settings import Settings


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """Build the app from the environment, or from what a test hands in."""
    app = build_app(
        settings or billing_settings.load(),
        title="Clinic Suite Billing",
        blueprints=(
            clinics,
            patients,
            charges,
            screening,
            visits,
            checkouts,
            invoices,
            journal,
            events,
        ),
        database=database,
        sends_events=True,
    )
    return finish(app)
