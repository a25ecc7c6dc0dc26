"""`POST /v1/token`: ten minutes of access for a program, and a problem document for everything else."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from openapi_spec_validator import validate

from shared.auth.tokens import KeyRing
from shared.clock import utc_now
from shared.errors import TokenInvalid
from tests.portal.conftest import PASSWORD, Browser

GOOD = {"email": "abel_accountant@demo.clinic", "password": PASSWORD}


def _ask(app: Flask, **kwargs: Any) -> Any:
    return app.test_client().post("/v1/token", **kwargs)


def test_a_token_speaks_for_the_person_at_billing_and_inventory(
    portal_app: Flask, keys_dir: Path, staff_ids: dict[str, UUID]
) -> None:
    answer = _ask(portal_app, json=GOOD)

    body = answer.json
    assert answer.status_code == 200
    assert {name: body[name] for name in ("token_type", "expires_in", "roles")} == {
        "token_type": "Bearer",
        "expires_in": 600,
        "roles": ["accountant"],
    }
    assert body["clinics"] == [
        {"clinic_id": "harbor", "name": "Harbor clinic"},
        {"clinic_id": "main", "name": "Main clinic"},
    ]
    for audience in ("billing", "inventory"):
        actor = KeyRing.from_folder(keys_dir, audience).verify(
            body["access_token"], audience=audience, now=utc_now()
        )
        assert actor.subject == str(staff_ids["abel_accountant"])
        assert (actor.roles, actor.clinics) == ({"accountant"}, {"main", "harbor"})
    with pytest.raises(TokenInvalid):
        KeyRing.from_folder(keys_dir, "portal").verify(body["access_token"], audience="portal", now=utc_now())


def test_a_wrong_name_and_a_wrong_password_get_the_same_document(portal_app: Flask) -> None:
    documents = [
        _ask(portal_app, json={**GOOD, **change})
        for change in ({"email": "nobody@demo.clinic"}, {"password": "wrong"}, {"email": ""})
    ]

    bodies = [{**answer.json, "request_id": ""} for answer in documents]
    assert {answer.status_code for answer in documents} == {401}
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["type"] == "/problems/sign-in-refused"
    assert documents[0].headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"email":"a@b.c","email":"c@d.e","password":"x"}', 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"x"', 422),
        (b"1", 422),
        (b"", 400),
        ('{"email":"a@b.c","password":"x"}'.encode("utf-16"), 400),
        (b'\xef\xbb\xbf{"email":"a@b.c","password":"x"}', 400),
        (b'{"email":"\xff","password":"x"}', 400),
        (b'{"email":"a@b.c","password":"x","role":"owner"}', 422),
        (b'{"email":"a@b.c"}', 422),
        (b'{"email":1,"password":true}', 422),
        (b'{"email":null,"password":null}', 422),
        (b'{"email":"a@b.c","password":NaN}', 400),
        (b'{"email":"a@b.c","password":"\\ud800"}', 401),
        (b'{"email":"\\ud800","password":"x"}', 401),
        (b'{"email":"a@b.c\\u0000","password":"\\u0000"}', 401),
        (b'{"email":"a@b.c","password":"' + b"x" * 1_000_000 + b'"}', 401),
        (b'{"email":"a@b.c","password":"' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
def test_a_bad_body_is_refused_with_a_document(portal_app: Flask, body: bytes, status: int) -> None:
    answer = _ask(portal_app, data=body, content_type="application/json")

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json", "Host": "evil.example"}, 400),
    ],
)
def test_a_bad_envelope_is_refused(portal_app: Flask, headers: dict[str, str], status: int) -> None:
    answer = _ask(portal_app, data=b'{"email":"a@b.c","password":"x"}', headers=headers)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_not_there(portal_app: Flask, method: str) -> None:
    answer = portal_app.test_client().open("/v1/token", method=method, headers={"Accept": "text/html"})

    assert answer.status_code == 405
    assert answer.content_type == "application/problem+json"


def test_no_cookie_is_read_or_set(owner: Browser) -> None:
    answer = owner.client.post("/v1/token", json=GOOD)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a_disabled_account_gets_no_token(
    portal_app: Flask, owner: Browser, staff_ids: dict[str, UUID]
) -> None:
    owner.post(f"/admin/staff/{staff_ids['abel_accountant']}/disable", page="/admin/staff")

    assert _ask(portal_app, json=GOOD).status_code == 401


def test_a_password_given_by_somebody_else_gets_no_token(
    portal_app: Flask, owner: Browser, staff_ids: dict[str, UUID]
) -> None:
    shown = owner.post(f"/admin/staff/{staff_ids['abel_accountant']}/password", page="/admin/staff").text
    password = shown.split("data-one-time-password>")[1].split("<")[0]

    answer = _ask(portal_app, json={**GOOD, "password": password})

    assert (answer.status_code, answer.json["type"]) == (403, "/problems/password-change-needed")


def test_the_token_route_is_published(portal_app: Flask) -> None:
    document: Any = portal_app.test_client().get("/openapi.json").json

    validate(document)
    assert document["paths"]["/v1/token"]["post"]["security"] == []
