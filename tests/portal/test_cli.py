"""Accounts from a terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.portal.cli import main
from tests.databases import ServiceDatabase
from tests.portal.conftest import PEOPLE

Run = Callable[..., Result]


@pytest.fixture
def run(portal_database: ServiceDatabase, keys_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CLINIC_ENV", "test")
    monkeypatch.setenv("CLINIC_KEYS_DIR", str(keys_dir))
    monkeypatch.setenv("PORTAL_DATABASE_URL", portal_database.app_url)
    monkeypatch.setenv("PORTAL_SECRET_KEY", "a secret of the tests, 32 characters long")
    return lambda *arguments, **kwargs: CliRunner().invoke(main, list(arguments), **kwargs)


ADD = ("staff", "add", "Rana@Demo.Clinic", "--name", "Rana New", "--role", "clinician", "--clinic", "main")


def test_a_colleague_is_added_with_a_password_that_works_once(
    run: Run, portal_database: ServiceDatabase
) -> None:
    done = run(*ADD)

    assert done.exit_code == 0
    assert "rana@demo.clinic  Rana New  clinician  main  active" in done.output
    assert "Password for the first sign-in: " in done.output
    assert portal_database.value("SELECT must_change_password FROM staff WHERE email LIKE 'rana%'") is True


def test_a_typed_password_need_not_be_changed(run: Run, portal_database: ServiceDatabase) -> None:
    done = run(*ADD, "--ask-password", input="a long typed password\n")

    assert done.exit_code == 0
    assert portal_database.value("SELECT must_change_password FROM staff WHERE email LIKE 'rana%'") is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*ADD[:-1], "nowhere"), "There is no clinic nowhere."),
        (("staff", "disable", "nobody@demo.clinic"), "There is no account nobody@demo.clinic."),
        (("staff", "disable", "anna_owner@demo.clinic"), "Make somebody else an owner first."),
        (("staff", "roles", "anna_owner@demo.clinic", "--role", "manager"), "Make somebody else an owner"),
        (("clinics", "add", "Bad Name", "--name", "x"), "Use a short name in small letters"),
    ],
)
def test_a_refusal_is_one_clear_line(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)

    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output


def test_an_account_is_disabled_enabled_and_changed(run: Run) -> None:
    email = "dora_desk@demo.clinic"
    outputs = [
        run("staff", "disable", email).output,
        run("staff", "enable", email).output,
        run("staff", "roles", email, "--role", "manager", "--role", "clinician").output,
        run("clinics", "add", "harbor", "--name", "Harbour").output,
        run("staff", "clinics", email, "--clinic", "harbor").output,
        run("staff", "reset-password", email).output,
    ]

    assert [output.splitlines()[0] for output in outputs] == [
        f"{email}  Dora Desk  front_desk  main  disabled",
        f"{email}  Dora Desk  front_desk  main  active",
        f"{email}  Dora Desk  clinician,manager  main  active",
        "harbor  Harbour",
        f"{email}  Dora Desk  clinician,manager  harbor  active",
        f"{email}  Dora Desk  clinician,manager  harbor  active",
    ]


def test_everybody_is_listed(run: Run) -> None:
    assert len(run("staff", "list").output.splitlines()) == len(PEOPLE)
