"""The real processes, each to be killed by name: gunicorn with billing and inventory, and both workers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil

from tests.databases import Databases
from tests.faults.wire import Wire

ROOT = Path(__file__).resolve().parents[2]
LONGEST_WAIT_SECONDS = 60
SERVICES = ("billing", "inventory")


@dataclass(frozen=True)
class Answer:
    """What a service said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Rig:
    """Billing, inventory and both workers, with a wire before each database and one before inventory."""

    databases: Databases
    keys_dir: Path
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    database_wires: dict[str, Wire] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        for service in SERVICES:
            self.database_wires[service] = self._wire_to_database(service)
            self.ports[service] = _free_port()
        self.relay_wire = Wire(0, self.ports["inventory"])
        for name in ("billing", "inventory", "billing-worker", "inventory-worker"):
            self.start_process(name)
        for service in SERVICES:
            self.until_ready(service)

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)
        for wire in (*self.database_wires.values(), self.relay_wire):
            wire.close()

    def start_process(self, name: str) -> None:
        """Start one process, as the supervisor does after a death."""
        service = name.removesuffix("-worker")
        command = ["-m", f"services.{service}.worker"] if name.endswith("-worker") else ["-m", "gunicorn"]
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self._environment(service), stdout=log, stderr=log
        )
        log.close()

    def kill(self, name: str) -> None:
        """kill -9, with its children, without a word."""
        process = self.processes.pop(name)
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.kill()
        for child in children:
            try:
                child.kill()
            except psutil.NoSuchProcess:
                continue
        process.wait()

    def kill_workers(self, service: str) -> None:
        """kill -9 the gunicorn processes that answer; gunicorn itself starts others."""
        for child in psutil.Process(self.processes[service].pid).children():
            os.kill(child.pid, signal.SIGKILL)

    def restart(self, name: str) -> None:
        if name in self.processes:
            self.kill(name)
        self.start_process(name)

    def until_ready(self, service: str) -> None:
        self.until(lambda: self.send(service, "GET", "/readyz").status == 200, f"{service} is ready")

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something is so, or fail with what was waited for."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                if true():
                    return
            except (OSError, HTTPException):
                pass
            time.sleep(0.05)
        raise AssertionError(f"not within {LONGEST_WAIT_SECONDS} s: {what}")

    def until_quiet(self) -> None:
        """Wait until both outboxes are empty: every fact has arrived everywhere."""
        self.until(lambda: _unsent(self.databases) == 0, "everything has been sent")

    def send(
        self,
        service: str,
        method: str,
        path: str,
        *,
        token: str = "",
        body: bytes | None = None,
        key: str = "",
    ) -> Answer:
        """Send one request on a connection of its own. Raises OSError or HTTPException without an answer."""
        connection = HTTPConnection("127.0.0.1", self.ports[service], timeout=30)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, body, {**headers, **({"Idempotency-Key": key} if key else {})})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def _wire_to_database(self, service: str) -> Wire:
        folder = self.folder / service
        folder.mkdir()
        folder.chmod(0o755)
        return Wire(folder / ".s.PGSQL.5432", self._real_socket(service))

    def _real_socket(self, service: str) -> Path:
        query = parse_qs(urlsplit(getattr(self.databases, service).app_url).query)
        return Path(query["host"][0]) / f".s.PGSQL.{query.get('port', ['5432'])[0]}"

    def _database_url(self, service: str) -> str:
        parts = urlsplit(getattr(self.databases, service).app_url)
        return parts._replace(query=f"host={self.folder / service}&port=5432").geturl()

    def _environment(self, service: str) -> dict[str, str]:
        kept: dict[str, Any] = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ
        }
        return {
            **kept,
            "CLINIC_ENV": "test",
            "CLINIC_KEYS_DIR": str(self.keys_dir),
            "CLINIC_SERVICE": service,
            "CLINIC_BIND": f"127.0.0.1:{self.ports[service]}",
            "CLINIC_WEB_WORKERS": "1",
            f"{service.upper()}_DATABASE_URL": self._database_url(service),
            "BILLING_URL": f"http://127.0.0.1:{self.ports['billing']}",
            # Only the relay asks inventory anything here, and it does so through the wire.
            "INVENTORY_URL": f"http://127.0.0.1:{self.relay_wire.port}",
            "PYTHONUNBUFFERED": "1",
        }


def _unsent(databases: Databases) -> int:
    return sum(
        int(str(database.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL")))
        for database in (databases.billing, databases.inventory)
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
