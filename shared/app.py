"""The skeleton of every service: logs, request id, errors, health, metrics, headers, guarded routes."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from flask import Flask, Response, g, jsonify, request

from shared import errors, logs, metrics
from shared.auth import decorators
from shared.auth.tokens import Actor, KeyRing
from shared.db import Database
from shared.errors import Busy
from shared.events.gauges import OutboxGauges
from shared.events.waker import Waker
from shared.settings import Settings
from shared.web import api
from shared.web.api import Blueprint

log = structlog.get_logger()

LARGEST_BODY_BYTES = 1024 * 1024
LARGEST_FORM_BYTES = 256 * 1024
MOST_FORM_FIELDS = 500
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

API_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
}


def build_app(
    settings: Settings,
    *,
    title: str,
    blueprints: tuple[Blueprint, ...],
    authenticate: Callable[[], Actor] | None = None,
    database: Database | None = None,
    sends_events: bool = False,
) -> Flask:
    """Build the app of one service. `finish` must be called once all its routes are registered."""
    logs.configure()
    app = Flask(f"services.{settings.service}", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES,
        MAX_FORM_PARTS=MOST_FORM_FIELDS,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        SECRET_KEY=settings.secret_key or None,
    )
    database = database or Database(
        settings.database_url, pool_size=settings.pool_size, application_name=settings.service
    )
    keys = KeyRing.from_folder(settings.keys_dir, settings.service)
    app.extensions.update(
        settings=settings,
        database=database,
        keys=keys,
        waker=Waker(database.address),
        authenticate=authenticate or decorators.bearer_authentication(keys, settings.service),
    )
    database.on_published = app.extensions["waker"].wake
    _install_request_id(app)
    errors.install(app)
    metrics.install(
        app,
        settings.service,
        token=settings.metrics_token,
        folder=settings.metrics_dir,
        collectors=[OutboxGauges(settings.service, database)] if sends_events else [],
    )
    _install_health(app, database)
    _install_headers(app)
    app.extensions["api"] = api.install(app, title, blueprints)
    return app


def finish(app: Flask) -> Flask:
    """Refuse to start with a route that forgot to say who may call it."""
    decorators.refuse_unguarded_routes(app)
    return app


def _install_request_id(app: Flask) -> None:
    @app.before_request
    def _begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        log.info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        )
        return response


def _install_health(app: Flask, database: Database) -> None:
    @app.get("/healthz")
    @decorators.public("says only that the process answers")
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.get("/readyz")
    @decorators.public("says only whether the process can work")
    def readyz() -> Response:
        try:
            database.ping()
        except Exception as away:
            raise Busy("The database does not answer.") from away
        return jsonify(status="ready")


def _install_headers(app: Flask) -> None:
    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in API_HEADERS.items():
            response.headers.setdefault(name, value)
        return response
