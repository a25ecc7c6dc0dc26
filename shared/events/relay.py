"""The relay: carries the outbox to the sibling service, in batches, until it is told that all arrived."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text

from shared.db import EVERY_CLINIC, Database
from shared.events.cloud import APPLIED, CONTENT_TYPE, DUPLICATE, LARGEST_BATCH, REJECTED, Event
from shared.http import HttpClient, Unreachable

log = structlog.get_logger()

# A relay that died holds its events no longer than this; one that lives answers well before.
LEASE_SECONDS = 10
DEADLINE_SECONDS = 7.0
LONGEST_PAUSE_SECONDS = 10.0
# A batch costs about the same whatever is in it, so a busy relay begins one no more often than this.
PACE_SECONDS = 0.05
PARK_AFTER_ATTEMPTS = 8

# Only the oldest unsent event of a visit may travel: a later one waits, so order is kept without any lock
# on the visit.
_LEASE = text(
    """
    UPDATE outbox SET leased_until = now() + make_interval(secs => :lease_seconds)
     WHERE id IN (
        SELECT o.id FROM outbox o
         WHERE o.sent_at IS NULL AND o.parked_at IS NULL
           AND o.next_attempt_at <= now() AND (o.leased_until IS NULL OR o.leased_until < now())
           AND NOT EXISTS (SELECT 1 FROM outbox earlier
                            WHERE earlier.subject = o.subject AND earlier.seq < o.seq
                              AND earlier.sent_at IS NULL)
         ORDER BY o.seq LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING id, seq, clinic_id, type, subject, data, occurred_at
    """
)
_RELEASE = text("UPDATE outbox SET leased_until = NULL WHERE id = ANY(:ids)")
_SENT = text("UPDATE outbox SET sent_at = now(), leased_until = NULL, last_error = NULL WHERE id = ANY(:ids)")
_PARK = text("UPDATE outbox SET parked_at = now(), leased_until = NULL, last_error = :why WHERE id = :id")
_LATER = text(
    """
    UPDATE outbox SET attempts = attempts + 1, leased_until = NULL, last_error = :why,
           next_attempt_at = now() + make_interval(secs => least(300, power(2, attempts)) * (0.5 + random())),
           parked_at = CASE WHEN attempts + 1 >= :park_after THEN now() END
     WHERE id = :id
    """
)


class Relay:
    """Carries one service's events to one other service. Any number may run: each leases its own rows."""

    def __init__(
        self, database: Database, *, source: str, client: HttpClient, token: Callable[[], str]
    ) -> None:
        self._database = database
        self._source = source
        self._client = client
        self._token = token

    def run_once(self) -> int:
        """Send one batch and return how many events were dealt with.

        Raises:
            Unreachable: the other side gave no usable answer; everything stays unsent and unharmed.
        """
        events = self._lease()
        if not events:
            return 0
        try:
            outcomes = self._send(events)
        except Unreachable:
            with self._database.transaction(EVERY_CLINIC) as session:
                session.execute(_RELEASE, {"ids": [event.id for event in events]})
            raise
        self._settle(events, outcomes)
        return len(events)

    def drain(self) -> int:
        """Send until nothing is due. For tests, the demo loader and the orderly end of an outage."""
        total = 0
        while sent := self.run_once():
            total += sent
        return total

    def run_forever(self, wait: Callable[[float], Any], stop: threading.Event) -> None:
        """Send whenever woken.

        While the other side is away, pause a little longer each time, up to ten seconds.
        """
        failures = 0
        while not stop.is_set():
            try:
                began = time.monotonic()
                sent = self.run_once()
                failures = 0
                if sent == 0:
                    wait(1.0)
                elif sent < LARGEST_BATCH:
                    stop.wait(max(0.0, began + PACE_SECONDS - time.monotonic()))
            except Unreachable as away:
                failures += 1
                pause = min(LONGEST_PAUSE_SECONDS, 0.25 * 2 ** min(failures, 10)) * (0.5 + random.random())  # noqa: S311
                log.warning(
                    "destination_away", reason=str(away), failures=failures, pause_seconds=round(pause, 2)
                )
                stop.wait(pause)

    def _lease(self) -> list[Event]:
        with self._database.transaction(EVERY_CLINIC) as session:
            rows = session.execute(_LEASE, {"batch": LARGEST_BATCH, "lease_seconds": LEASE_SECONDS}).all()
        return [
            Event(row.id, self._source, row.type, row.subject, row.clinic_id, row.occurred_at, row.data)
            for row in sorted(rows, key=lambda row: row.seq)
        ]

    def _send(self, events: list[Event]) -> dict[UUID, tuple[str, str]]:
        answer = self._client.send(
            "POST",
            "/v1/events",
            token=self._token(),
            body=[event.to_wire() for event in events],
            headers={"Content-Type": CONTENT_TYPE},
            deadline_seconds=DEADLINE_SECONDS,
        )
        if answer.status in (400, 413, 422):
            return self._send_apart(events, answer.status)
        if answer.status != 200:
            raise Unreachable(f"answered {answer.status}")
        return _outcomes(answer.json())

    def _send_apart(self, events: list[Event], status: int) -> dict[UUID, tuple[str, str]]:
        """A refused batch is halved until the one event it is about stands alone."""
        if len(events) == 1:
            return {events[0].id: (REJECTED, f"refused with {status}")}
        middle = len(events) // 2
        return {**self._send(events[:middle]), **self._send(events[middle:])}

    def _settle(self, events: list[Event], outcomes: dict[UUID, tuple[str, str]]) -> None:
        arrived = [
            event.id for event in events if outcomes.get(event.id, ("", ""))[0] in (APPLIED, DUPLICATE)
        ]
        with self._database.transaction(EVERY_CLINIC) as session:
            session.execute(_SENT, {"ids": arrived})
            for event in events:
                status, why = outcomes.get(event.id, ("", "not mentioned in the answer"))
                if status == REJECTED:
                    log.error("event_parked", event_id=str(event.id), type=event.type, reason=why)
                    session.execute(_PARK, {"id": event.id, "why": why[:500]})
                elif status not in (APPLIED, DUPLICATE):
                    session.execute(
                        _LATER,
                        {"id": event.id, "why": (why or status)[:500], "park_after": PARK_AFTER_ATTEMPTS},
                    )


def _outcomes(body: Any) -> dict[UUID, tuple[str, str]]:
    """Read the receiver's answer; anything that is not exactly such an answer counts as no answer."""
    try:
        return {
            UUID(result["id"]): (str(result["status"]), str(result["detail"])) for result in body["results"]
        }
    except (KeyError, TypeError, ValueError, AttributeError) as garbage:
        raise Unreachable("the answer makes no sense") from garbage
