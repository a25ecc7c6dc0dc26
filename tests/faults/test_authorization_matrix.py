"""Every route against everybody: what each may do comes from the routes themselves, none can be forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.auth.permissions import Role
from shared.auth.tokens import SERVICE
from tests.cast import HAL, person
from tests.databases import Databases
from tests.faults.doors import (
    APIS,
    BY_ROLE,
    SIBLING,
    Door,
    call,
    flaw_of,
    guarded,
    may,
    opened,
    path_of,
    rules,
)
from tests.faults.valid import requests_of, writer

OPEN = {"/healthz", "/readyz", "/openapi.json", "/docs"}


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


def test_only_what_is_no_secret_is_open(door: Door) -> None:
    assert {rule.rule for _, rule, access in rules(door.app) if access.kind == "public"} == OPEN
    assert {rule.rule for _, rule, access in rules(door.app) if access.kind == "metrics"} == {"/metrics"}


def test_nobody_comes_in_without_saying_who_they_are(door: Door) -> None:
    before = door.stored()

    flaws = {
        f"{method} {rule.rule}": flaw
        for method, rule, _ in guarded(door)
        if (flaw := flaw_of(door.app.test_client().open(path_of(rule, door.ids), method=method), 401))
    }

    assert flaws == {}
    assert door.stored() == before


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_doors_and_no_other(door: Door, role: Role) -> None:
    client = door.clients.as_(BY_ROLE[role])
    before, wrong = door.stored(), []

    for method, rule, access in guarded(door):
        answer = call(client, method, path_of(rule, {}))
        if may(BY_ROLE[role], access):
            if answer.status_code in {401, 403} or answer.status_code >= 500:
                wrong.append(f"{method} {rule.rule} is closed: {answer.status_code}")
        elif flaw := flaw_of(answer, 403):
            wrong.append(f"{method} {rule.rule}: {flaw}")

    assert wrong == []
    assert door.stored() == before


def test_a_person_without_any_role_opens_nothing(door: Door) -> None:
    nobody = door.clients.as_(person("Nils Nobody", "janitor"))

    assert [
        rule.rule
        for method, rule, _ in guarded(door)
        if flaw_of(call(nobody, method, path_of(rule, {})), 403)
    ] == []


@pytest.mark.parametrize("sender", ["billing", "inventory", "portal"])
def test_a_service_opens_only_what_is_meant_for_it(door: Door, sender: str) -> None:
    client = door.clients.as_service(sender)
    wrong = []

    for method, rule, access in guarded(door):
        answer = call(client, method, path_of(rule, door.ids))
        if access.kind == SERVICE and sender in access.services:
            if answer.status_code in {401, 403} or answer.status_code >= 500:
                wrong.append(f"{method} {rule.rule} is closed to {sender}: {answer.status_code}")
        elif flaw := flaw_of(answer, 403):
            wrong.append(f"{method} {rule.rule} by {sender}: {flaw}")

    assert wrong == []


def test_events_are_taken_from_the_sibling_alone(door: Door) -> None:
    senders = [access.services for _, rule, access in guarded(door) if rule.rule == "/v1/events"]

    assert senders == [frozenset({SIBLING[door.service]})]


def test_writing_what_a_role_may_not_changes_nothing(door: Door) -> None:
    """B63: whole, good requests by everybody whose role does not cover them."""
    allowed = {f"{method} {rule.rule}": access for method, rule, access in guarded(door)}
    before, flaws = door.stored(), {}

    for actor in (*BY_ROLE.values(), HAL):
        for valid in requests_of(door):
            if not may(actor, allowed[valid.name]) and (
                flaw := flaw_of(valid.send(door.clients.as_(actor)), 403)
            ):
                flaws[f"{valid.name} by {actor.name}"] = flaw

    assert flaws == {}
    assert door.stored() == before


def test_a_field_cannot_raise_what_a_role_may(door: Door) -> None:
    """B30, B64: fields that would make one rich, if anybody read them."""
    gold = {
        "role": "owner",
        "roles": ["owner"],
        "paid": True,
        "number": 1,
        "status_code": 1,
        "unit_cents": 1,
        "actor": "x",
    }
    before, flaws = door.stored(), {}

    for valid in requests_of(door):
        if isinstance(valid.body, dict):
            for name, value in gold.items():
                answer = valid.send(writer(door, valid), json={**valid.body, name: value})
                if flaw := flaw_of(answer, 422):
                    flaws[f"{valid.name} with {name}"] = flaw

    assert flaws == {}
    assert door.stored() == before
