"""`make run` as a person meets it: the whole suite, its real processes, Ctrl-C and kill -9."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from suite.checks import check_ports
from suite.environment import ROOT
from suite.errors import CannotStart
from suite.supervision import MARK


@pytest.fixture
def first_port() -> int:
    """The first of three ports in a row that nobody uses."""
    for _ in range(100):
        port = random.randrange(20000, 30000)
        with suppress(CannotStart):
            check_ports({"a": port, "b": port + 1, "c": port + 2})
            return port
    raise AssertionError("no three free ports in a row")


@pytest.fixture
def start(folder: Path, first_port: int) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the suite in `folder`; whatever is still there in the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(**more: str) -> subprocess.Popen[str]:
        told = {
            "CLINIC_ENV": "test",
            "CLINIC_VAR_DIR": str(folder),
            "CLINIC_FIRST_PORT": str(first_port),
            **more,
        }
        started.append(
            subprocess.Popen(
                [sys.executable, "-u", "-m", "suite", "run"],
                cwd=ROOT,
                env=os.environ | told,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()
    wait_for(lambda: not alive(folder))


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it never said {words!r}, but: {said}")


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def alive(folder: Path) -> list[psutil.Process]:
    """Every process that works in `folder`: those of the suite by their mark, PostgreSQL by its arguments."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            arguments = process.cmdline()
            if process.environ().get(MARK) == str(folder) or str(folder / "postgres") in arguments:
                found.append(process)
    return found


def master(folder: Path, port: int) -> psutil.Process:
    """The process that opened `port` for its workers."""
    found = [
        process
        for process in alive(folder)
        if "gunicorn" in process.cmdline() and process.environ().get("CLINIC_BIND", "").endswith(f":{port}")
    ]
    return min(found, key=lambda process: process.create_time())


def is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_a_service_that_dies_is_started_again_and_ctrl_c_stops_everything(
    start: Callable[..., subprocess.Popen[str]], folder: Path, first_port: int
) -> None:
    suite = start()
    read_until(suite, "Ctrl-C stops it")
    assert all(is_ready(port) for port in range(first_port, first_port + 3))

    inventory = master(folder, first_port + 2)
    inventory.kill()
    said = read_until(suite, "inventory ended")
    assert str(folder / "logs" / "inventory.log") in said
    wait_for(lambda: is_ready(first_port + 2))
    assert is_ready(first_port + 1)

    suite.send_signal(signal.SIGINT)
    assert "The data is kept" in read_until(suite, "Stopped")
    assert suite.wait(30) == 0
    assert alive(folder) == []
    check_ports({"portal": first_port, "billing": first_port + 1, "inventory": first_port + 2})


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start clears them away")
def test_nothing_is_left_behind_when_it_is_killed_and_it_starts_again(
    start: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    killed = start()
    read_until(killed, "Ctrl-C stops it")
    assert len(alive(folder)) >= 10

    killed.kill()
    killed.wait()
    again = start()

    read_until(again, "Ctrl-C stops it")
    again.send_signal(signal.SIGTERM)
    read_until(again, "Stopped")
    assert again.wait(30) == 0
    assert alive(folder) == []


def test_a_service_that_cannot_start_stops_the_rest_with_its_reason(
    start: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    suite = start(CLINIC_POOL_SIZE="many")

    said = read_until(suite, "ended while starting")

    assert "CLINIC_POOL_SIZE" in said
    assert suite.wait(30) == 1
    assert alive(folder) == []
