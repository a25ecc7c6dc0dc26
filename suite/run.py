"""`make run`: check, prepare, start everything, say where it is, keep it running, stop it in order."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from suite import checks, supervision, tether
from suite.cluster import Cluster
from suite.demo.password import PASSWORD
from suite.environment import ROOT, data_folder, of_machine, ports
from suite.errors import CannotStart
from suite.supervision import Supervisor

LONGEST_START_SECONDS = 60
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DEMO_ACCOUNTS = {
    "desk": "front desk: patients, check-in, the till",
    "clinician": "treatment: lots and grams actually used",
    "manager": "patients, checkout, discounts, stock, deliveries, shortages, cost and margin",
    "accountant": "the books, cost and margin",
    "owner": "everything, in both clinics, and the staff",
}

console = Console(highlight=False, soft_wrap=True)


def run() -> None:
    """Run the suite until it is told to stop.

    Raises:
        CannotStart: something is not as needed; whatever was started is stopped again.
    """
    folder = data_folder()
    checks.check_python()
    checks.check_folder(folder)
    cluster = Cluster(folder)
    with _stopped_by_signals():
        try:
            cluster.claim()
            supervision.clear_leftovers(folder)
            checks.check_ports(ports())
            _start_and_watch(cluster)
        except KeyboardInterrupt:
            console.print("Stopped. The data is kept.")
        finally:
            cluster.stop()


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Turn each stop signal into one KeyboardInterrupt; a second one does not disturb the stopping."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for other in STOP_SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start_and_watch(cluster: Cluster) -> None:
    folder = cluster.folder
    (folder / "logs").mkdir(exist_ok=True)
    shutil.rmtree(folder / "run", ignore_errors=True)
    # First, for it takes a second to get going; its processes wait until they are let go.
    supervisor = Supervisor(folder, supervision.configuration(folder, supervision.programs(cluster)))
    try:
        environment = _prepare(cluster)
        supervision.let_go(folder, environment)
        cluster.share()
        _wait_until_ready(supervisor, folder)
        _welcome(environment)
        while supervisor.alive:
            for line in supervisor.news(seconds=60):
                _report(line, folder)
        raise CannotStart(f"The supervisor ended; its log is {folder}/logs/supervisor.log.")
    finally:
        console.print("Stopping ...", style="dim")
        supervisor.stop()


def _prepare(cluster: Cluster) -> dict[str, str]:
    if not (cluster.data / "PG_VERSION").exists():
        console.print("First start: making the databases ...", style="dim")
    cluster.start()
    environment = of_machine(cluster)
    _set_up({**environment, "CLINIC_ADMIN_DATABASE_URL": cluster.admin_url()})
    # From here on the supervisor runs it, so that it is started again like all the others.
    cluster.halt()
    return environment


def _set_up(variables: Mapping[str, str]) -> None:
    """Prepare in a process of its own: the memory that migrations and demo need is given back with it."""
    command = tether.command("SIGTERM", [sys.executable, "-m", "suite", "setup"])
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **variables}, start_new_session=True)
    try:
        if child.wait():
            raise SystemExit(1)  # it has said why
    finally:
        child.terminate()
        child.wait()


def _wait_until_ready(supervisor: Supervisor, folder: Path) -> None:
    waiting = dict(ports())
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while waiting:
        for line in supervisor.news(seconds=0.05):
            if ended := supervision.ENDED.search(line):
                raise CannotStart(_why(ended["name"], folder))
        waiting = {service: port for service, port in waiting.items() if not _is_ready(port)}
        if not supervisor.alive:
            raise CannotStart(f"The supervisor did not start; see {folder}/logs/supervisor.log.")
        if time.monotonic() > deadline:
            names = " and ".join(waiting)
            raise CannotStart(f"Not ready after {LONGEST_START_SECONDS} s: {names}; see {folder}/logs.")


def _why(name: str, folder: Path) -> str:
    log = folder / "logs" / f"{name}.log"
    return f"{name} ended while starting: {supervision.last_words(log)} (its log is {log})"


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _report(line: str, folder: Path) -> None:
    """Show what is worth a person's attention; everything is in the logs."""
    if ended := supervision.ENDED.search(line):
        log = folder / "logs" / f"{ended['name']}.log"
        console.print(
            f"{ended['name']} ended ({ended['how']}) and is started again; its log is {log}", style="yellow"
        )
    elif shown := supervision.WORTH_SHOWING.search(line):
        console.print(shown["message"], style="yellow")


def _welcome(environment: Mapping[str, str]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("Portal", f"[bold]{environment['PORTAL_URL']}[/bold]")
    for service in ("billing", "inventory"):
        table.add_row(f"{service.title()} API", f"{environment[f'{service.upper()}_URL']}/openapi.json")
    if environment["CLINIC_ENV"] == "demo":
        table.add_row("", "")
        for name, work in DEMO_ACCOUNTS.items():
            table.add_row(f"{name}@demo.clinic", work)
        table.add_row("", "")
        table.add_row("Password of all", f"[bold]{PASSWORD}[/bold]")
        table.add_row("", "Demo: on this machine only, never for real patients.")
    console.print(Panel(table, title="Clinic Suite is ready", subtitle="Ctrl-C stops it", expand=False))
