"""Inventory stopped, hung or talking nonsense: the desk does not notice; the event arrives once, later."""

import socket
import time
from collections.abc import Callable

import pytest

from shared.events import relay as relay_module
from shared.http import Answer, HttpClient, Unreachable
from tests.invariants import assert_books_and_shelves_agree
from tests.suite.house import Suite
from tests.suite.impostors import IMPOSTORS, impostor

NORMAL_SECONDS = 1.0


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever hangs is given up on after half a second instead of seven."""
    monkeypatch.setattr(relay_module, "DEADLINE_SECONDS", 0.5)


def _try_to_send(suite: Suite, address: str) -> None:
    """Let the relay run into whatever answers there, as its own loop would."""
    try:
        suite.relay("billing", address=address).run_once()
    except Unreachable:
        return


def _sent(suite: Suite) -> int:
    found = suite.databases.billing.value("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")
    assert isinstance(found, int)
    return found


@pytest.mark.parametrize("behave", IMPOSTORS, ids=lambda behave: behave.__name__)
def test_whatever_answers_in_its_place_the_event_arrives_once_when_inventory_is_back(
    suite: Suite, behave: Callable[[socket.socket], None]
) -> None:
    suite.stock_up()
    began = time.monotonic()
    told = suite.check_out()
    took = time.monotonic() - began
    with impostor(behave) as address:
        _try_to_send(suite, address)
        _try_to_send(suite, address)
    sent_meanwhile = _sent(suite)

    suite.deliver()

    assert took < NORMAL_SECONDS
    assert sent_meanwhile == 0
    assert suite.databases.inventory.value("SELECT count(*) FROM usages") == 1
    assert len(suite.used(told["visit_id"])) == 4
    assert_books_and_shelves_agree(suite.databases)


def test_checkouts_go_on_while_inventory_is_stopped_and_all_arrive_when_it_is_back(suite: Suite) -> None:
    suite.stock_up()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"

    for _ in range(5):
        suite.check_out()
        _try_to_send(suite, nobody)
    waiting = suite.databases.billing.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
    suite.deliver()

    assert waiting == 5
    assert suite.databases.inventory.value("SELECT count(*) FROM usages") == 5
    assert_books_and_shelves_agree(suite.databases)


def test_an_answer_that_names_other_events_puts_ours_off_and_parks_nothing(suite: Suite) -> None:
    suite.stock_up()
    suite.check_out()
    strangers = next(behave for behave in IMPOSTORS if behave.__name__ == "name_strangers")

    with impostor(strangers) as address:
        _try_to_send(suite, address)

    (row,) = suite.databases.billing.rows("SELECT attempts, parked_at, sent_at, last_error FROM outbox")
    assert row == (1, None, None, "not mentioned in the answer")


class _Killed(BaseException):
    """Stands for kill -9: nothing may catch it."""


def test_a_relay_killed_after_sending_and_before_noting_it_sends_again_to_no_effect(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.stock_up()
    told = suite.check_out()
    real = HttpClient.send

    def send_and_die(self: HttpClient, *arguments: object, **more: object) -> Answer:
        real(self, *arguments, **more)  # type: ignore[arg-type]
        raise _Killed

    with monkeypatch.context() as killing:
        killing.setattr(HttpClient, "send", send_and_die)
        with pytest.raises(_Killed):
            suite.relay("billing").run_once()
    arrived = suite.databases.inventory.value("SELECT count(*) FROM inbox")
    unsent = suite.databases.billing.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL")

    suite.deliver()

    assert (arrived, unsent) == (1, 1)
    assert suite.databases.inventory.value("SELECT count(*) FROM usages") == 1
    assert len(suite.used(told["visit_id"])) == 4
    assert_books_and_shelves_agree(suite.databases)
