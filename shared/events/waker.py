"""Wakes the relay after a commit.

Never inside the transaction: NOTIFY there holds one lock for the whole server.
"""

import threading
import time
from contextlib import suppress

import psycopg

CHANNEL = "outbox"
COALESCE_SECONDS = 0.005


class Waker:
    """A thread that turns many commits into few notifications, outside of any request."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._due = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def wake(self) -> None:
        """Ask for a notification soon. Returns at once; a lost one is made up for by the relay's own poll."""
        self._due.set()
        if self._thread is None:
            with self._start:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="relay-waker", daemon=True)
                    self._thread.start()

    def stop(self) -> None:
        """End the thread and its connection."""
        self._stopping = True
        if self._thread is not None:
            self._due.set()
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        connection: psycopg.Connection | None = None
        while not self._stopping:
            self._due.wait()
            self._due.clear()
            try:
                if connection is None or connection.closed:
                    connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=3)
                connection.execute(f"NOTIFY {CHANNEL}")
            except psycopg.Error:
                _close(connection)
                connection = None
            time.sleep(COALESCE_SECONDS)
        _close(connection)


def _close(connection: psycopg.Connection | None) -> None:
    if connection is not None:
        with suppress(psycopg.Error):
            connection.close()
