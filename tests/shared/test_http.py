"""The one HTTP client: bounded in time and size, whatever the other side does."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from shared.http import HttpClient, Unreachable
from tests.databases import Databases

Behaviour = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def serving(behave: Behaviour) -> Iterator[tuple[str, list[bytes]]]:
    """Listen, note what is asked, and behave as told."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    asked.append(_request(connection))
                    try:
                        behave(connection)
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _request(connection: socket.socket) -> bytes:
    """Read a request to its end: closing before would look like a reset."""
    read = connection.recv(65536)
    while b"POST" in read[:4] and not read.endswith(b"}"):
        read += connection.recv(65536)
    return read


def says(*parts: bytes, pause_seconds: float = 0) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause_seconds)

    return behave


def test_an_answer_is_read_whole_with_its_status() -> None:
    with serving(says(OK + b"Content-Length: 8\r\n\r\n", b'{"a":', b" 1}")) as (address, asked):
        answer = HttpClient(address).send("POST", "/v1/x", token="t", body={"b": 2}, query={"q": "1"})

        assert (answer.status, answer.json()) == (200, {"a": 1})
        assert asked[0].startswith(b"POST /v1/x?q=1 ")
        assert b"Authorization: Bearer t\r\n" in asked[0]
        assert b'{"b": 2}' in asked[0]


@pytest.mark.parametrize(
    "behave",
    [
        says(b""),
        says(b"rubbish\r\n\r\n"),
        says(OK + b"Content-Length: 100\r\n\r\n", b"short"),
        says(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n"),
        lambda _: time.sleep(1.0),
        says(OK, *[b"X-Slow: 1\r\n"] * 20, pause_seconds=0.1),
        says(OK + b"Content-Length: 100\r\n\r\n", *[b"x"] * 40, pause_seconds=0.1),
    ],
    ids=["hangs up", "rubbish", "cut short", "broken pieces", "silent", "slow head", "a trickle"],
)
def test_a_sibling_that_misbehaves_is_unreachable_in_time(behave: Behaviour) -> None:
    began = time.monotonic()
    with serving(behave) as (address, _):
        with pytest.raises(Unreachable):
            HttpClient(address).send("GET", "/", token="t", deadline_seconds=0.5)

        assert time.monotonic() - began < 4


def test_nobody_there_is_unreachable_at_once() -> None:
    began = time.monotonic()

    with pytest.raises(Unreachable):
        HttpClient("http://127.0.0.1:1").send("GET", "/", token="t")

    assert time.monotonic() - began < 2


def test_an_answer_without_end_is_cut() -> None:
    endless = says(OK + b"\r\n", *[b" " * 1_000_000] * 20)
    with serving(endless) as (address, _), pytest.raises(Unreachable, match="too large"):
        HttpClient(address).send("GET", "/", token="t")


def test_what_is_no_json_is_no_answer() -> None:
    with serving(says(OK + b"Content-Length: 6\r\n\r\n<html>")) as (address, _):
        answer = HttpClient(address).send("GET", "/", token="t")

        with pytest.raises(Unreachable):
            answer.json()


def test_nobody_is_sent_elsewhere_and_the_token_stays_here() -> None:
    with serving(says(OK + b"Content-Length: 2\r\n\r\n{}")) as (elsewhere, visits):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}/\r\nContent-Length: 0\r\n\r\n".encode()
        with serving(says(moved)) as (address, _):
            answer = HttpClient(address).send("GET", "/", token="secret")

        assert answer.status == 302
        assert visits == []


def test_a_request_that_may_have_been_acted_on_is_sent_once() -> None:
    with serving(says(b"")) as (address, asked):
        with pytest.raises(Unreachable):
            HttpClient(address).send("POST", "/v1/checkouts", token="t", body={})

        assert len(asked) == 1


def test_no_proxy_of_the_environment_sees_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says(OK + b"Content-Length: 2\r\n\r\n{}")) as (proxy, seen):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("http_proxy", proxy)
        with pytest.raises(Unreachable):
            HttpClient("http://127.0.0.1:1").send("GET", "/", token="secret")

        assert seen == []


def test_no_call_is_made_while_a_transaction_is_open(databases: Databases) -> None:
    with serving(says(OK + b"Content-Length: 2\r\n\r\n{}")) as (address, asked):
        with (
            databases.billing.app.transaction(("main",)),
            pytest.raises(RuntimeError, match="inside a transaction"),
        ):
            HttpClient(address).send("GET", "/", token="t")

        assert asked == []
