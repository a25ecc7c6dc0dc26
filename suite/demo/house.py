"""What every part of the loader needs: the databases, the people, keys, chance, and the way events travel."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import text

from services.billing.base import InboxEvent as BillingInbox
from services.billing.events import stock_valued
from services.inventory.base import InboxEvent as InventoryInbox
from services.inventory.usages import service as usages
from shared.auth.tokens import Actor
from shared.db import EVERY_CLINIC, Database
from shared.events.inbox import Receiver
from shared.events.relay import Relay
from shared.http import Answer, HttpClient
from shared.idempotency import RequestKey, request_hash

SEED = 20_260_401


@dataclass
class House:
    """The demo while it is being made. `now` is the moment of loading; chance is the same each time."""

    portal: Database
    billing: Database
    inventory: Database
    now: datetime
    people: dict[str, Actor] = field(default_factory=dict)
    chance: Random = field(default_factory=Random)
    keys_given: int = 0

    def __post_init__(self) -> None:
        self.chance.seed(SEED)

    def begin_day(self, clinic_id: str, days_ago: int) -> None:
        """Let chance draw the same for this day of this clinic each time, whatever the weekday."""
        self.chance.seed(f"{SEED} {clinic_id} {days_ago}")

    def key(self, actor: Actor, path: str, body: Mapping[str, Any]) -> RequestKey:
        """Return the key under which this person's browser would have sent this."""
        self.keys_given += 1
        return RequestKey(f"demo:{self.keys_given}", request_hash("POST", path, body), actor.subject)


class _InProcess(HttpClient):
    """Hands a batch to the receiver of the other service, as its route would."""

    def __init__(self, receiver: Receiver, source: str) -> None:
        self._receiver = receiver
        self._source = source

    def send(self, method: str, path: str, *, body: Any = None, **_: Any) -> Answer:
        results = self._receiver.receive(self._source, json.loads(json.dumps(body)))
        return Answer(200, {}, json.dumps({"results": results}).encode())


class Courier:
    """Carries events both ways with the services' own relays and receivers, at a time of the past."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._now = house.now
        to_inventory = Receiver(house.inventory, InventoryInbox, {"supplies.used": usages.apply}, self._clock)
        to_billing = Receiver(house.billing, BillingInbox, {"stock.valued": stock_valued.apply}, self._clock)
        self._relays = (
            _relay(house.billing, to_inventory, "/billing"),
            _relay(house.inventory, to_billing, "/inventory"),
        )

    def deliver(self, now: datetime) -> None:
        """Deliver everything there is, there and back.

        Raises:
            RuntimeError: something did not arrive, which is a bug and not to be loaded.
        """
        self._now = now
        for relay in self._relays:
            relay.drain()

    def refuse_leftovers(self) -> None:
        """Raise RuntimeError unless both outboxes are empty."""
        for database in (self._house.billing, self._house.inventory):
            with database.reading(EVERY_CLINIC) as session:
                left = session.execute(
                    text("SELECT type, last_error FROM outbox WHERE sent_at IS NULL")
                ).all()
            if left:
                raise RuntimeError(f"{len(left)} events of the demo did not arrive, the first: {left[0]}")

    def _clock(self) -> datetime:
        return self._now


def _relay(database: Database, receiver: Receiver, source: str) -> Relay:
    return Relay(database, source=source, client=_InProcess(receiver, source), token=lambda: "")
