"""The suite as `make run` starts it, in a folder of its own, and the ways to look at it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from shared.db import libpq_address
from suite.cluster import Cluster
from suite.environment import ROOT

LONGEST_START_SECONDS = 180
MIB = 1024 * 1024


class Rig:
    """A running suite with the demo clinic in it."""

    def __init__(self, folder: Path, first_port: int) -> None:
        self.folder = folder
        self.first_port = first_port
        self.ready_seconds = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def port(self, service: str) -> int:
        return self.first_port + ("portal", "billing", "inventory").index(service)

    def start(self) -> float:
        """Start everything and return the seconds until it was ready."""
        began = time.monotonic()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("CLINIC_", "BILLING_"))
        }
        environment |= {
            "CLINIC_ENV": "demo",
            "CLINIC_VAR_DIR": str(self.folder),
            "CLINIC_FIRST_PORT": str(self.first_port),
        }
        with (self.folder / "rig.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "suite", "run"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        while not all(_ready(self.port(service)) for service in ("portal", "billing", "inventory")):
            if self._process.poll() is not None or time.monotonic() - began > LONGEST_START_SECONDS:
                raise RuntimeError((self.folder / "rig.log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)
        self.ready_seconds = time.monotonic() - began
        return self.ready_seconds

    def stop(self) -> None:
        """Stop everything, as Ctrl-C does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(120)
            self._process = None

    def address(self, service: str) -> str:
        """Return the superuser's address of a service's database."""
        return libpq_address(Cluster(self.folder).admin_url(f"clinic_{service}"))

    def app_address(self, service: str) -> str:
        """Return the address of a service's database as the service itself connects."""
        return libpq_address(Cluster(self.folder).environment()[f"{service.upper()}_DATABASE_URL"])

    def query(self, service: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read from a service's database."""
        with psycopg.connect(self.address(service), autocommit=True) as connection:
            return connection.execute(statement, values or None).fetchall()

    def resident_mib(self) -> dict[str, list[float]]:
        """Return the resident memory of each Python process of the suite, largest first, by what it runs."""
        found: dict[str, list[float]] = {}
        for process in psutil.process_iter(["cmdline", "memory_info"]):
            name = self._name(process)
            if name:
                found.setdefault(name, []).append(process.info["memory_info"].rss / MIB)
        return {name: sorted(sizes, reverse=True) for name, sizes in sorted(found.items())}

    def _name(self, process: psutil.Process) -> str:
        try:
            environment = process.environ()
        except psutil.Error:
            return ""
        if environment.get("CLINIC_VAR_DIR") != str(self.folder) or process.pid == os.getpid():
            return ""
        line = " ".join(process.info["cmdline"] or ())
        if match := re.search(r"services\.(\w+)\.worker", line):
            return f"{match[1]} worker"
        return environment.get("CLINIC_SERVICE", "") if "gunicorn" in line else ""


@contextmanager
def running() -> Iterator[Rig]:
    """Run a suite on a scratch folder, durable as in production, for as long as the block takes."""
    folder = Path(tempfile.mkdtemp(prefix="clinic-bench-"))
    folder.chmod(0o755)
    rig = Rig(folder, _free_ports())
    try:
        rig.start()
        yield rig
    finally:
        rig.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def _free_ports() -> int:
    """Return the first of three free ports in a row."""
    # Two rigs at once begin their search at different places.
    start = 18000 + os.getpid() % 500 * 10
    for first in range(start, start + 1000, 10):
        try:
            for port in range(first, first + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise RuntimeError("no three free ports in a row")
