"""`make run` on a machine that is not as needed: one line, and nothing started."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from suite import checks
from suite.environment import ROOT
from suite.errors import CannotStart


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def start(folder: Path, first_port: int) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "CLINIC_VAR_DIR": str(folder), "CLINIC_FIRST_PORT": str(first_port)}
    return subprocess.run(
        [sys.executable, "-m", "suite", "run"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_port_in_use_is_one_line_and_nothing_is_started(folder: Path, taken_port: int) -> None:
    refused = start(folder, taken_port)

    assert refused.returncode == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert f"Port {taken_port} on 127.0.0.1, which portal needs, is in use" in line
    assert [path.name for path in folder.iterdir()] == ["postgres.lock"]


def test_a_folder_that_cannot_be_written_is_one_line(folder: Path, taken_port: int) -> None:
    (folder / "file").touch()

    refused = start(folder / "file" / "var", taken_port)

    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "Nothing can be written to" in line


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE_BYTES", 1 << 62)

    with pytest.raises(CannotStart, match="MB left"):
        checks.check_folder(tmp_path)


def test_ports_that_are_free_are_free_again_afterwards() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    checks.check_ports({"portal": port})
    checks.check_ports({"portal": port})


@pytest.mark.parametrize(
    ("path", "words"),
    [("", "python3 is not there; install Python 3.11 or newer"), ("old", "Python 3.11 or newer is needed")],
)
def test_a_missing_or_old_python_is_one_line(tmp_path: Path, path: str, words: str) -> None:
    (tmp_path / "requirements").mkdir()
    for name in ("install.sh", "run.txt", "uv.txt"):
        (tmp_path / "requirements" / name).write_bytes((ROOT / "requirements" / name).read_bytes())
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("sh", "cat", "cksum", "dirname", "env"):
        (programs / program).symlink_to(
            Path("/bin") / program if program == "sh" else Path("/usr/bin") / program
        )
    if path == "old":
        old = programs / "python3"
        old.write_text('#!/bin/sh\ncase "$2" in *exit*) exit 1;; *) echo 3.9.2;; esac\n', encoding="utf-8")
        old.chmod(0o755)

    refused = subprocess.run(
        ["/bin/sh", tmp_path / "requirements" / "install.sh", "run"],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert words in line
    assert not (tmp_path / ".venv").exists()
