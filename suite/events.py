"""Events that were set aside because they could not be applied: see them, and send them again once mended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click
from sqlalchemy import text

from shared.db import EVERY_CLINIC, Database
from suite import environment
from suite.databases import variable

SENDERS = ("billing", "inventory")

_PARKED = text(
    "SELECT id, type, clinic_id, subject, parked_at, attempts, last_error FROM outbox"
    " WHERE parked_at IS NOT NULL AND sent_at IS NULL ORDER BY seq LIMIT 200"
)
_AGAIN = text(
    "UPDATE outbox SET parked_at = NULL, attempts = 0, next_attempt_at = now(), leased_until = NULL"
    " WHERE id = :id AND parked_at IS NOT NULL AND sent_at IS NULL"
)


def parked(addresses: Mapping[str, str]) -> list[tuple[str, Any]]:
    """Return the events set aside at each sender, oldest first, at most 200 of each."""
    found: list[tuple[str, Any]] = []
    for sender, database in _databases(addresses):
        with database.reading(EVERY_CLINIC) as session:
            found += [(sender, row) for row in session.execute(_PARKED)]
    return found


def send_again(addresses: Mapping[str, str], event_id: UUID) -> bool:
    """Let the relay try an event again that was set aside. False when there is no such event."""
    changed = 0
    for _, database in _databases(addresses):
        with database.transaction(EVERY_CLINIC) as session:
            changed += session.execute(_AGAIN, {"id": event_id}).rowcount  # type: ignore[attr-defined]
    return changed > 0


def _databases(addresses: Mapping[str, str]) -> Iterator[tuple[str, Database]]:
    for sender in SENDERS:
        with _open(addresses[variable(sender)]) as database:
            yield sender, database


@contextmanager
def _open(address: str) -> Iterator[Database]:
    database = Database(address, pool_size=1, application_name="events-command")
    try:
        yield database
    finally:
        database.engine.dispose()


@click.group()
def events() -> None:
    """Look after events that were set aside."""


@events.command("parked")
def show_parked() -> None:
    """List the events that were set aside, and why. Later events of the same visit wait behind them."""
    with environment.connected() as addresses:
        rows = parked(addresses)
    for sender, row in rows:
        click.echo(
            f"{row.id}  {sender}  {row.type}  {row.clinic_id}  {row.subject}  {row.parked_at:%Y-%m-%d %H:%M}"
        )
        click.echo(f"    {row.last_error}")
    click.echo(f"{len(rows)} events are set aside.")


@events.command("retry")
@click.argument("event_id", type=click.UUID)
def retry(event_id: UUID) -> None:
    """Send the event EVENT_ID again, after what it failed on was mended."""
    with environment.connected() as addresses:
        if not send_again(addresses, event_id):
            raise click.ClickException("No event of that id is set aside.")
    click.echo("It is on its way again; `python -m suite events parked` shows it if it fails once more.")
