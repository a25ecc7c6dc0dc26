"""The one HTTP client: pooled, bounded in time and size, and never used while a transaction is open."""

import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util.retry import Retry

from shared.db import inside_transaction

CONNECT_TIMEOUT_SECONDS = 1.0
DEADLINE_SECONDS = 5.0
LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


class Unreachable(Exception):
    """No usable answer came in time. Whether the other side acted is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the body as JSON, or raise Unreachable when it is something else."""
        try:
            return json.loads(self.body)
        except ValueError as garbage:
            raise Unreachable("the answer is not JSON") from garbage


class _Call(threading.local):
    """When this thread gives up the call it is making."""

    give_up_at = 0.0


_call = _Call()


class _BoundedSocket(socket.socket):
    """Waits for more until the end of the call at most, so that an answer gains nothing by trickling in."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        remaining = _call.give_up_at - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer came too slowly")
        self.settimeout(remaining)
        return super().recv_into(*args, **kwargs)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        plain = super()._new_conn()
        timeout = plain.gettimeout()
        bounded = _BoundedSocket(fileno=plain.detach())
        bounded.settimeout(timeout)
        return bounded


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        schemes = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {**schemes, "http": _Pool}


class HttpClient:
    """A connection pool towards one sibling service. Safe to share between threads."""

    def __init__(self, base_url: str, *, pool_size: int = 16) -> None:
        self.base_url = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        # A connection refused was certainly not acted on, so it may be tried again; anything later may not.
        retry = Retry(total=1, connect=1, read=False, redirect=False, status=0, other=0, backoff_factor=0.05)
        adapter = _Adapter(pool_connections=1, pool_maxsize=pool_size, max_retries=retry)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> Answer:
        """Send one request and read the whole answer before the deadline.

        Raises:
            Unreachable: refused, too slow, too large or cut short.
            RuntimeError: called inside a transaction, which must never wait for another machine.
        """
        if inside_transaction():
            raise RuntimeError("no network call inside a transaction")
        sent = {"Authorization": f"Bearer {token}", "Accept": "application/json", **(headers or {})}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        _call.give_up_at = time.monotonic() + deadline_seconds
        try:
            with self._session.request(
                method,
                self.base_url + path,
                params=query,
                data=data,
                headers=sent,
                timeout=(min(CONNECT_TIMEOUT_SECONDS, deadline_seconds), deadline_seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answer(response.status_code, response.headers, _read(response))
        except (requests.RequestException, OSError) as failure:
            raise Unreachable(type(failure).__name__) from failure


def _read(response: requests.Response) -> bytes:
    """Read the body, up to what any answer of ours can be."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(_CHUNK_BYTES):
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            raise Unreachable("the answer is too large")
        parts.append(part)
    return b"".join(parts)
