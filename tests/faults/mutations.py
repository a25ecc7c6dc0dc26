"""Takes a good body and puts something else in the place of one field, found by the published document."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.faults.doors import Door, flaw_of
from tests.faults.valid import Valid, requests_of, writer

INTEGER, QUANTITY, TEXT, CODE, DATE, ID, CHOICE, FLAG, LIST = (
    "integer",
    "quantity",
    "text",
    "code",
    "date",
    "id",
    "choice",
    "flag",
    "list",
)
LONGEST_ANSWER_SECONDS = 5.0
_PLACE = "@@here@@"


@dataclass(frozen=True)
class Place:
    """One field of one good request."""

    valid: Valid
    path: tuple[str | int, ...]
    kind: str

    @property
    def name(self) -> str:
        return f"{self.valid.name} /{'/'.join(map(str, self.path))}"

    def holding(self, raw: str) -> bytes:
        """Return the body with this JSON in the place of the field."""
        text = json.dumps(_replaced(self.valid.body, self.path))
        return text.replace(f'"{_PLACE}"', raw).encode("utf-8", "surrogatepass")


def places(door: Door, *kinds: str) -> list[Place]:
    """Return every field of these kinds that the API publishes for writing."""
    document = door.owner.get("/openapi.json").json
    found = [
        Place(valid, path, kind)
        for valid in requests_of(door)
        if isinstance(valid.body, dict)
        for path, kind in _leaves(document, _schema(document, valid), valid.body)
    ]
    return [place for place in found if place.kind in kinds]


def _schema(document: dict[str, Any], valid: Valid) -> Any:
    operation = document["paths"][valid.rule.replace("<uuid:", "{").replace(">", "}")][valid.method.lower()]
    return operation["requestBody"]["content"]["application/json"]["schema"]


def _leaves(
    document: Any, schema: Any, value: Any, at: tuple[str | int, ...] = ()
) -> Iterator[tuple[Any, str]]:
    schema = _resolved(document, schema)
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(document, schema["properties"][name], inner, (*at, name))
    elif isinstance(value, list):
        yield at, LIST
        for number, inner in enumerate(value[:1]):
            yield from _leaves(document, schema["items"], inner, (*at, number))
    else:
        yield at, _kind(schema)


def _resolved(document: Any, schema: Any) -> Any:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _kind(schema: dict[str, Any]) -> str:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "integer" in types:
        return INTEGER
    if "boolean" in types:
        return FLAG
    if "enum" in schema:
        return CHOICE
    formats = {"uuid": ID, "date": DATE, "decimal": QUANTITY}
    if schema.get("format") in formats:
        return formats[schema["format"]]
    return CODE if "pattern" in schema else TEXT


def _replaced(value: Any, path: tuple[str | int, ...]) -> Any:
    if not path:
        return _PLACE
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:])
    return copy


def sent(door: Door, place: Place, raw: str) -> TestResponse:
    """Send the good request with this JSON in the place of one field."""
    return place.valid.send(writer(door, place.valid), data=place.holding(raw))


def flaws(door: Door, found: Iterable[Place], payloads: Sequence[str], *statuses: int) -> dict[str, str]:
    """Send every payload in every place and return what was not refused as it should be, or took too long."""
    wrong = {}
    for place in found:
        for raw in payloads:
            began = time.monotonic()
            flaw = flaw_of(sent(door, place, raw), *(statuses or (400, 422)))
            if time.monotonic() - began > LONGEST_ANSWER_SECONDS:
                flaw = f"took {time.monotonic() - began:.1f} s"
            if flaw:
                wrong[f"{place.name} = {raw[:60]}"] = flaw
    return wrong
