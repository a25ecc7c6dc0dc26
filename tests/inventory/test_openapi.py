"""The OpenAPI document is valid, and the answers are what it says."""

from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from services.inventory.usages.service import apply
from shared.db import EVERY_CLINIC
from tests.cast import DORA, MARA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import CREAM, FACE, NOON, SERUM, stock_up, usage

CONTRACT = {
    ("get", "/v1/items"),
    ("post", "/v1/items"),
    ("get", "/v1/recipes"),
    ("get", "/v1/lots"),
    ("post", "/v1/lots"),
    ("get", "/v1/lots/{lot_id}"),
    ("patch", "/v1/lots/{lot_id}"),
    ("post", "/v1/receipts"),
    ("get", "/v1/movements"),
    ("post", "/v1/movements/{movement_id}/reversals"),
    ("get", "/v1/usages/{visit_id}"),
    ("get", "/v1/shortages"),
    ("post", "/v1/shortages"),
    ("post", "/v1/shortages/{shortage_id}/settlements"),
    ("get", "/v1/stock"),
    ("post", "/v1/events"),
}


@pytest.fixture
def document(inventory: Clients) -> dict[str, Any]:
    found: dict[str, Any] = inventory.anonymous().get("/openapi.json").json
    return found


def test_the_document_is_valid_and_names_every_route(document: dict[str, Any]) -> None:
    validate(document)

    named = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert {(method, path) for method, path in named if method in ("get", "post", "patch")} == CONTRACT


def test_a_page_shows_the_document_to_people(inventory: Clients) -> None:
    page = inventory.anonymous().get("/docs")

    assert page.status_code == 200
    assert "/v1/stock" in page.text


@pytest.mark.parametrize("person", [MARA, DORA])
@pytest.mark.parametrize(
    "asked",
    [
        ("/v1/items", "/v1/items"),
        ("/v1/recipes", "/v1/recipes"),
        ("/v1/lots", "/v1/lots"),
        ("/v1/lots/{lot_id}", "/v1/lots/LOT"),
        ("/v1/movements", "/v1/movements"),
        ("/v1/usages/{visit_id}", "/v1/usages/VISIT"),
        ("/v1/shortages", "/v1/shortages"),
        ("/v1/stock", "/v1/stock?by=item"),
        ("/v1/stock", "/v1/stock?by=lot"),
        ("/v1/stock", "/v1/stock?by=item&at=2026-03-01"),
    ],
)
def test_an_answer_is_what_the_document_says(
    inventory: Clients,
    inventory_database: ServiceDatabase,
    document: dict[str, Any],
    asked: tuple[str, str],
    person: Any,
) -> None:
    route, path = asked
    lot = stock_up(inventory_database.app, SERUM, "H1", "10", 1000)
    stock_up(inventory_database.app, CREAM, "N1", "10", 1000, expires=None)
    visit = usage(FACE)
    with inventory_database.app.transaction(EVERY_CLINIC) as session:
        apply(session, [visit], now=NOON)

    answer = inventory.as_(person).get(path.replace("LOT", str(lot)).replace("VISIT", str(visit.subject)))

    status = str(answer.status_code)
    assert status in ("200", "403")
    operation = document["paths"][route]["get"]["responses"]
    content = operation.get(status, operation["default"])["content"][answer.content_type]
    check(document, content["schema"], answer.json)


def check(document: dict[str, Any], schema: dict[str, Any], answer: Any) -> None:
    """Raise unless the answer matches; a field the document does not name is an error too."""
    closed = {"components": {"schemas": _closed(document["components"]["schemas"])}}
    OAS31Validator({**schema, **closed}).validate(answer)
    assert answer.get("items") != [], "an empty list proves nothing"


def _closed(schemas: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {**schema, "additionalProperties": False} if name != "Problem" else schema
        for name, schema in schemas.items()
    }
