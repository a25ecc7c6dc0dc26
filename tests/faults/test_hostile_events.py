"""Events that are no events: each is answered for itself, the rest goes through, nothing half is written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from shared.events.cloud import CONTENT_TYPE
from tests.databases import Databases
from tests.faults.doors import APIS, SIBLING, Door, flaw_of, opened
from tests.faults.valid import requests_of

NUL, HALF = "a\x00b", "\ud800"
WRONG_ENVELOPES: dict[str, dict[str, Any]] = {
    "no id": {"id": None},
    "an id that is none": {"id": "1"},
    "an id that is a number": {"id": 7},
    "an id that is a list": {"id": []},
    "another source": {"source": "/portal"},
    "its receiver as source": {"source": "/nobody"},
    "no type": {"type": None},
    "a type of another service": {"type": "patient.deleted"},
    "a type that is a list": {"type": ["stock.valued"]},
    "a half type": {"type": HALF},
    "no subject": {"subject": None},
    "a subject that is none": {"subject": "visit"},
    "no clinic": {"clinicid": None},
    "a clinic nobody knows": {"clinicid": "moon"},
    "every clinic": {"clinicid": "*"},
    "a clinic with NUL": {"clinicid": "main\x00"},
    "half a clinic": {"clinicid": HALF},
    "a clinic that is a list": {"clinicid": ["main"]},
    "no time": {"time": None},
    "a time without zone": {"time": "2026-03-02T17:00:00"},
    "a time that is none": {"time": "yesterday"},
    "a time that is a number": {"time": 1772470800},
    "no data": {"data": None},
    "data in text": {"data": "{}"},
    "data in a list": {"data": [1]},
    "empty data": {"data": {}},
}
WRONG_VALUES: tuple[Any, ...] = (
    *(
        None,
        "",
        " ",
        7,
        -7,
        1.5,
        True,
        [],
        {},
        [1],
        {"a": 1},
        NUL,
        HALF,
        "x" * 5000,
        "1E+600000",
        "NaN",
        "-0",
    ),
    *(
        "0001-01-01",
        "2026-02-30",
        "9999-12-31T23:59:59-12:00",
        10**30,
        "00000000-0000-0000-0000-000000000000",
        "*",
    ),
)


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


def good_event(door: Door) -> dict[str, Any]:
    (valid,) = [valid for valid in requests_of(door) if valid.by_service]
    event: dict[str, Any] = valid.body[0]
    return event


def tell(door: Door, *events: Any) -> TestResponse:
    return door.clients.as_service(SIBLING[door.service]).post(
        "/v1/events", list(events), key=None, content_type=CONTENT_TYPE
    )


@pytest.mark.parametrize("name", WRONG_ENVELOPES)
def test_an_event_that_cannot_be_read_is_rejected_and_leaves_nothing(door: Door, name: str) -> None:
    before = door.stored()

    answer = tell(door, {**good_event(door), **WRONG_ENVELOPES[name]})

    assert answer.status_code == 200, answer.text
    assert [result["status"] for result in answer.json["results"]] == ["rejected"], answer.text
    assert door.stored() == before


@pytest.mark.parametrize("event", [None, 1, "x", [], [[]], True, {}, {"id": {}}, {"id": "\ud800"}])
def test_what_is_no_event_at_all_is_rejected(door: Door, event: Any) -> None:
    before = door.stored()

    answer = tell(door, event)

    assert answer.status_code == 200, answer.text
    assert [result["status"] for result in answer.json["results"]] == ["rejected"]
    assert door.stored() == before


@pytest.mark.parametrize("batch", [None, 1, "x", {}, {"id": "x"}, True])
def test_what_is_no_batch_is_refused(door: Door, batch: Any) -> None:
    before = door.stored()

    answer = door.clients.as_service(SIBLING[door.service]).post(
        "/v1/events", batch, key=None, content_type=CONTENT_TYPE
    )

    assert flaw_of(answer, 400, 413, 422) == ""
    assert door.stored() == before


def test_every_value_of_the_data_may_be_wrong_in_every_way(door: Door) -> None:
    """Booked, or rejected for ever: never kept for later, never a failure, and never half."""
    wrong: list[Any] = []
    for path in _paths(good_event(door)["data"]):
        before, statuses = door.stored(), {}
        for value in WRONG_VALUES:
            event = {**good_event(door), "id": str(uuid4())}
            event["data"] = _replaced(event["data"], path, value)
            answer = tell(door, event)
            statuses[str(value)[:40]] = (
                answer.json["results"][0]["status"] if answer.status_code == 200 else answer.text
            )
        if not set(statuses.values()) <= {"applied", "rejected"}:
            wrong.append((path, statuses))
        if "applied" not in statuses.values() and door.stored() != before:
            wrong.append((path, "half written"))

    assert wrong == []


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*at, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:1]):
            yield from _paths(inner, (*at, number))


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


def test_one_bad_event_holds_up_nobody_else(databases: Databases, keys_dir: Path) -> None:
    for service in APIS:
        with opened(service, databases, keys_dir) as door:
            good = good_event(door)
            bad = {**good, "id": str(uuid4()), "clinicid": "moon"}
            worse = {**good, "id": str(uuid4()), "data": {**good["data"], "business_date": NUL}}

            answer = tell(door, bad, good, worse, "x", good)

            statuses = {result["id"]: result["status"] for result in answer.json["results"]}
            assert statuses[good["id"]] == "applied", service
            assert statuses[bad["id"]] == statuses[worse["id"]] == "rejected", service
            assert tell(door, good).json["results"][0]["status"] == "duplicate", service
