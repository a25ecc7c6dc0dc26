"""How long events have been waiting and how many are set aside, asked of the database at each scrape."""

from collections.abc import Iterable

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.db import EVERY_CLINIC, Database

log = structlog.get_logger()

# Not by next_attempt_at: every failed attempt moves it on, and the oldest event would look young for ever.
_WAITING = text(
    """
    SELECT coalesce(extract(epoch FROM now() - min(occurred_at) FILTER (WHERE parked_at IS NULL)), 0)
               AS oldest,
           count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked
      FROM outbox WHERE sent_at IS NULL
    """
)


class OutboxGauges(Collector):
    """The outbox of one service. Every process reads the same table, so nothing is added up over them."""

    def __init__(self, service: str, database: Database) -> None:
        self._service = service
        self._database = database

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield both gauges, or none while the database is away: the counters are worth having then, too."""
        try:
            with self._database.reading(EVERY_CLINIC) as session:
                waiting = session.execute(_WAITING).one()
        except SQLAlchemyError as away:
            log.warning("outbox_not_measured", reason=type(away).__name__)
            return
        for name, meaning, value in (
            ("clinic_outbox_oldest_seconds", "Age of the oldest event on its way", waiting.oldest),
            ("clinic_outbox_parked", "Events that are set aside", waiting.parked),
        ):
            gauge = GaugeMetricFamily(name, meaning, labels=["service"])
            gauge.add_metric([self._service], max(0.0, float(value)))
            yield gauge
