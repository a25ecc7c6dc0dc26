"""The requests that hostile ones are made from are themselves good, one for each way of writing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.faults.doors import APIS, Door, opened, rules
from tests.faults.valid import requests_of, writer


@pytest.fixture(params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


def test_there_is_one_for_each_way_of_writing(door: Door) -> None:
    writing = {f"{method} {rule.rule}" for method, rule, _ in rules(door.app) if method != "GET"}

    assert {valid.name for valid in requests_of(door)} == writing


def test_each_of_them_is_accepted(door: Door) -> None:
    for valid in requests_of(door):
        answer = valid.send(writer(door, valid))

        assert answer.status_code == valid.status, (valid.name, answer.text)
        if valid.by_service:
            assert [result["status"] for result in answer.json["results"]] == ["applied"], answer.json


def test_each_of_them_fills_every_field_that_is_published(door: Door) -> None:
    document = door.owner.get("/openapi.json").json
    for valid in requests_of(door):
        if valid.method == "DELETE" or valid.by_service:
            continue
        published = _published(document, valid.path, valid.rule, valid.method)

        assert set(valid.body) == published, valid.name


def _published(document: dict[str, Any], path: str, rule: str, method: str) -> set[str]:
    operation = document["paths"][_template(rule)][method.lower()]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    named = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert named["properties"], path
    return set(named["properties"])


def _template(rule: str) -> str:
    return rule.replace("<uuid:", "{").replace(">", "}")
