"""Desks that check patients out as fast as they are answered: one process each, one connection each."""

import json
import multiprocessing
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

from suite.demo.password import PASSWORD

FACE_AND_NECK = [{"charge": "microneedling-face", "depth_mm": "1.5"}, {"charge": "microneedling-neck"}]


@dataclass(frozen=True)
class Load:
    """What the desks saw. Times in seconds."""

    began_at: float
    ended_at: float
    latencies: Sequence[float]
    refused: int

    @property
    def accepted_per_second(self) -> float:
        return len(self.latencies) / (self.ended_at - self.began_at)

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Desk:
    """One person at one connection."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {**self._headers, "Idempotency-Key": uuid4().hex}
        self._connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())


class LeanDesk:
    """A connection with next to no work of its own: it shares the cores with what is measured."""

    def __init__(self, port: int, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = (
            f"POST /v1/checkouts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\n"
        )

    def check_out(self, body: bytes, key: str) -> int:
        """Send one checkout and return the status, the whole answer read."""
        head = f"{self._head}Content-Length: {len(body)}\r\nIdempotency-Key: {key}\r\n\r\n"
        self._socket.sendall(head.encode() + body)
        answer = self._socket.recv(65536)
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(65536)
        start, _, rest = answer.partition(b"\r\n\r\n")
        length = int(start.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(rest) < length:
            rest += self._socket.recv(65536)
        return int(start[9:12])


def sign_in(port: int, email: str) -> str:
    """Return a token for one of the demo accounts."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    body = json.dumps({"email": email, "password": PASSWORD})
    connection.request("POST", "/v1/token", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    token: str = json.loads(answer.read())["access_token"]
    return token


def checkout_body(patient_id: str) -> dict[str, Any]:
    """Return face and neck for cash, the checkout of the contract."""
    return {
        "clinic_id": "main",
        "patient_id": patient_id,
        "lines": FACE_AND_NECK,
        "tenders": [{"kind": "cash", "amount_cents": 27400, "tendered_cents": 28000}],
        "expected_total_cents": 27400,
    }


def drive(port: int, token: str, patients: Sequence[str], *, clients: int, seconds: float) -> Load:
    """Let `clients` desks check patients out for so long."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(clients + 1)
    results = context.SimpleQueue()
    desks = [
        context.Process(
            target=_work,
            args=(port, token, patients[number::clients]),
            kwargs={"seconds": seconds, "barrier": barrier, "results": results},
        )
        for number in range(clients)
    ]
    for desk in desks:
        desk.start()
    barrier.wait()
    began_at = time.time()
    answers = [results.get() for _ in desks]
    ended_at = time.time()
    for desk in desks:
        desk.join()
    return Load(
        began_at,
        ended_at,
        [latency for latencies, _ in answers for latency in latencies],
        sum(refused for _, refused in answers),
    )


def _work(
    port: int, token: str, patients: Sequence[str], *, seconds: float, barrier: Any, results: Any
) -> None:
    desk = LeanDesk(port, token)
    bodies = [json.dumps(checkout_body(patient_id)).encode() for patient_id in patients]
    run = uuid4().hex
    latencies: list[float] = []
    refused = 0
    barrier.wait()
    stop_at = time.perf_counter() + seconds
    turn = 0
    while (began := time.perf_counter()) < stop_at:
        status = desk.check_out(bodies[turn % len(bodies)], f"{run}-{turn}")
        turn += 1
        if status == 201:
            latencies.append(time.perf_counter() - began)
        else:
            refused += 1
    results.put((latencies, refused))
