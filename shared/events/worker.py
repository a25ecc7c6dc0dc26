"""The worker process of a service: its relay, and an hourly clean-up.

Ends within a second of being told to.
"""

import signal
import threading
import time
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy import text

from shared.auth.tokens import KeyRing
from shared.clock import utc_now
from shared.db import EVERY_CLINIC, Database
from shared.events.relay import Relay
from shared.events.waker import CHANNEL
from shared.http import HttpClient
from shared.settings import Settings

log = structlog.get_logger()

CLEAN_UP_EVERY_SECONDS = 3600
LINGER_SECONDS = 0.02
TOKEN_REUSE_SECONDS = 300


class ServiceToken:
    """Our own token for one audience, signed again every five minutes."""

    def __init__(self, keys: KeyRing, audience: str) -> None:
        self._keys = keys
        self._audience = audience
        self._token = ""
        self._renew_at = 0.0

    def __call__(self) -> str:
        if time.monotonic() >= self._renew_at:
            self._token = self._keys.service_token(self._audience, now=utc_now())
            self._renew_at = time.monotonic() + TOKEN_REUSE_SECONDS
        return self._token


class Doorbell:
    """Waits for a NOTIFY, or for the poll that stands behind it."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> None:
        """Return soon after somebody published, after `seconds` at the latest, or after an interruption."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=3)
                self._connection.execute(f"LISTEN {CHANNEL}")
            rings = list(self._connection.notifies(timeout=seconds, stop_after=1))
            if rings:
                # Commits come in flocks: one moment of patience, however many rang, makes one batch of them.
                time.sleep(LINGER_SECONDS)
        except psycopg.Error:
            self._connection = None
            time.sleep(min(seconds, 0.5))

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def build_relay(settings: Settings, database: Database, destination: str) -> Relay:
    """Return the relay from this service to `destination`."""
    keys = KeyRing.from_folder(settings.keys_dir, settings.service)
    address = {"billing": settings.billing_url, "inventory": settings.inventory_url}[destination]
    return Relay(
        database,
        source=f"/{settings.service}",
        client=HttpClient(address, pool_size=2),
        token=ServiceToken(keys, destination),
    )


def forget_delivered(database: Database, keep_days: int) -> int:
    """Delete events delivered longer than `keep_days` ago and return how many."""
    with database.transaction(EVERY_CLINIC) as session:
        deleted = session.execute(
            text("DELETE FROM outbox WHERE sent_at < now() - make_interval(days => :days)"),
            {"days": keep_days},
        )
        return int(deleted.rowcount)  # type: ignore[attr-defined]


def run(settings: Settings, *, destination: str, clean_up: Callable[[Database], object]) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database = Database(settings.database_url, pool_size=3, application_name=f"{settings.service}-worker")
    relay = build_relay(settings, database, destination)
    bell = Doorbell(database.address)
    housekeeping = threading.Thread(target=_clean_up_hourly, args=(database, clean_up, stop), daemon=True)
    housekeeping.start()
    log.info("worker_started", destination=destination)
    while not stop.is_set():
        try:
            relay.run_forever(bell.wait, stop)
        except Exception:
            # A database restart ends here; the rows are safe, so the only thing to do is to come back.
            log.exception("relay_interrupted")
            stop.wait(1)
    log.info("worker_stopped")


def _clean_up_hourly(
    database: Database, clean_up: Callable[[Database], object], stop: threading.Event
) -> None:
    while not stop.is_set():
        try:
            clean_up(database)
        except Exception:
            log.exception("clean_up_failed")
        stop.wait(CLEAN_UP_EVERY_SECONDS)
