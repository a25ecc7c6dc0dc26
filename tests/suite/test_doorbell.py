"""The relay's doorbell: it rings soon after a commit, once for however many, and is never deaf."""

import time

import psycopg

from shared.db import libpq_address
from shared.events.waker import Waker
from shared.events.worker import LINGER_SECONDS, Doorbell
from tests.databases import Databases

# A hundred lingers would be two seconds; one is a fiftieth of that. The bound leaves room for a busy machine.
MANY = 100
FAR_LESS_SECONDS = MANY * LINGER_SECONDS / 2


def test_many_rings_at_once_are_answered_once(databases: Databases) -> None:
    address = libpq_address(databases.billing.app_url)
    bell = Doorbell(address)
    bell.wait(0.01)
    with psycopg.connect(address, autocommit=True) as connection:
        for _ in range(MANY):
            connection.execute("NOTIFY outbox")

    began = time.monotonic()
    bell.wait(10)
    waited = time.monotonic() - began
    bell.close()

    assert waited < FAR_LESS_SECONDS


def test_a_wake_after_a_commit_rings_before_the_poll(databases: Databases) -> None:
    address = libpq_address(databases.billing.app_url)
    bell, waker = Doorbell(address), Waker(address)
    bell.wait(0.01)

    waker.wake()
    began = time.monotonic()
    bell.wait(30)
    waited = time.monotonic() - began
    waker.stop()
    bell.close()

    assert waited < 15
