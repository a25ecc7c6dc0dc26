"""Coming in: the right page for each, the same refusal for every wrong reason."""

import pytest
from argon2 import PasswordHasher
from flask import Flask

from shared.auth import passwords
from tests.databases import ServiceDatabase
from tests.portal.conftest import PASSWORD, Browser


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("dora_desk", "/desk/today"),
        ("cleo_clinician", "/desk/today"),
        ("anna_owner", "/desk/today"),
        ("mara_manager", "/stock"),
        ("abel_accountant", "/books/invoices"),
    ],
)
def test_everybody_lands_on_the_page_of_their_day(portal: Browser, name: str, page: str) -> None:
    answer = portal.sign_in(name)

    home = portal.get("/")

    assert (answer.status_code, answer.location) == (303, "/")
    assert (home.status_code, home.location) == (303, page)


def test_the_address_is_found_however_it_is_written(portal: Browser) -> None:
    answer = portal.post("/sign-in", {"email": "  Dora_DESK@Demo.Clinic ", "password": PASSWORD})

    assert answer.status_code == 303


def test_wrong_name_wrong_password_and_disabled_account_read_the_same(
    portal_app: Flask, portal_database: ServiceDatabase, owner: Browser, staff_ids: dict[str, object]
) -> None:
    owner.post(f"/admin/staff/{staff_ids['mara_manager']}/disable", page="/admin/staff")

    answers = [
        Browser(portal_app).post("/sign-in", {"email": email, "password": password})
        for email, password in (
            ("nobody@demo.clinic", PASSWORD),
            ("dora_desk@demo.clinic", "wrong password"),
            ("mara_manager@demo.clinic", PASSWORD),
            ("not an address", PASSWORD),
            ("dora_desk@demo.clinic\x00", PASSWORD),
        )
    ]

    words = "The e-mail address and the password do not belong together."
    assert {answer.status_code for answer in answers} == {401}
    assert all(words in answer.text for answer in answers)


def test_every_wrong_reason_costs_exactly_one_hash(
    portal_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords.matches(None, "warm")
    verified: list[bytes] = []
    original = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, given: bytes) -> bool:
        verified.append(given)
        return original(self, stored, given)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    counts = []
    for email in ("nobody@demo.clinic", "dora_desk@demo.clinic", "no address at all", ""):
        before = len(verified)
        Browser(portal_app).post("/sign-in", {"email": email, "password": "wrong"})
        counts.append(len(verified) - before)

    assert counts == [1, 1, 1, 1]


def test_strange_passwords_are_refused_like_any_other(portal_app: Flask) -> None:
    for password in ("nul\x00inside and more", "x" * 100_000, "", "🗝" * 200):
        answer = Browser(portal_app).post(
            "/sign-in", {"email": "dora_desk@demo.clinic", "password": password}
        )

        assert answer.status_code == 401


def test_a_password_of_a_megabyte_is_too_large_to_be_read(portal: Browser) -> None:
    answer = portal.post("/sign-in", {"email": "dora_desk@demo.clinic", "password": "x" * 1_100_000})

    assert answer.status_code == 413


def test_signing_in_gives_a_new_session_and_ends_the_one_before(
    portal: Browser, portal_database: ServiceDatabase
) -> None:
    portal.client.set_cookie("clinic_session", "a" * 43)
    portal.sign_in("dora_desk")
    first = portal.cookie().value

    portal.sign_in("dora_desk")

    assert "a" * 43 not in {first, portal.cookie().value}
    assert first != portal.cookie().value
    assert portal_database.value("SELECT count(*) FROM sessions WHERE ended_at IS NULL") == 1


def test_only_a_hash_of_the_session_is_stored(portal: Browser, portal_database: ServiceDatabase) -> None:
    portal.sign_in("dora_desk")

    stored = str(portal_database.rows("SELECT * FROM sessions"))

    assert portal.cookie().value not in stored


def test_visitors_leave_no_row(portal: Browser, portal_database: ServiceDatabase) -> None:
    portal.get("/sign-in")
    portal.get("/desk/today")

    assert portal_database.value("SELECT count(*) FROM sessions") == 0


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https:evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:x\r\nx",
        "/sign-out",
        "desk/today",
        "/" * 3,
    ],
)
def test_signing_in_leads_nowhere_else(portal: Browser, address: str) -> None:
    answer = portal.sign_in("dora_desk", next_path=address)

    assert answer.location == "/"


def test_signing_in_leads_back_to_where_one_was(portal: Browser) -> None:
    asked = portal.get("/desk/patients?q=lopez")

    answer = portal.sign_in("dora_desk", next_path="/desk/patients?q=lopez")

    assert asked.status_code in {303, 404}
    assert answer.location == "/desk/patients?q=lopez"


def test_a_page_asks_to_sign_in_and_remembers_itself(portal: Browser) -> None:
    answer = portal.get("/admin/staff?show=all")

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/admin/staff%3Fshow%3Dall")


def test_a_program_is_told_instead_of_led(portal: Browser) -> None:
    answer = portal.get("/admin/staff", headers={"Accept": "*/*"})

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["type"] == "/problems/not-signed-in"
