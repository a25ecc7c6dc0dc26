"""Bodies and requests that are no requests (B22 to B39): refused before anything is read into them."""

import gzip
import json
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from shared.app import LARGEST_BODY_BYTES
from tests.databases import Databases
from tests.faults.doors import APIS, Door, flaw_of, opened
from tests.faults.mutations import LONGEST_ANSWER_SECONDS
from tests.faults.valid import Valid, requests_of, writer

LARGEST = LARGEST_BODY_BYTES
NOT_JSON: dict[str, bytes] = {
    # B22
    "100,000 lists": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000,
    "33 lists": b"[" * 33 + b"]" * 33,
    "lists in an object": b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "escaped quotes after lists": b"[" * 40 + b'"' + b'\\"' * 250_000,
    "backslashes after lists": b"[" * 40 + b'"' + b"\\" * 500_001,
    "quotes after lists": b"[" * 40 + b'"' * 500_001,
    # B23
    "a key twice": b'{"clinic_id": "main", "clinic_id": "harbor"}',
    "a key twice inside": b'{"lines": [{"charge": "a", "charge": "b"}]}',
    "a key twice, once escaped": b'{"clinic_id": "main", "clinic\\u005fid": "harbor"}',
    # B24
    "nothing": b"",
    "blank": b"  \n",
    "null": b"null",
    "a list": b"[]",
    "text": b'"x"',
    "a number": b"1",
    "true": b"true",
    "not a number": b"NaN",
    "words": b"hello",
    "half": b'{"clinic_id": "ma',
    "one and a half": b'{"clinic_id": "main"}{',
    "two": b"{}{}",
    "a comment": b'{} // "x"',
    "single quotes": b"{'clinic_id': 'main'}",
    "a comma too many": b'{"clinic_id": "main",}',
    "a form": b"clinic_id=main&given_name=a",
    "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "pickle": b"\x80\x04\x95\x10\x00\x00\x00",
    # B26, B27
    "utf-16": json.dumps({"clinic_id": "main"}).encode("utf-16"),
    "utf-16-le": json.dumps({"clinic_id": "main"}).encode("utf-16-le"),
    "utf-32": json.dumps({"clinic_id": "main"}).encode("utf-32"),
    "a mark in front": b"\xef\xbb\xbf{}",
    "invalid utf-8": b'{"clinic_id": "\xff"}',
    "overlong utf-8": b'{"clinic_id": "\xc0\xaf"}',
    "half a character as utf-8": b'{"clinic_id": "\xed\xa0\x80"}',
    "NUL": b"\x00" * 1000,
    "compressed": gzip.compress(b"{}"),
    # B7
    "a number of 5,000 digits": b'{"tip_cents": ' + b"9" * 5000 + b"}",
    "many long numbers": b"[" + b",".join([b"9" * 4300] * 200) + b"]",
    # B20
    "100,000 fields": json.dumps({f"field{number}": number for number in range(40_000)}).encode(),
    "a long name": b'{"' + b"a" * 900_000 + b'": 1}',
    "names that are objects' own": b'{"__proto__": {"a": 1}, "constructor": 1, "__class__": "x"}',
    "a half name": b'{"\\ud800": 1}',
}
OTHER_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/json-patch+json",
    "text/json",
    "",
)


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


def bodied(door: Door) -> list[Valid]:
    """Return a request for each route that reads a body."""
    return [valid for valid in requests_of(door) if valid.body is not None]


@pytest.mark.parametrize("name", NOT_JSON)
def test_a_body_that_makes_no_sense_is_refused_by_every_route(door: Door, name: str) -> None:
    before = door.stored()
    for valid in bodied(door):
        began = time.monotonic()
        answer = valid.send(writer(door, valid), data=NOT_JSON[name])

        if valid.by_service and name in {"a list", "many long numbers"}:
            assert answer.status_code < 500, answer.text
        else:
            assert flaw_of(answer, 400, 413, 422) == "", valid.name
        assert time.monotonic() - began < LONGEST_ANSWER_SECONDS, valid.name

    assert door.stored() == before


@pytest.mark.parametrize("content_type", OTHER_TYPES)
def test_a_body_of_another_type_is_refused_whatever_is_in_it(door: Door, content_type: str) -> None:
    """B28: what a page of another site can send without asking is never read as JSON."""
    before = door.stored()

    flaws = {
        valid.name: flaw
        for valid in bodied(door)
        if (
            flaw := flaw_of(
                valid.send(writer(door, valid), data=json.dumps(valid.body), content_type=content_type), 415
            )
        )
    }

    assert flaws == {}
    assert door.stored() == before


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "GZIP"])
def test_a_compressed_body_is_refused(door: Door, encoding: str) -> None:
    """B29: ten kilobytes may hold ten gigabytes."""
    before = door.stored()

    for valid in bodied(door):
        packed = gzip.compress(json.dumps(valid.body).encode())
        answer = valid.send(writer(door, valid), data=packed, headers={"Content-Encoding": encoding})
        assert flaw_of(answer, 415) == "", valid.name

    assert door.stored() == before


def test_a_body_that_is_too_large_is_refused_unread(door: Door) -> None:
    """B25."""
    before = door.stored()
    padded = b" " * LARGEST

    for valid in bodied(door):
        answer = valid.send(writer(door, valid), data=json.dumps(valid.body).encode() + padded)
        assert flaw_of(answer, 413) == "", valid.name

    assert door.stored() == before


def test_a_body_without_a_length_is_read_no_further_than_the_limit(door: Door) -> None:
    """B25, chunked: the server does not know how much will come."""
    before = door.stored()
    for valid in bodied(door):
        stream = _Endless()
        call = {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        answer = valid.send(writer(door, valid), data=None, environ_overrides={**call, "CONTENT_LENGTH": ""})

        assert flaw_of(answer, 413) == "", valid.name
        assert stream.given <= 2 * LARGEST, valid.name

    assert door.stored() == before


class _Endless(BytesIO):
    """Never ends, and counts what was taken."""

    given = 0

    def read(self, size: int | None = -1) -> bytes:
        size = LARGEST if size is None or size < 0 else size
        self.given += size
        return b" " * size

    def readinto(self, buffer: Any) -> int:
        buffer[:] = self.read(len(buffer))
        return len(buffer)


def test_a_length_that_is_a_lie_is_no_failure(door: Door) -> None:
    before = door.stored()
    for valid in bodied(door):
        for length in ("-1", "abc", "99999999999999999999", "1e3", "+5"):
            answer = valid.send(writer(door, valid), data=b"{}", environ_overrides={"CONTENT_LENGTH": length})
            assert flaw_of(answer, 400, 413, 422) == "", (valid.name, length)

    assert door.stored() == before


def test_more_than_a_hundred_events_at_once_are_too_many(door: Door) -> None:
    """B103."""
    before = door.stored()
    (events,) = [valid for valid in requests_of(door) if valid.by_service]

    answer = events.send(writer(door, events), json=events.body * 101)

    assert flaw_of(answer, 413) == ""
    assert door.stored() == before
