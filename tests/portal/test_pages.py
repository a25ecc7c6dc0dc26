"""What is true of every page: guarded, with the right headers, and a refusal people can read."""

import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from services.portal.app import create_app
from services.portal.static_files import FOLDER, digest_of
from shared.auth.decorators import Access
from shared.db import Database
from tests.databases import ServiceDatabase
from tests.portal.conftest import BROWSER, PEOPLE, Browser
from tests.settings import settings_for

PUBLIC = {
    ("/sign-in", "GET"),
    ("/sign-in", "POST"),
    ("/sign-out", "POST"),
    ("/v1/token", "POST"),
    ("/healthz", "GET"),
    ("/readyz", "GET"),
    ("/openapi.json", "GET"),
    ("/docs", "GET"),
    ("/static/<digest>/<path:filename>", "GET"),
}


def _routes(app: Flask) -> list[tuple[str, str, str]]:
    """Return rule, method and a path that fits it, for every route."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<uuid:\w+>", str(uuid4()), rule.rule)
        path = re.sub(r"<path:\w+>", "css/base.css", path)
        path = re.sub(r"<\w+>", "something", path)
        found += [(rule.rule, method, path) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def test_every_route_says_who_may_call_it_and_few_are_open(portal_app: Flask) -> None:
    open_routes = set()
    for rule in portal_app.url_map.iter_rules():
        access = portal_app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
        assert isinstance(access, Access)
        if access.kind == "public":
            assert access.reason
            open_routes |= {(rule.rule, method) for method in rule.methods - {"HEAD", "OPTIONS"}}

    assert open_routes == PUBLIC


def test_every_other_route_refuses_somebody_not_signed_in(portal_app: Flask, portal: Browser) -> None:
    token = portal.csrf_token()
    for rule, method, path in _routes(portal_app):
        if (rule, method) in PUBLIC or rule == "/metrics":
            continue

        answer = portal.client.open(
            path, method=method, headers={"Accept": "application/json", "X-CSRFToken": token}
        )

        assert answer.status_code == 401, (method, rule)
        assert answer.json["type"] == "/problems/not-signed-in", (method, rule)


def test_every_answer_has_its_headers(portal_app: Flask, owner: Browser) -> None:
    for rule, method, path in _routes(portal_app):
        answer = owner.client.open(path, method=method, headers={"Accept": BROWSER})
        answer.close()

        # Billing and inventory are not there in this test: saying so is the right answer.
        assert answer.status_code < 500 or answer.status_code == 503, (method, rule)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule
        assert re.fullmatch(r"[a-f0-9]{32}", answer.headers["X-Request-Id"]), rule
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, rule
        assert "frame-ancestors 'none'" in policy, rule
        assert "unsafe" not in policy, rule
        if "/static/" not in rule:
            assert answer.headers["Cache-Control"] == "no-store", rule


def test_a_page_allows_only_what_is_its_own(portal: Browser) -> None:
    headers = portal.get("/sign-in").headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Vary"] == "Cookie, Accept"
    assert "Strict-Transport-Security" not in headers


def test_pages_hold_no_inline_script_or_style(owner: Browser) -> None:
    for path in ("/admin/staff", "/password", "/nothing-here"):
        page = owner.get(path).text

        assert not re.search(r"<script(?![^>]* src=)", page)
        assert not re.search(r"<style|\sstyle=|\son\w+=", page)
        assert not re.search(r'(src|href)="(https?:)?//', page)


def test_styles_are_kept_for_ever_under_an_address_that_names_their_content(portal: Browser) -> None:
    address = re.search(r'href="(/static/[^"]+/css/base\.css)"', portal.get("/sign-in").text)
    assert address

    fresh, stale = portal.get(address[1]), portal.get("/static/0123456789abcdef/css/base.css")

    assert f"/{digest_of(FOLDER)}/" in address[1]
    content = fresh.data, stale.data
    fresh.close()
    stale.close()
    assert fresh.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert stale.headers["Cache-Control"] == "no-cache"
    assert set(content) == {(FOLDER / "css/base.css").read_bytes()}
    assert "Set-Cookie" not in fresh.headers


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "css/../../app.py", "/etc/passwd", "css", ""])
def test_nothing_else_is_served_as_a_file(portal: Browser, path: str) -> None:
    assert portal.get(f"/static/x/{path}").status_code in {308, 404}


@pytest.mark.parametrize("path", ["/console", "/.git/config", "/.env", "/admin", "/nothing"])
def test_what_is_not_there_is_a_page_with_words(owner: Browser, path: str) -> None:
    answer = owner.get(path)

    assert answer.status_code == 404
    assert answer.content_type == "text/html; charset=utf-8"
    assert "There is no such page" in answer.text
    assert "Check the address, or start from the page of your day." in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_refusal_is_a_document_for_a_program(owner: Browser) -> None:
    answer = owner.get("/nothing", headers={"Accept": "application/json"})

    assert answer.json is not None
    assert answer.json["type"] == "/problems/not-found"


def test_an_unknown_host_is_refused(portal: Browser) -> None:
    answer = portal.get("/sign-in", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_headers_that_claim_another_address_or_person_change_nothing(portal: Browser) -> None:
    claims = {"X-Forwarded-For": "127.0.0.1", "X-User-Id": "1", "X-Original-URL": "/admin/staff"}

    answer = portal.get("/admin/staff", headers=claims)

    assert answer.status_code == 303


def test_metrics_are_not_public(portal: Browser) -> None:
    assert portal.get("/metrics", headers={"Accept": "*/*"}).status_code == 401


def test_a_database_that_is_away_is_said_in_words(keys_dir: Path) -> None:
    address = "postgresql://nobody@127.0.0.1:1/nothing"
    app = create_app(settings_for("portal", address, keys_dir), Database(address))
    browser = Browser(app)
    browser.client.set_cookie("clinic_session", "a" * 43)

    answer = browser.get("/admin/staff")

    assert answer.status_code == 503
    assert "Nothing you did is lost. Try again in a moment." in answer.text
    assert answer.headers["Retry-After"] == "2"
    assert browser.get("/healthz").status_code == 200


def test_behind_a_trusted_proxy_the_address_of_the_person_counts(
    portal_database: ServiceDatabase, keys_dir: Path
) -> None:
    settings = settings_for("portal", portal_database.app_url, keys_dir, trusted_proxies=1)
    app = create_app(settings, portal_database.app)
    app.extensions["clock"] = lambda: datetime.now(UTC)

    Browser(app).post(
        "/sign-in",
        {"email": "nobody@demo.clinic", "password": "x"},
        headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.20"},
    )

    buckets = portal_database.rows("SELECT bucket FROM sign_in_tries WHERE bucket LIKE 'address:%'")
    assert buckets == [("address:198.51.100.20",)]


LABELS = {
    "anna_owner": ["Today", "Till", "Patients", "Stock", "Invoices", "Journal", "Staff"],
    "dora_desk": ["Today", "Till", "Patients", "Stock", "Invoices"],
    "cleo_clinician": ["Today", "Patients", "Stock"],
    "mara_manager": ["Today", "Till", "Patients", "Stock", "Invoices"],
    "abel_accountant": ["Stock", "Invoices", "Journal"],
}


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_sees_the_ways_they_use(portal: Browser, name: str) -> None:
    portal.sign_in(name)

    page = portal.get("/password").text

    entries = page.split('aria-label="Pages">')[1].split("</nav>")[0]
    assert re.findall(r">(\w+)<kbd", entries) == LABELS[name]
    assert PEOPLE[name][0] in page


def test_the_way_one_is_on_is_marked(owner: Browser) -> None:
    page = owner.get("/admin/staff").text

    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["/admin/staff"]


def test_the_demo_says_so_on_every_page(portal_database: ServiceDatabase, keys_dir: Path) -> None:
    settings = settings_for("portal", portal_database.app_url, keys_dir, environment="demo")
    browser = Browser(create_app(settings, portal_database.app))

    assert "Demo clinic: sample data, this machine only" in browser.get("/sign-in").text
    assert "Demo clinic: sample data, this machine only" in browser.get("/nothing").text


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ('"><script>', "auto")])
def test_the_chosen_light_is_drawn_at_once(portal: Browser, cookie: str, theme: str) -> None:
    portal.client.set_cookie("theme", cookie)

    assert f'data-theme="{theme}"' in portal.get("/sign-in").text
