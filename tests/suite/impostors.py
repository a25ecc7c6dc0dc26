"""What may stand where inventory should: hanging, talking nonsense, stopping halfway, or never stopping."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

HUGE_BYTES = 50 * 1024 * 1024


def _answer(status: str, content_type: str, body: bytes, *, length: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length or len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


def _results(event_id: str) -> bytes:
    return json.dumps({"results": [{"id": event_id, "status": "applied", "detail": ""}]}).encode()


def hang(connection: socket.socket) -> None:
    """Take the request and say nothing until the other side gives up."""
    connection.settimeout(10)
    with suppress(OSError):
        while connection.recv(65536):
            pass


def fail(connection: socket.socket) -> None:
    """Say 500."""
    connection.sendall(_answer("500 Internal Server Error", "text/plain", b"no"))


def greet(connection: socket.socket) -> None:
    """Be the front page of something else altogether."""
    connection.sendall(
        _answer("200 OK", "text/html", b"<!doctype html><title>Welcome to your new proxy</title>")
    )


def stop_halfway(connection: socket.socket) -> None:
    """Begin a good answer and hang up in the middle of it."""
    body = _results(str(uuid4()))
    connection.sendall(_answer("200 OK", "application/json", body[:20], length=len(body)))


def name_strangers(connection: socket.socket) -> None:
    """Say that all is well with an event nobody sent."""
    connection.sendall(_answer("200 OK", "application/json", _results(str(uuid4()))))


def flood(connection: socket.socket) -> None:
    """Send fifty megabytes."""
    connection.sendall(_answer("200 OK", "application/json", b"", length=HUGE_BYTES))
    chunk = b" " * 65536
    with suppress(OSError):
        for _ in range(HUGE_BYTES // len(chunk)):
            connection.sendall(chunk)


IMPOSTORS: tuple[Callable[[socket.socket], None], ...] = (
    hang,
    fail,
    greet,
    stop_halfway,
    name_strangers,
    flood,
)


@contextmanager
def impostor(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """Let something answer on a port, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, behave), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(15)


def _serve(listener: socket.socket, behave: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                if behave is not hang:
                    _read_request(connection)
                behave(connection)


def _read_request(connection: socket.socket) -> None:
    """Read the whole request first: an answer to half of one is another failure than the one meant."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
