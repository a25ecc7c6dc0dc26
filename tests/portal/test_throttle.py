"""Guessing gets slower; somebody who works here is never shut out by a stranger."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.databases import ServiceDatabase
from tests.portal.conftest import PASSWORD, Browser, Clock


def _fail(browser: Browser, times: int, email: str = "dora_desk@demo.clinic") -> list[int]:
    form = {"email": email, "password": "wrong password"}
    return [browser.post("/sign-in", form).status_code for _ in range(times)]


def test_after_five_failures_even_the_right_password_must_wait(portal: Browser, clock: Clock) -> None:
    assert _fail(portal, 5) == [401] * 5

    at_once = portal.sign_in("dora_desk")
    clock.move(seconds=29)
    too_soon = portal.sign_in("dora_desk")
    clock.move(seconds=2)
    in_time = portal.sign_in("dora_desk")

    assert (at_once.status_code, too_soon.status_code, in_time.status_code) == (429, 429, 303)
    assert at_once.headers["Retry-After"] == "31"
    assert "Too many tries that failed. Wait" in at_once.text


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    portal: Browser, clock: Clock
) -> None:
    _fail(portal, 5)
    waits = []
    for _ in range(7):
        blocked = portal.sign_in("dora_desk", "wrong password")
        waits.append(int(blocked.headers["Retry-After"]) - 1)
        clock.move(seconds=waits[-1] + 1)
        assert _fail(portal, 1) == [401]

    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_an_account_that_does_not_exist_is_slowed_down_the_same_way(portal: Browser) -> None:
    assert _fail(portal, 6, "nobody@demo.clinic") == [401] * 5 + [429]


def test_a_stranger_cannot_shut_out_a_device_that_has_signed_in_before(portal_app: Flask) -> None:
    own, stranger = Browser(portal_app), Browser(portal_app, address="203.0.113.9")
    own.sign_in("dora_desk")
    own.post("/sign-out")
    assert _fail(stranger, 6)[-1] == 429

    answer = own.sign_in("dora_desk")

    assert answer.status_code == 303


def test_a_known_device_is_slowed_down_too_and_alone(portal_app: Flask) -> None:
    own, other = Browser(portal_app), Browser(portal_app, address="203.0.113.9")
    own.sign_in("dora_desk")

    statuses = _fail(own, 6)

    assert statuses == [401] * 5 + [429]
    assert other.sign_in("dora_desk").status_code == 303


def test_a_device_of_one_person_is_not_trusted_for_another(portal: Browser) -> None:
    portal.sign_in("dora_desk")

    statuses = _fail(portal, 6, "anna_owner@demo.clinic")

    assert statuses == [401] * 5 + [429]


def test_an_invented_device_is_not_trusted(portal_app: Flask) -> None:
    statuses = []
    for number in range(6):
        browser = Browser(portal_app)
        browser.client.set_cookie("clinic_device", f"invented-{number}")
        statuses += _fail(browser, 1)

    assert statuses == [401] * 5 + [429]


def test_trying_one_password_on_many_accounts_slows_the_address_down(portal_app: Flask) -> None:
    browser = Browser(portal_app, address="203.0.113.9")
    statuses = [_fail(browser, 1, f"person{number}@demo.clinic")[0] for number in range(21)]

    elsewhere = Browser(portal_app, address="198.51.100.7").sign_in("dora_desk")

    assert statuses == [401] * 20 + [429]
    assert elsewhere.status_code == 303


def test_a_right_password_forgets_the_failures_before_it(portal: Browser) -> None:
    _fail(portal, 4)

    portal.sign_in("dora_desk")

    assert _fail(portal, 5) == [401] * 5


def test_guesses_at_the_same_moment_gain_nothing(portal_app: Flask) -> None:
    browsers = [Browser(portal_app) for _ in range(12)]
    forms = [
        {"email": "dora_desk@demo.clinic", "password": "wrong", "csrf_token": browser.csrf_token()}
        for browser in browsers
    ]

    with ThreadPoolExecutor(12) as pool:
        answers = pool.map(lambda pair: pair[0].send("/sign-in", pair[1]), zip(browsers, forms, strict=True))

    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


def test_tries_while_waiting_do_not_lengthen_the_wait(portal: Browser, clock: Clock) -> None:
    _fail(portal, 5)
    assert _fail(portal, 3) == [429] * 3

    clock.move(seconds=31)

    assert portal.sign_in("dora_desk").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/v1/token"])
def test_pages_and_tokens_count_together(portal: Browser, portal_app: Flask, path: str) -> None:
    _fail(portal, 5)

    token = portal_app.test_client().post(
        "/v1/token", json={"email": "dora_desk@demo.clinic", "password": PASSWORD}
    )

    assert token.status_code == 429
    assert token.headers["Retry-After"] == "31"


def test_counts_are_forgotten_after_a_day(
    portal: Browser, clock: Clock, portal_database: ServiceDatabase
) -> None:
    _fail(portal, 4)
    clock.move(hours=25)

    assert _fail(portal, 5) == [401] * 5
    clock.move(hours=25)
    portal.sign_in("anna_owner")

    assert portal_database.value("SELECT count(*) FROM sign_in_tries WHERE bucket LIKE 'account:%'") == 0


def test_the_address_of_an_account_is_not_written_down(
    portal: Browser, portal_database: ServiceDatabase
) -> None:
    _fail(portal, 1)

    assert "dora" not in str(portal_database.rows("SELECT bucket FROM sign_in_tries"))
