"""Days that no calendar has, or that no clinic means (B84 to B88)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from shared.clock import utc_now
from tests.databases import Databases
from tests.faults.doors import APIS, Door, flaw_of, opened
from tests.faults.mutations import CODE, DATE, ID, flaws, places

NOT_A_DAY = (
    *(
        "0000-00-00",
        "2026-02-30",
        "2026-13-01",
        "2025-02-29",
        "20240230",
        "20260228",
        "2024-W01-1",
        "2026-059",
    ),
    *(
        "12/11/26",
        "11.12.2026",
        "2026-1-1",
        "2026-02-28T10:00:00",
        "2026-02-28T10:00:00Z",
        "2026-02-28 ",
        "+2026-02-28",
    ),
    *(
        "0001-01-01",
        "9999-12-31",
        "1999-12-31",
        "2101-01-01",
        "10000-01-01",
        "9999-12-31T23:59:59-12:00",
        "-2026-01-01",
    ),
    *(
        "2026\u201102\u201128",
        "\u0662\u0660\u0662\u0666-\u0660\u0662-\u0662\u0668",
        "today",
        "now",
        "",
        " ",
        "null",
        "1 day ago",
    ),
    *("2026-02-28\u0000", "2026-02-28;DROP TABLE visits", "infinity", "epoch", "1" * 10_000),
)
NOT_TEXT = ("20260228", "1.5", "true", "[]", "{}", '["2026-02-28"]', "NaN")
NOT_AN_ID = (
    *(
        '"0"',
        '"-1"',
        '"me"',
        '"1;"',
        '""',
        '"../../etc/passwd"',
        "5",
        "-1",
        "1.5",
        "true",
        "[]",
        "{}",
        '"\\u0000"',
    ),
    *(
        '"01a1fa5d-b5df-74f7-0000-00000000000g"',
        '"01a1fa5d-b5df-74f7-0000-00000000000000"',
        '"\\ud800"',
        '"' + "a" * 5000 + '"',
    ),
)


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


def test_a_day_that_is_none_is_refused_in_every_field(door: Door) -> None:
    before = door.stored()
    # An expiry may also name a month, so it is published as a code.
    found = [place for place in places(door, DATE, CODE) if str(place.path[-1]).endswith("_on")]

    assert found != []
    assert flaws(door, found, [*map(json.dumps, NOT_A_DAY), *NOT_TEXT]) == {}
    assert door.stored() == before


def test_an_id_that_is_none_is_refused_in_every_field(door: Door) -> None:
    before, found = door.stored(), places(door, ID)

    assert found != []
    assert flaws(door, found, NOT_AN_ID) == {}
    assert door.stored() == before


def test_an_id_that_nothing_has_finds_nothing(door: Door) -> None:
    before = door.stored()
    found = [place for place in places(door, ID) if place.name != "POST /v1/shortages /visit_id"]

    assert (
        flaws(
            door,
            found,
            ['"00000000-0000-0000-0000-000000000000"', '"ffffffff-ffff-ffff-ffff-ffffffffffff"'],
            404,
        )
        == {}
    )
    assert door.stored() == before


def test_a_day_that_is_none_is_refused_in_every_question(door: Door) -> None:
    asked = 0
    for path, name in _day_parameters(door):
        for text in NOT_A_DAY:
            asked += 1
            answer = door.owner.get(f"{path}?{name}={quote(text)}")
            assert flaw_of(answer, 400, 422) == "", (path, name, text)

    assert asked > 50


def test_a_range_that_ends_before_it_begins_is_refused(door: Door) -> None:
    """B88."""
    paths = {path for path, name in _day_parameters(door) if name == "from"}

    assert paths != set()
    for path in paths:
        assert flaw_of(door.owner.get(f"{path}?from=2026-03-02&to=2026-03-01"), 422) == "", path
        assert door.owner.get(f"{path}?from=2026-03-02&to=2026-03-02").status_code == 200, path


def _day_parameters(door: Door) -> list[tuple[str, str]]:
    document = door.owner.get("/openapi.json").json
    return [
        (path, parameter["name"])
        for path, operations in document["paths"].items()
        if "{" not in path
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["schema"].get("format") == "date"
    ]


def test_a_visit_is_opened_for_today_or_soon(databases: Databases, keys_dir: Path) -> None:
    """B86."""
    with opened("billing", databases, keys_dir) as billing:
        before = billing.stored()
        body = {"clinic_id": "main", "patient_id": billing.ids["patient_id"]}
        for days in (-2, -400, 400, 10_000):
            day = (utc_now() + timedelta(days=days)).date().isoformat()
            assert flaw_of(billing.owner.post("/v1/visits", {**body, "visit_on": day}), 422) == "", day

        assert billing.stored() == before


@pytest.mark.parametrize(
    "expires_on", ["1900-01-01", "2999-01-01", "2026-00", "2026-13", "2026-02-00", "26-02", "2026"]
)
def test_a_lot_that_expires_in_another_age_is_refused(
    databases: Databases, keys_dir: Path, expires_on: str
) -> None:
    """B86, B89."""
    with opened("inventory", databases, keys_dir) as inventory:
        before = inventory.stored()
        body = {"clinic_id": "main", "sku": "HA-SERUM", "lot": "X1", "expires_on": expires_on}

        answers = [
            inventory.owner.post("/v1/lots", body),
            inventory.owner.post("/v1/receipts", {**body, "quantity": "1", "cost_cents": 1}),
        ]

        assert [flaw_of(answer, 422) for answer in answers] == ["", ""]
        assert inventory.stored() == before
