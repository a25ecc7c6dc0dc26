"""Counts and times of requests for Prometheus, added up over the worker processes of a service."""

import hmac
import time
from collections.abc import Sequence

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.registry import Collector

from shared.auth.decorators import Access
from shared.errors import NotFound, TokenInvalid

REQUESTS = Counter("clinic_http_requests", "Requests answered", ["service", "method", "route", "status"])
SECONDS = Histogram(
    "clinic_http_request_seconds",
    "Time to answer",
    ["service", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def install(
    app: Flask, service: str, *, token: str, folder: str, collectors: Sequence[Collector] = ()
) -> None:
    """Measure every request and publish /metrics to whoever holds the metrics token.

    `collectors` are asked at each scrape.
    """

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _measure(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "(none)"
        REQUESTS.labels(service, request.method, route, response.status_code).inc()
        SECONDS.labels(service, route).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        return response

    def metrics() -> Response:
        if not token:
            raise NotFound("Metrics are switched off: no metrics token is set.")
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode()):
            raise TokenInvalid("Send the metrics token.")
        registry = CollectorRegistry()
        if folder:
            multiprocess.MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
        for collector in collectors:
            registry.register(collector)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    metrics.access = Access("metrics", reason="guarded by the metrics token")  # type: ignore[attr-defined]
    app.add_url_rule("/metrics", view_func=metrics)
