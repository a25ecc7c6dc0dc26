"""Builds the portal. Nothing happens at import."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from services.portal import clients, csrf, current, navigation, pages, static_files
from services.portal import settings as portal_settings
from services.portal.admin import routes as admin
from services.portal.books import SCREENS as BOOKS
from services.portal.desk import SCREENS as DESK
from services.portal.drafts import routes as drafts
from services.portal.staff import first_password, loading, token_routes
from services.portal.staff import routes as staff
from services.portal.stock import SCREENS as STOCK
from shared.app import build_app, finish
from shared.clock import utc_now
from shared.db import Database
from shared.settings import Settings

PAGES = (staff.blueprint, drafts.blueprint, admin.blueprint, *DESK, *STOCK, *BOOKS)


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """Return the portal, ready to be served."""
    loaded = settings or portal_settings.load()
    app = build_app(
        loaded,
        title="Clinic Suite portal",
        blueprints=(token_routes.blp,),
        authenticate=current.authenticate,
        database=database,
    )
    app.extensions["clock"] = utc_now
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    if loaded.trusted_proxies:
        hops = loaded.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    # In this order: who is there, may this page act for them, have they chosen their own password.
    loading.install(app)
    csrf.install(app)
    first_password.install(app)
    static_files.install(app)
    navigation.install(app, loaded)
    pages.install(app, loaded)
    clients.install(app, loaded)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    return finish(app)
