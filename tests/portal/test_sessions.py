"""A session lives as long as somebody works, says what is true now, and ends when it should."""

from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from services.portal.app import create_app
from tests.databases import ServiceDatabase
from tests.portal.conftest import PASSWORD, Browser, Clock
from tests.settings import settings_for


def _is_in(browser: Browser) -> bool:
    return browser.get("/password").status_code == 200


def test_a_session_ends_after_half_an_hour_without_a_request(dora: Browser, clock: Clock) -> None:
    clock.move(minutes=29)
    still = _is_in(dora)
    clock.move(minutes=30)

    assert still
    assert not _is_in(dora)


def test_a_session_ends_after_twelve_hours_however_busy(dora: Browser, clock: Clock) -> None:
    for _ in range(24):
        assert _is_in(dora)
        clock.move(minutes=29.9)
    clock.move(minutes=10)

    assert not _is_in(dora)


def test_being_seen_is_written_at_most_once_a_minute(
    dora: Browser, clock: Clock, portal_database: ServiceDatabase
) -> None:
    begun = portal_database.value("SELECT last_seen_at FROM sessions")
    clock.move(seconds=59)
    _is_in(dora)
    within = portal_database.value("SELECT last_seen_at FROM sessions")
    clock.move(seconds=1)
    _is_in(dora)

    assert within == begun
    assert portal_database.value("SELECT last_seen_at FROM sessions") == clock.time


def test_a_disabled_person_is_out_at_their_next_request(
    dora: Browser, owner: Browser, staff_ids: dict[str, UUID]
) -> None:
    assert _is_in(dora)

    owner.post(f"/admin/staff/{staff_ids['dora_desk']}/disable", page="/admin/staff")

    assert not _is_in(dora)


def test_a_new_role_holds_from_the_next_request(
    dora: Browser, owner: Browser, staff_ids: dict[str, UUID]
) -> None:
    before = dora.get("/admin/staff").status_code
    path = f"/admin/staff/{staff_ids['dora_desk']}/roles"
    owner.post(path, {"roles": "owner"}, page="/admin/staff")
    during = dora.get("/admin/staff").status_code
    owner.post(path, {"roles": "front_desk"}, page="/admin/staff")

    assert (before, during, dora.get("/admin/staff").status_code) == (403, 200, 403)


def test_signing_out_ends_the_session_for_good(dora: Browser) -> None:
    session_id = dora.cookie().value

    answer = dora.post("/sign-out", page="/password")
    dora.client.set_cookie("clinic_session", session_id)

    assert answer.location == "/sign-in"
    assert not _is_in(dora)


def test_signing_out_everywhere_ends_the_other_sessions(dora: Browser, portal_app: Flask) -> None:
    other = Browser(portal_app)
    other.sign_in("dora_desk")

    dora.post("/sign-out", {"everywhere": "yes"}, page="/password")

    assert not _is_in(other)


def _change(browser: Browser, current: str, new: str, again: str | None = None) -> object:
    form = {"current_password": current, "new_password": new, "repeated_password": again or new}
    return browser.post("/password", form, page="/password")


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(dora: Browser, portal_app: Flask) -> None:
    other = Browser(portal_app)
    other.sign_in("dora_desk")
    before = dora.cookie().value

    answer = _change(dora, PASSWORD, "another long password")

    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert _is_in(dora)
    assert dora.cookie().value != before
    assert not _is_in(other)
    assert other.sign_in("dora_desk").status_code == 401
    assert other.sign_in("dora_desk", "another long password").status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "words"),
    [
        ("wrong", "another long password", None, "This is not your password."),
        (PASSWORD, "too short", None, "Use between 12 and 256 characters."),
        (PASSWORD, "x" * 257, None, "Use between 12 and 256 characters."),
        (PASSWORD, PASSWORD, None, "Choose a different one than before."),
        (PASSWORD, "another long password", "a typing mistake", "The two are not the same."),
        (PASSWORD, "dora_desk@demo.clinic", None, "Leave your own e-mail address out of it."),
    ],
)
def test_what_is_wrong_with_a_new_password_stands_beside_its_field(
    dora: Browser, current: str, new: str, again: str | None, words: str
) -> None:
    answer = _change(dora, current, new, again)

    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert words in answer.text  # type: ignore[attr-defined]
    assert PASSWORD not in answer.text  # type: ignore[attr-defined]


def test_the_working_clinic_is_kept_in_the_session(owner: Browser) -> None:
    first = owner.get("/password").text

    answer = owner.post("/clinic", {"clinic_id": "main", "next": "/password"}, page="/password")

    assert "· Harbor clinic</title>" in first
    assert answer.location == "/password"
    assert "· Main clinic</title>" in owner.get("/password").text


@pytest.mark.parametrize("clinic_id", ["harbor", "nowhere", "", "main\x00"])
def test_nobody_switches_to_a_clinic_they_do_not_work_at(dora: Browser, clinic_id: str) -> None:
    answer = dora.post("/clinic", {"clinic_id": clinic_id}, page="/password")

    assert answer.status_code == 404
    assert "· Main clinic</title>" in dora.get("/password").text


def test_two_session_cookies_are_refused(dora: Browser, portal_app: Flask) -> None:
    answer = portal_app.test_client(use_cookies=False).get(
        "/password", headers={"Cookie": f"clinic_session={dora.cookie().value}; clinic_session=planted"}
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("value", ["", "x", "a" * 43, "a" * 5000, "é" * 43, "';--"])
def test_a_session_that_never_was_lets_nobody_in(portal_app: Flask, value: str) -> None:
    answer = portal_app.test_client(use_cookies=False).get(
        "/password", headers={"Cookie": f"clinic_session={value}", "Accept": "application/json"}
    )

    assert answer.status_code == 401


def test_in_the_http_demo_cookies_have_plain_names(portal: Browser) -> None:
    cookies = portal.sign_in("dora_desk").headers.getlist("Set-Cookie")

    session = next(cookie for cookie in cookies if cookie.startswith("clinic_session="))
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "Path=/" in session
    assert "Secure" not in session
    assert "Domain" not in session


def test_in_production_cookies_are_bound_to_the_host_and_to_tls(
    portal_database: ServiceDatabase, keys_dir: Path
) -> None:
    settings = settings_for(
        "portal",
        portal_database.app_url,
        keys_dir,
        environment="production",
        portal_url="https://clinic.example",
        trusted_hosts=("localhost",),
    )
    app = create_app(settings, portal_database.app)
    client = app.test_client()
    page = client.get("/sign-in", base_url="https://localhost", headers={"Accept": "text/html"})
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]

    answer = client.post(
        "/sign-in",
        base_url="https://localhost",
        data={"email": "dora_desk@demo.clinic", "password": PASSWORD, "csrf_token": token},
    )

    cookies = [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {"__Host-clinic_visitor", "__Host-clinic_session", "__Host-clinic_device"}
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_password_given_by_somebody_else_must_be_replaced_first(
    portal_app: Flask, owner: Browser, staff_ids: dict[str, UUID]
) -> None:
    shown = owner.post(f"/admin/staff/{staff_ids['dora_desk']}/password", page="/admin/staff").text
    password = shown.split("data-one-time-password>")[1].split("<")[0]
    dora = Browser(portal_app)
    dora.sign_in("dora_desk", password)

    home, program = dora.get("/"), dora.get("/", headers={"Accept": "application/json"})
    _change(dora, password, "a password of my own")

    assert home.location == "/password"
    assert program.status_code == 403
    assert dora.get("/").location == "/desk/today"
