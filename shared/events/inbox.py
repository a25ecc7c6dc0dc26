"""The inbox: an event's effect and the note of it are one transaction, so it happens exactly once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.clock import utc_now
from shared.db import EVERY_CLINIC, Database
from shared.errors import AppError
from shared.events.cloud import APPLIED, DUPLICATE, FAILED, LARGEST_BATCH, REJECTED, Event, RejectedEvent

log = structlog.get_logger()


class Handler(Protocol):
    """Applies events of one type within the open transaction; `now` is when they were received."""

    def __call__(self, session: Session, events: Sequence[Event], *, now: datetime) -> None: ...


class InboxColumns:
    """The table `inbox`: one row for each event ever applied."""

    __tablename__ = "inbox"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    type: Mapped[str]
    clinic_id: Mapped[str]
    subject: Mapped[UUID]
    applied_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BatchTooLarge(AppError):
    status, code, title = 413, "too-large", "Too many events at once"


class Receiver:
    """Applies batches of events with one handler per type."""

    def __init__(
        self,
        database: Database,
        inbox: Any,
        handlers: Mapping[str, Handler],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._clock = clock
        self._database = database
        self._inbox = inbox
        self._handlers = handlers

    def receive(self, source: str, batch: Any) -> list[dict[str, str]]:
        """Apply a batch from one sender and say what became of each event, in the order sent.

        All of it is tried in one transaction, which is what makes it fast; if anything fails, each event
        is applied in a transaction of its own, so that one bad event holds up nobody else.
        """
        if not isinstance(batch, list) or len(batch) > LARGEST_BATCH:
            raise BatchTooLarge(f"Send a list of at most {LARGEST_BATCH} events.")
        readable, results = self._read(source, batch)
        try:
            outcomes = self._apply(readable)
        except Exception:
            log.warning("batch_apply_failed", events=len(readable), exc_info=True)
            outcomes = {}
            for event in readable:
                outcomes.update(self._apply_alone(event))
        for event in readable:
            results[event.id] = outcomes[event.id]
        return [
            {"id": str(id_), "status": status, "detail": detail} for id_, (status, detail) in results.items()
        ]

    def _read(self, source: str, batch: list[Any]) -> tuple[list[Event], dict[Any, tuple[str, str]]]:
        readable: list[Event] = []
        results: dict[Any, tuple[str, str]] = {}
        for wire in batch:
            try:
                event = self._read_one(source, wire)
            except RejectedEvent as refusal:
                results[str(wire.get("id", "")) if isinstance(wire, dict) else ""] = (REJECTED, str(refusal))
            else:
                if event.id not in results:
                    readable.append(event)
                    results[event.id] = (APPLIED, "")
        return readable, results

    def _read_one(self, source: str, wire: Any) -> Event:
        event = Event.from_wire(wire)
        if event.source != source:
            raise RejectedEvent("the event names another source than its sender")
        if event.type not in self._handlers:
            raise RejectedEvent(f"nobody here handles {event.type[:100]}")
        return event

    def _apply(self, events: list[Event]) -> dict[UUID, tuple[str, str]]:
        if not events:
            return {}
        with self._database.transaction(EVERY_CLINIC) as session:
            fresh = self._note(session, events)
            for type_ in dict.fromkeys(event.type for event in events):
                todo = [event for event in events if event.type == type_ and event.id in fresh]
                if todo:
                    self._handlers[type_](session, todo, now=self._clock())
        return {event.id: (APPLIED if event.id in fresh else DUPLICATE, "") for event in events}

    def _note(self, session: Session, events: list[Event]) -> set[UUID]:
        """Write the inbox rows and return the ids seen for the first time.

        Sorted, so that two receivers never deadlock.
        """
        rows = [
            {
                "event_id": event.id,
                "source": event.source,
                "type": event.type,
                "clinic_id": event.clinic_id,
                "subject": event.subject,
            }
            for event in sorted(events, key=lambda event: event.id)
        ]
        statement = insert(self._inbox).on_conflict_do_nothing().returning(self._inbox.event_id)
        return set(session.execute(statement, rows).scalars())

    def _apply_alone(self, event: Event) -> dict[UUID, tuple[str, str]]:
        try:
            return self._apply([event])
        except RejectedEvent as refusal:
            return {event.id: (REJECTED, str(refusal))}
        except (DataError, UnicodeError) as unstorable:
            # A NUL or half a character will not become storable by being sent again.
            return {event.id: (REJECTED, f"cannot be stored: {type(unstorable).__name__}")}
        except OperationalError:
            return {event.id: (FAILED, "the database is busy")}
        except Exception as failure:
            log.exception("event_apply_failed", event_id=str(event.id), type=event.type)
            return {event.id: (FAILED, type(failure).__name__)}
