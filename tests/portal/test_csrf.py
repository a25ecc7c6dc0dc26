"""No other site can make a signed-in person's browser act (B52)."""

import pytest
from flask import Flask

from tests.databases import ServiceDatabase
from tests.portal.conftest import PASSWORD, Browser

NEW = {"name": "Eve", "email": "eve@demo.clinic", "roles": "owner", "clinics": "main"}


def _refused(answer: object, database: ServiceDatabase) -> None:
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert database.value("SELECT count(*) FROM staff WHERE email LIKE 'eve%'") == 0


def test_a_form_without_its_proof_is_refused(owner: Browser, portal_database: ServiceDatabase) -> None:
    _refused(owner.send("/admin/staff", NEW), portal_database)


@pytest.mark.parametrize("token", ["", "x", "é", "🗝", "a.b.c", "x" * 10_000, "\x00"])
def test_a_form_with_a_made_up_proof_is_refused(
    owner: Browser, portal_database: ServiceDatabase, token: str
) -> None:
    _refused(owner.send("/admin/staff", {**NEW, "csrf_token": token}), portal_database)


def test_the_proof_of_another_session_is_refused(
    owner: Browser, dora: Browser, portal_database: ServiceDatabase
) -> None:
    other = dora.csrf_token("/password")

    _refused(owner.send("/admin/staff", {**NEW, "csrf_token": other}), portal_database)


def test_the_proof_from_before_signing_in_is_refused(
    portal: Browser, portal_database: ServiceDatabase
) -> None:
    visitor = portal.csrf_token()
    portal.sign_in("anna_owner")

    _refused(portal.send("/admin/staff", {**NEW, "csrf_token": visitor}), portal_database)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
    ],
)
def test_a_form_from_another_site_is_refused_even_with_a_proof(
    owner: Browser, portal_database: ServiceDatabase, headers: dict[str, str]
) -> None:
    _refused(owner.post("/admin/staff", NEW, page="/admin/staff", headers=headers), portal_database)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {"Origin": "http://localhost"}, {}],
)
def test_our_own_form_is_taken(owner: Browser, headers: dict[str, str]) -> None:
    answer = owner.post("/admin/staff", NEW, page="/admin/staff", headers=headers)

    assert answer.status_code == 201


def test_text_that_pretends_to_be_a_form_is_refused(owner: Browser, portal_database: ServiceDatabase) -> None:
    answer = owner.client.post("/admin/staff", data="name=Eve&roles=owner", content_type="text/plain")

    _refused(answer, portal_database)


def test_signing_somebody_in_from_another_site_is_refused(portal_app: Flask) -> None:
    browser = Browser(portal_app)

    answer = browser.send("/sign-in", {"email": "dora_desk@demo.clinic", "password": PASSWORD})

    assert answer.status_code == 403
    assert browser.cookie() is None


def test_a_get_changes_nothing(owner: Browser) -> None:
    for path in ("/sign-out", "/clinic", "/drafts/till"):
        assert owner.get(path).status_code == 405

    assert owner.get("/password").status_code == 200


def test_a_header_with_the_proof_serves_scripts(dora: Browser) -> None:
    token = dora.csrf_token("/password")

    answer = dora.send("/drafts/till", {"line": "face"}, headers={"X-CSRFToken": token})

    assert answer.status_code == 204


def test_the_method_cannot_be_overridden(owner: Browser) -> None:
    answer = owner.get("/sign-out", headers={"X-HTTP-Method-Override": "POST"})

    assert answer.status_code == 405
    assert owner.get("/password").status_code == 200
