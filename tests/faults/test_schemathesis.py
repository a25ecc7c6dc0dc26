"""Requests made up from the published documents: no failure, and no answer that the document does not know.

A short run here; `CLINIC_LONG=1 pytest tests/faults/test_schemathesis.py` tries 50,000 for each API.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from openapi_spec_validator import validate
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from services.portal.app import create_app as create_portal
from tests.billing.house import FACE
from tests.cast import OLGA, service_token, staff_token
from tests.databases import Databases
from tests.faults.doors import APIS, SIBLING, Door, opened
from tests.inventory.house import SERUM
from tests.settings import settings_for

LONG = "CLINIC_LONG" in os.environ
CASES = 50_000 if LONG else 1_500
SEED = 20261120
CHECKS = (
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
)


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


@pytest.mark.timeout(7200 if LONG else 300)
def test_no_request_made_from_the_document_is_answered_outside_of_it(door: Door, keys_dir: Path) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", door.app)
    operations = [result.ok() for result in schema.get_all_operations()]
    tried: dict[str, int] = {}

    for operation in operations:
        _try(operation, door, keys_dir, CASES // len(operations), tried)

    assert len(tried) == len(operations)
    assert sum(tried.values()) > CASES // 3
    assert door.app.test_client().get("/readyz").status_code == 200


def known(given: Any, ids: dict[str, str]) -> Any:
    """Put what is there in the place of names and ids that were made up."""
    if isinstance(given, list):
        return [known(inner, ids) for inner in given]
    if not isinstance(given, Mapping):
        return given
    there = {**ids, "clinic_id": "main", "charge": FACE, "sku": SERUM}
    return {name: there.get(name) or known(value, ids) for name, value in given.items()}


def headers_for(case: Any, door: Door, keys_dir: Path) -> dict[str, str]:
    """Speak as the owner, or as the sibling service where only that may speak."""
    token = staff_token(keys_dir, OLGA)
    if case.path == "/v1/events":
        token = service_token(keys_dir, SIBLING[door.service], door.service)
    version = {"If-Match": '"1"'} if case.method == "PATCH" else {}
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex, **version}


def _try(operation: Any, door: Door, keys_dir: Path, cases: int, tried: dict[str, int]) -> None:
    ids = door.ids

    @seed(SEED)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        tried[operation.label] = tried.get(operation.label, 0) + 1
        # Half of them about something that is there: an id made up at random never is.
        if tried[operation.label] % 2:
            case.path_parameters = known(case.path_parameters, ids)
            case.query = known(case.query, ids)
            case.body = known(case.body, ids)
        case.call_and_validate(headers=headers_for(case, door, keys_dir), checks=CHECKS)

    ask()


@pytest.mark.parametrize("service", [*APIS, "portal"])
def test_the_document_is_valid_and_names_every_way_in(
    databases: Databases, keys_dir: Path, service: str
) -> None:
    if service == "portal":
        app = create_portal(settings_for("portal", databases.portal.app_url, keys_dir), databases.portal.app)
        document = app.test_client().get("/openapi.json").json
        rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1/")]
    else:
        with opened(service, databases, keys_dir) as door:
            document = door.owner.get("/openapi.json").json
            rules = [rule for rule in door.app.url_map.iter_rules() if rule.rule.startswith("/v1/")]

    validate(document)

    published = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    }
    there = {
        (method, _template(rule.rule))
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert published == there


def _template(rule: str) -> str:
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule)
