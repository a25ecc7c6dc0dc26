"""The embedded PostgreSQL 18: made at first start, reached by a socket only, stopped in order."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from suite import postgres_files, tether
from suite.databases import Address, ensure_databases, variable
from suite.errors import CannotStart
from suite.keys import SERVICES
from suite.postgres_files import SUPERUSER
from suite.secret_files import SecretFiles

# Replaying a long log after a power cut takes its time; a server that died is noticed at once.
LONGEST_START_SECONDS = 300
LONGEST_STOP_SECONDS = 60
POLL_SECONDS = 0.02
LOCK, SHARED = "postgres.lock", "shared"
FAST, AT_ONCE = signal.SIGINT, signal.SIGQUIT


class ClusterInUse(CannotStart):
    """Another process of ours runs this cluster."""


class Cluster:
    """One PostgreSQL with its data in `<folder>/postgres` and its passwords in `<folder>/secrets`."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "postgres"
        self.log = self.folder / "logs" / "postgres.log"
        self.secrets = SecretFiles(self.folder / "secrets")
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Make the cluster if there is none, start it and wait until it answers. It ends with this process.

        Raises:
            ClusterInUse: another process has it.
            CannotStart: this machine does not allow it.
        """
        if self._process is not None:
            return
        self.claim()
        try:
            self.prepare()
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server if this object started it, and let another process have the cluster."""
        self.halt()
        self.release()

    def halt(self) -> None:
        """End sessions and the server; everything committed is on disk. The cluster stays ours."""
        if self._process is not None:
            if self._process.poll() is None:
                _end(psutil.Process(self._process.pid))
            self._process.wait()
            self._process = None
            postgres_files.remove_socket_folder(self.data)

    def claim(self) -> None:
        """Take the cluster for this process, and stop a server whose process died without stopping it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._lock is None:
            self._lock = lock(self.folder / LOCK)
        if orphan := self._running_server():
            _end(orphan)

    def release(self) -> None:
        """Let another process have the cluster."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def prepare(self) -> None:
        """Do all that has to be on disk before the server starts: the data folder, settings, rights."""
        owner = postgres_files.server_user()
        if owner is not None:
            postgres_files.refuse_unreachable(self.data, owner)
            postgres_files.refuse_unreachable(postgres_files.programs() / "postgres", owner)
        postgres_files.make_folder(self.data, owner)
        postgres_files.make_folder(postgres_files.socket_folder(self.data), owner)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        postgres_files.write_settings(self.data, durable=self.durable)

    def command(self, environment: str = "-") -> list[str]:
        """Return the command that runs the server in the foreground, tied to whoever runs it."""
        return self._as_server_user("postgres", "-D", str(self.data), environment=environment)

    def admin_url(self, database: str = SUPERUSER) -> str:
        """Return the superuser's address."""
        return self._address(SUPERUSER, self.secrets.read("postgres_admin_password"), database).url()

    def environment(self) -> dict[str, str]:
        """Return the addresses of the three databases, for the services and for their owners."""
        found = {}
        for service in SERVICES:
            for role, owner in (("owner", True), ("app", False)):
                password = self.secrets.get(f"{service}_{role}_password")
                address = self._address(f"{service}_{role}", password, f"clinic_{service}")
                found[variable(service, owner=owner)] = address.url()
        return found

    def ensure_databases(self) -> dict[str, str]:
        """Create the roles and databases that are missing; return their addresses."""
        environment = self.environment()
        ensure_databases(self.admin_url(), environment)
        return environment

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def share(self) -> None:
        """Let commands use this server: it will stay, unlike one that is only there for another command."""
        if self._lock is not None:
            self._lock.write(f"{SHARED}\n")
            self._lock.flush()

    @contextmanager
    def running(self, patience: float = LONGEST_STOP_SECONDS) -> Iterator["Cluster"]:
        """Use the server that is shared, or run one for as long as the block takes.

        Raises:
            ClusterInUse: somebody has it to himself for longer than our patience.
        """
        deadline = time.monotonic() + patience
        while not self._start_or_join():
            if time.monotonic() > deadline:
                self.claim()
            time.sleep(POLL_SECONDS)
        try:
            yield self
        finally:
            self.stop()

    def _start_or_join(self) -> bool:
        try:
            self.start()
        except ClusterInUse:
            return SHARED in (self.folder / LOCK).read_text(encoding="ascii") and self._is_ready()
        return True

    def _address(self, user: str, password: str, database: str) -> Address:
        return Address(user, password, database, host=str(postgres_files.socket_folder(self.data)))

    def _as_server_user(self, program: str, *arguments: str, environment: str = "-") -> list[str]:
        owner = postgres_files.server_user()
        found = str(postgres_files.programs() / program)
        user = owner.pw_name if owner else "-"
        return tether.command("SIGINT", [found, *arguments], user=user, environment=environment)

    def _create(self) -> None:
        """Run initdb in a draft folder, so that a start cut short leaves nothing that looks finished."""
        draft = self.data / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        password_file = self.data / "initial-password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.secrets.get("postgres_admin_password") + "\n", encoding="ascii")
        if owner := postgres_files.server_user():
            os.chown(password_file, owner.pw_uid, owner.pw_gid)
        done = subprocess.run(
            self._as_server_user(
                "initdb",
                f"--pgdata={draft}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                *([] if self.durable else ["--no-sync"]),
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        password_file.unlink()
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not be set up: {done.stderr.strip().splitlines()[-1]}")
        # PG_VERSION last: it is what says that the folder is complete.
        for path in sorted(draft.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            path.replace(self.data / path.name)
        draft.rmdir()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while not self._is_ready(process.pid):
            if process.poll() is not None:
                raise CannotStart(f"PostgreSQL did not start; the reason is at the end of {self.log}.")
            if time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL is not ready after {LONGEST_START_SECONDS} s; see {self.log}.")
            time.sleep(POLL_SECONDS)

    def _status(self) -> list[str]:
        """Return the lines of the server's own note: its process first, its state last."""
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _is_ready(self, pid: int | None = None) -> bool:
        lines = self._status()
        return len(lines) >= 8 and lines[7].strip() == "ready" and pid in (None, int(lines[0]))

    def _running_server(self) -> psutil.Process | None:
        lines = self._status()
        try:
            process = psutil.Process(int(lines[0])) if lines else None
            # The number may meanwhile belong to something else: after a restart of the machine it often does.
            return process if process and str(self.data) in process.cmdline() else None
        except psutil.NoSuchProcess:
            return None


@contextmanager
def throwaway_cluster(folder: Path) -> Iterator[Cluster]:
    """Run a PostgreSQL for tests, with roles and databases: the real one, but not waiting for the disk."""
    with Cluster(folder, durable=False) as cluster:
        cluster.ensure_databases()
        yield cluster


def lock(path: Path) -> IO[str]:
    """Hold a file as long as this process lives. The system lets go of it, however the process ends.

    Raises:
        ClusterInUse: another process holds it; the message names it.
    """
    file = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.readline().strip()
        file.close()
        raise ClusterInUse(
            f"Clinic Suite is already running in this folder, as process {holder}; stop it first."
        ) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _end(server: psutil.Process) -> None:
    """Stop a server; one that will not stop in order is stopped as by a power cut, from which it recovers."""
    for number in (FAST, AT_ONCE):
        try:
            server.send_signal(number)
            server.wait(LONGEST_STOP_SECONDS)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return
    server.kill()
