"""Generated secrets: made once, private, never empty."""

import subprocess
from pathlib import Path

import pytest

from suite.environment import ROOT
from suite.errors import CannotStart
from suite.secret_files import SecretFiles


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    secrets = SecretFiles(tmp_path / "secrets")

    first, second = secrets.get("a"), SecretFiles(tmp_path / "secrets").get("a")

    assert first == second
    assert len(first) == 64
    assert secrets.get("b") != first
    assert (tmp_path / "secrets" / "a").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in (tmp_path / "secrets").iterdir()) == ["a", "b"]


def test_an_empty_or_missing_secret_is_never_used(tmp_path: Path) -> None:
    secrets = SecretFiles(tmp_path)
    (tmp_path / "empty").touch()

    with pytest.raises(CannotStart, match="is empty"):
        secrets.get("empty")
    with pytest.raises(CannotStart, match="cannot be read"):
        secrets.read("missing")


def test_the_compose_secrets_agree_with_each_other_and_stay(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy" / "compose-secrets.sh"
    script.write_bytes((ROOT / "deploy" / "compose-secrets.sh").read_bytes())
    folder = tmp_path / "var" / "secrets" / "compose"

    read = []
    for _ in range(2):
        subprocess.run(["sh", script], check=True, stdout=subprocess.DEVNULL)
        read.append({path.name: path.read_text() for path in folder.iterdir()})

    assert read[0] == read[1]
    assert read[0]["postgres_admin_password"].strip() in read[0]["admin_database_url"]
    assert len(set(read[0].values())) == len(read[0]) == 10
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(read[0]["portal_secret_key"].strip()) == 64
