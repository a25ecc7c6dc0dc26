"""The processes of the suite under supervisor: started together, again when they die, stopped in order.

Why again, and not all stopped: checkout must go on while inventory is away, so one service's death must not
become everybody's. Supervisor waits a second longer before each further try.
"""

import json
import os
import re
import select
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from suite import tether
from suite.cluster import Cluster
from suite.environment import ROOT, of_process, ports, public_variables

# Marks every process of a suite with the folder it works in, so that left-overs are known for sure.
MARK = "CLINIC_SUPERVISED"
STOP_SECONDS = 40
WITH_WORKER = ("billing", "inventory")
ENDED = re.compile(r" exited: (?P<name>\S+) \((?P<how>.*); not expected\)")
EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Settings|Start)\b.*: ")
WORTH_SHOWING = re.compile(r" (?:WARN|ERRO|CRIT) (?P<message>.*)")

MAIN = """\
[supervisord]
nodaemon = true
logfile = {folder}/logs/supervisor.log
logfile_maxbytes = 10MB
logfile_backups = 3
pidfile = {folder}/run/supervisor.pid
identifier = clinic-suite
minfds = 256
minprocs = 32
{user}

; A group stops as one; the groups stop one after the other, the highest priority first.
[group:services]
programs = billing, inventory
priority = 30

[group:workers]
programs = billing-worker, inventory-worker
priority = 20
"""

PROGRAM = """
[program:{name}]
command = {command}
directory = {root}
priority = {priority}
autorestart = true
startsecs = 5
startretries = 1000000
stopsignal = {signal}
stopwaitsecs = {wait}
stdout_logfile = {folder}/logs/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
redirect_stderr = true
"""


@dataclass(frozen=True, slots=True)
class Program:
    """One process. The lower its order, the later it stops; within a group it is the group's that counts."""

    name: str
    command: list[str]
    order: int
    signal: str = "TERM"


def programs(cluster: Cluster) -> list[Program]:
    """Return all processes. Each waits for the file that `let_go` writes for it."""
    folder = cluster.folder
    found = [Program("postgres", cluster.command(str(_told(folder, "postgres"))), order=1, signal="INT")]
    for service, order in {"inventory": 30, "billing": 30, "portal": 40}.items():
        found.append(_python(folder, service, "gunicorn", order))
    for service in WITH_WORKER:
        found.append(_python(folder, f"{service}-worker", f"services.{service}.worker", 20))
    return found


def let_go(folder: Path, environment: Mapping[str, str]) -> None:
    """Let all processes start, each with the variables it needs, in a file for its owner alone."""
    # Not marked: the cluster knows its server by its own note, and stops it in its own way.
    _tell(folder, "postgres", {MARK: None})
    for service, port in ports().items():
        variables = of_process(environment, service)
        _tell_python(
            folder, service, variables | {"CLINIC_SERVICE": service, "CLINIC_BIND": f"127.0.0.1:{port}"}
        )
        if service in WITH_WORKER:
            _tell_python(folder, f"{service}-worker", variables)


def _python(folder: Path, name: str, module: str, order: int) -> Program:
    arguments = [sys.executable, "-m", module]
    return Program(name, tether.command("SIGTERM", arguments, environment=str(_told(folder, name))), order)


def _tell_python(folder: Path, name: str, variables: Mapping[str, str]) -> None:
    counters = folder / "run" / "metrics" / name
    counters.mkdir(parents=True, exist_ok=True)
    _tell(folder, name, {**variables, "PROMETHEUS_MULTIPROC_DIR": str(counters), "PYTHONUNBUFFERED": "1"})


def _told(folder: Path, name: str) -> Path:
    return folder / "run" / f"{name}.json"


def _tell(folder: Path, name: str, variables: Mapping[str, str | None]) -> None:
    write_private(_told(folder, name), json.dumps(variables))


def configuration(folder: Path, found: list[Program]) -> Path:
    """Write supervisor's configuration for these processes and return where it is."""
    user = "user = root" if os.geteuid() == 0 else ""
    text = MAIN.format(folder=_escape(str(folder)), user=user)
    for program in found:
        text += PROGRAM.format(
            name=program.name,
            command=_escape(shlex.join(program.command)),
            root=_escape(str(ROOT)),
            folder=_escape(str(folder)),
            priority=program.order,
            signal=program.signal,
            wait=STOP_SECONDS,
        )
    path = folder / "run" / "supervisor.conf"
    write_private(path, text)
    return path


class Supervisor:
    """A running supervisor: what it says, and how to stop it."""

    def __init__(self, folder: Path, configuration: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            tether.command(
                "SIGTERM", [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)]
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**public_variables(), MARK: str(folder)},
            # Ctrl-C reaches every process of the terminal's group; the order of stopping is ours to give.
            start_new_session=True,
        )
        self._rest = b""

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def news(self, seconds: float) -> Iterator[str]:
        """Yield what supervisor said, waiting up to `seconds` for something."""
        assert self._process.stdout is not None  # noqa: S101 (asked for above; tells the type checker)
        descriptor = self._process.stdout.fileno()
        while select.select([descriptor], [], [], seconds)[0]:
            said = os.read(descriptor, 65536)
            if not said:
                break
            *lines, self._rest = (self._rest + said).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in lines)
            seconds = 0

    def stop(self) -> None:
        """Stop all processes in order, and then whatever did not want to."""
        if self.alive:
            self._process.terminate()
            try:
                self._process.wait(4 * STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        clear_leftovers(self._folder)


def clear_leftovers(folder: Path) -> None:
    """End the processes that an earlier suite in `folder` left behind when it was killed."""
    found = [process for process in psutil.process_iter() if _mark(process) == str(folder)]
    for process in found:
        _try(process.terminate)
    for process in psutil.wait_procs(found, timeout=STOP_SECONDS)[1]:
        _try(process.kill)


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except psutil.Error:
        return None


def _try(end: Callable[[], None]) -> None:
    with suppress(psutil.NoSuchProcess):
        end()


def write_private(path: Path, text: str) -> None:
    """Write a file for ourselves alone; whoever waits for it finds it whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)


def _escape(text: str) -> str:
    return text.replace("%", "%%")


def last_words(log: Path) -> str:
    """Return what most likely says why a process ended: its last exception, or else its last line."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-100:]
    except FileNotFoundError:
        return ""
    raised = [line for line in lines if EXCEPTION.match(line)]
    return (raised or lines or [""])[-1].strip()
