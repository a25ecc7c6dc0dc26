"""Every page against everybody, generated from the portal's own routes (B52, B59, B66)."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Rule

from shared.auth.decorators import Access
from shared.auth.permissions import Role, permissions_of
from shared.auth.tokens import STAFF
from tests.cast import OLGA, service_token, staff_token
from tests.databases import Databases
from tests.faults.doors import flaw_of, path_of, rules
from tests.faults.front_doors import AS_PROGRAM, Portal, opened_portal, send
from tests.portal.conftest import BROWSER

OPEN = {
    "/docs",
    "/healthz",
    "/openapi.json",
    "/readyz",
    "/sign-in",
    "/sign-out",
    "/static/<digest>/<path:filename>",
    "/v1/token",
}
# The sibling services are away in these tests: a page that needs them says so.
AWAY = {502, 503}


@pytest.fixture(scope="module")
def portal(databases: Databases, keys_dir: Path) -> Iterator[Portal]:
    with opened_portal(databases, keys_dir) as found:
        yield found


def guarded(portal: Portal) -> list[tuple[str, Rule, Access]]:
    return [(method, rule, access) for method, rule, access in rules(portal.app) if access.kind == STAFF]


def writing(portal: Portal) -> list[tuple[str, str]]:
    """Return every way to change something that a cookie could open."""
    return [
        (method, path_of(rule, {}))
        for method, rule, _ in rules(portal.app)
        if method != "GET" and not rule.rule.startswith("/v1/")
    ]


def test_only_what_somebody_without_an_account_needs_is_open(portal: Portal) -> None:
    assert {rule.rule for _, rule, access in rules(portal.app) if access.kind == "public"} == OPEN
    assert {access.kind for _, _, access in rules(portal.app)} == {"public", "metrics", STAFF}


def test_nobody_comes_in_without_signing_in(portal: Portal) -> None:
    before, flaws = portal.stored(), {}

    for method, rule, _ in guarded(portal):
        answer = portal.app.test_client().open(path_of(rule, {}), method=method, headers=AS_PROGRAM)
        # What changes something is stopped earlier, because nothing proves that a page of ours sent it.
        if flaw := flaw_of(answer, *((401,) if method == "GET" else (401, 403))):
            flaws[f"{method} {rule.rule}"] = flaw

    assert flaws == {}
    assert portal.stored() == before


def test_a_browser_without_session_is_led_to_the_sign_in_page(portal: Portal) -> None:
    for method, rule, _ in guarded(portal):
        if method == "GET":
            answer = portal.app.test_client().get(path_of(rule, {}), headers={"Accept": BROWSER})

            assert answer.status_code == 303, rule.rule
            assert urlsplit(answer.headers["Location"]).path == "/sign-in", rule.rule
            assert urlsplit(answer.headers["Location"]).netloc == "", rule.rule


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_pages_and_no_other(portal: Portal, role: Role) -> None:
    browser, granted = portal.browsers[role], permissions_of(frozenset({role}))
    token = browser.csrf_token("/password")
    before, wrong = portal.stored(), []

    for method, rule, access in guarded(portal):
        answer = send(browser, method, path_of(rule, {}), token)
        if access.permission is not None and access.permission not in granted:
            if (flaw := flaw_of(answer, 403)) or answer.json["type"] != "/problems/forbidden":
                wrong.append(f"{method} {rule.rule} for {role}: {flaw or answer.json['type']}")
        elif answer.status_code in {401, 403} or (
            answer.status_code >= 500 and answer.status_code not in AWAY
        ):
            wrong.append(
                f"{method} {rule.rule} is closed to {role}: {answer.status_code} {answer.text[:200]}"
            )

    assert wrong == []
    after = portal.stored()
    # An empty form for a new password counts as a wrong one.
    assert {table for table in after if after[table] != before[table]} <= {"drafts", "sign_in_tries"}


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("no proof", {}),
        ("an empty proof", {"X_CSRFToken": ""}),
        ("a proof that is none", {"X_CSRFToken": "x" * 40}),
        ("accents as proof", {"X_CSRFToken": "\u00e9" * 40}),
        ("a form type scripts may send unasked", {"Content_Type": "text/plain"}),
        ("JSON in a form", {"Content_Type": "application/json"}),
    ],
)
def test_nothing_changes_without_the_proof_of_a_page_of_ours(
    portal: Portal, name: str, headers: dict[str, str]
) -> None:
    """B52."""
    owner, before = portal.browsers[Role.OWNER], portal.stored()

    flaws = {
        path: flaw
        for method, path in writing(portal)
        if (flaw := flaw_of(send(owner, method, path, **headers), 403))
    }

    assert flaws == {}, name
    assert portal.stored() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_nothing_changes_from_another_site_even_with_a_proof(portal: Portal, headers: dict[str, str]) -> None:
    """B52: a proof may leak; where a request comes from is said by the browser."""
    owner, before = portal.browsers[Role.OWNER], portal.stored()
    token = owner.csrf_token("/password")

    flaws = {
        path: flaw
        for method, path in writing(portal)
        if (flaw := flaw_of(send(owner, method, path, token, **headers), 403))
    }

    assert flaws == {}
    assert portal.stored() == before


def test_the_proof_of_somebody_else_is_none(portal: Portal) -> None:
    """B52: taken from another person's page."""
    owner, before = portal.browsers[Role.OWNER], portal.stored()
    token = portal.browsers[Role.FRONT_DESK].csrf_token("/password")

    assert [path for method, path in writing(portal) if flaw_of(send(owner, method, path, token), 403)] == []
    assert portal.stored() == before


def test_a_token_for_programs_opens_no_page(portal: Portal, keys_dir: Path) -> None:
    """B66: pages are for sessions, the APIs for tokens."""
    for token in (staff_token(keys_dir, OLGA), service_token(keys_dir, "billing", "portal")):
        headers = {**AS_PROGRAM, "Authorization": f"Bearer {token}"}
        for method, rule, _ in guarded(portal):
            if method == "GET":
                answer = portal.app.test_client().get(path_of(rule, {}), headers=headers)
                assert flaw_of(answer, 401) == "", rule.rule


def test_reading_changes_nothing(portal: Portal) -> None:
    """B52: a link, a picture, a preview: whatever makes a browser read."""
    owner, before = portal.browsers[Role.OWNER], portal.stored()

    for method, rule, _ in rules(portal.app):
        if method == "GET":
            for question in ("", "?action=delete&role=owner&confirm=yes", "?next=//evil.example"):
                answer = owner.get(path_of(rule, {}) + question)
                assert answer.status_code < 500 or answer.status_code in AWAY, (rule.rule, answer.text)
                assert "evil" not in answer.headers.get("Location", ""), rule.rule

    assert portal.stored() == before


def test_no_page_is_kept_by_a_cache_or_shown_in_a_frame(portal: Portal) -> None:
    owner = portal.browsers[Role.OWNER]
    for method, rule, _ in guarded(portal):
        if method == "GET":
            answer = owner.get(path_of(rule, {}))

            assert answer.headers["Cache-Control"] == "no-store", rule.rule
            policy = answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, rule.rule
            assert not re.search(r"unsafe-(inline|eval)|\*|https?:", policy), rule.rule
            assert answer.headers["X-Content-Type-Options"] == "nosniff", rule.rule
