"""Keys, versions, methods, hosts and questions that are none (B31 to B36, B39): refused, nothing written."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.databases import Databases
from tests.faults.doors import APIS, Door, flaw_of, guarded, opened, path_of
from tests.faults.valid import Valid, requests_of, writer

BAD_KEYS = (
    "",
    " ",
    "a" * 201,
    "a" * 300,
    "../../x",
    "\u00e9",
    "\u00f0\u009f\u0098\u0080",
    "a b",
    "a/b",
    "-a",
    "a,b",
    '"a"',
    "a\tb",
)


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_is_none_makes_nothing(door: Door, key: str) -> None:
    """B35."""
    before = door.stored()
    for valid in making(door):
        answer = valid.send(writer(door, valid), headers={"Idempotency-Key": key})
        assert flaw_of(answer, 400) == "", valid.name

    assert door.stored() == before


def making(door: Door) -> list[Valid]:
    return [valid for valid in requests_of(door) if valid.status == 201]


def test_no_key_or_two_keys_make_nothing(door: Door) -> None:
    """B35."""
    before = door.stored()
    for valid in making(door):
        client = writer(door, valid)
        token = ("Authorization", f"Bearer {client._token}")
        for keys in ([], ["one", "two"], ["same", "same"]):
            headers = [token, *(("Idempotency-Key", key) for key in keys)]
            answer = door.app.test_client().post(valid.path, json=valid.body, headers=headers)
            assert flaw_of(answer, 400) == "", (valid.name, keys)

    assert door.stored() == before


@pytest.mark.parametrize(
    "version",
    ["", "1", "*", '"*"', 'W/"1"', '"-1"', '"1", "2"', '"9999999999"', '"\u0661"', '"1"x', "\u00e9"],
)
def test_a_version_that_is_none_changes_nothing(door: Door, version: str) -> None:
    """B39."""
    before = door.stored()
    for valid in requests_of(door):
        if "If-Match" in valid.headers:
            answer = valid.send(writer(door, valid), headers={"If-Match": version})
            assert flaw_of(answer, 400) == "", valid.name

    assert door.stored() == before


def test_a_change_without_a_version_or_of_another_is_refused(door: Door) -> None:
    """B39."""
    before, changes = door.stored(), [valid for valid in requests_of(door) if "If-Match" in valid.headers]

    assert changes != []
    for valid in changes:
        client = writer(door, valid)
        bare = client._send(valid.method, valid.path, json=valid.body)
        assert flaw_of(bare, 428) == "", valid.name
        assert flaw_of(valid.send(client, headers={"If-Match": '"7"'}), 412) == "", valid.name

    assert door.stored() == before


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "POST", "CONNECT", "PROPFIND", "GETT"])
def test_a_method_that_a_route_does_not_know_is_refused_by_name(door: Door, method: str) -> None:
    """B31."""
    known: dict[str, set[str]] = {}
    for _, rule, _ in guarded(door):
        known.setdefault(path_of(rule, door.ids), set()).update(rule.methods or set())

    before = door.stored()
    for path, methods in known.items():
        if method not in methods:
            answer = door.owner._send(method, path, headers={"Idempotency-Key": uuid4().hex})
            assert flaw_of(answer, 405) == "", path
            assert set(answer.headers["Allow"].split(", ")) >= methods - {"HEAD", "OPTIONS"}, path

    assert door.stored() == before


def test_no_header_makes_a_reading_a_writing(door: Door) -> None:
    """B31, B33."""
    before = door.stored()
    headers = {
        "X-HTTP-Method-Override": "DELETE",
        "X-Method-Override": "DELETE",
        "X-Original-URL": "/admin",
        "X-Rewrite-URL": "/metrics",
        "X-User-Id": "1",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example",
        "Range": "bytes=0-1,0-1,0-1",
        "Accept": "text/html, ../../etc/passwd",
        "Accept-Language": "x" * 2000,
    }

    for _, rule, _ in guarded(door):
        if "GET" in (rule.methods or set()):
            path = path_of(rule, door.ids)
            answer = door.owner.get(path, headers=headers)
            assert answer.status_code == 200, (path, answer.text)
            assert "evil" not in str(answer.headers), path

    assert door.stored() == before


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1:99999", "", "a b", "localhost@evil", "[::1"]
)
def test_another_host_is_not_ours(door: Door, host: str) -> None:
    """B33."""
    answer = door.owner.get("/healthz", headers={"Host": host})

    assert flaw_of(answer, 400) == ""


@pytest.mark.parametrize(
    "question",
    [
        *(
            "limit=0",
            "limit=-1",
            "limit=1000000000",
            "limit=201",
            "limit=1e2",
            "limit=NaN",
            "limit=\u0661",
            "limit=",
            "limit=5 ",
        ),
        *(
            "offset=-1",
            "page=NaN",
            "sort=password_hash",
            "fields=*",
            "clinic=1",
            "limit=1&limit=2",
            "clinic_id=main&clinic_id=harbor",
        ),
        *(
            "clinic_id=",
            "clinic_id=*",
            "clinic_id=main,harbor",
            "clinic_id=MAIN",
            "clinic_id[]=main",
            "clinic_id=%00",
            "clinic_id=%ff",
        ),
        *(
            "cursor=",
            "cursor=x",
            "cursor=%00",
            "cursor=bnVsbA==",
            "cursor=W10=",
            "cursor=" + "A" * 3000,
            "__proto__=1",
        ),
        *(
            "cursor=WyJcdWQ4MDAiLCJcdWQ4MDAiXQ==",
            "cursor=WzEsMl0=",
            "cursor=W1tdLFtdXQ==",
            "cursor=WyJhIiwiYiIsImMiLCJkIl0=",
        ),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_every_list(door: Door, question: str) -> None:
    """B32, B36."""
    document = door.owner.get("/openapi.json").json
    lists = {
        path: {parameter["name"] for parameter in operations["get"].get("parameters", [])}
        for path, operations in document["paths"].items()
        if "get" in operations and "{" not in path
    }

    assert len(lists) > 3
    for path in [path for path, names in lists.items() if names]:
        answer = door.owner.get(f"{path}?{question}")
        # A list that does not page, or is the same at every clinic, refuses the very name.
        assert flaw_of(answer, 400, 404, 422) == "", (path, question)
