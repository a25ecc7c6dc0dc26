"""Nothing of one clinic reaches another: not by id, not inside a body, not in a list (B60, B61)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.auth.tokens import Actor
from tests.cast import HANA, OLGA, person
from tests.databases import Databases
from tests.faults.doors import APIS, Door, call, flaw_of, guarded, may, opened, path_of
from tests.faults.valid import of_a_clinic


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


def test_what_belongs_to_another_clinic_is_not_there(door: Door) -> None:
    """B60: Hana manages Harbor, and has every permission of a manager. Main's things do not exist for her."""
    hana = door.clients.as_(HANA)
    before, flaws = door.stored(), {}
    paths = [
        rule
        for method, rule, access in guarded(door)
        if method == "GET" and may(HANA, access) and rule.arguments
    ]

    for rule in paths:
        if flaw := flaw_of(call(hana, "GET", path_of(rule, door.ids)), 404):
            flaws[rule.rule] = flaw
    for valid in of_a_clinic(door, HANA):
        if flaw := flaw_of(valid.send(hana), 404):
            flaws[valid.name] = flaw

    assert paths != []
    assert flaws == {}
    assert door.stored() == before


def test_the_same_things_are_there_for_whoever_works_at_their_clinic(door: Door) -> None:
    """The matrix above would also pass if nothing were ever found."""
    paths = [rule for method, rule, access in guarded(door) if method == "GET" and rule.arguments]

    assert [
        rule.rule for rule in paths if call(door.owner, "GET", path_of(rule, door.ids)).status_code != 200
    ] == []


def test_lists_of_another_clinic_are_refused_and_ones_own_hold_nothing_of_it(door: Door) -> None:
    """B61: no datum of Main reaches Harbor's manager, whatever she asks a list for."""
    hana = door.clients.as_(HANA)
    secrets = set(door.ids.values()) | {"Lopez"}
    leaks = []

    for path, parameters in _lists(door, HANA).items():
        if "clinic_id" in parameters and flaw_of(hana.get(f"{path}?clinic_id=main"), 404):
            leaks.append(f"{path}?clinic_id=main")
        asked = ["", *(f"?{name}={value}" for name, value in door.ids.items() if name in parameters)]
        if "query" in parameters:
            asked.append("?query=lopez")
        for question in asked:
            answer = hana.get(path + question)
            if answer.status_code not in {200, 404} or any(
                secret in answer.text for secret in _unasked(secrets, question)
            ):
                leaks.append(f"{path}{question}: {answer.status_code} {answer.text[:200]}")

    assert leaks == []


def _lists(door: Door, actor: Actor) -> dict[str, set[str]]:
    allowed = {rule.rule for method, rule, access in guarded(door) if method == "GET" and may(actor, access)}
    document = door.owner.get("/openapi.json").json
    return {
        path: {parameter["name"] for parameter in operations["get"].get("parameters", [])}
        for path, operations in document["paths"].items()
        if "get" in operations and "{" not in path and path in allowed
    }


def _unasked(secrets: set[str], question: str) -> set[str]:
    """A refusal may repeat what was asked, and nothing else."""
    return {secret for secret in secrets if secret not in question}


def test_a_person_of_two_clinics_sees_both_and_one_of_none_sees_nothing(door: Door) -> None:
    homeless = door.clients.as_(person("Nora Nowhere", "owner", clinics=()))

    for path, parameters in _lists(door, OLGA).items():
        if "clinic_id" in parameters:
            assert homeless.get(path).json["items"] == [], path
            assert door.owner.get(f"{path}?clinic_id=harbor").status_code == 200, path
