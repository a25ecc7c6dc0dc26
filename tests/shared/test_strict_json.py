"""JSON as we accept it."""

import time

import pytest

from shared.errors import Malformed
from shared.web import strict_json
from shared.web.strict_json import DEEPEST, MOST_FIELDS


def test_what_is_json_is_read() -> None:
    raw = '{"name": "Jos\u00e9 \\"[{", "list": [1, -2, 1.5, null, true], "empty": {}}'.encode()

    assert strict_json.loads(raw) == {
        "name": 'Jos\u00e9 "[{',
        "list": [1, -2, 1.5, None, True],
        "empty": {},
    }


def test_brackets_inside_texts_are_no_depth() -> None:
    assert strict_json.loads(b'["' + b"[" * 1000 + b'"]') == ["[" * 1000]
    assert strict_json.loads(b'["\\"' + b"{" * 1000 + b'"]') == ['"' + "{" * 1000]


def test_depth_is_counted_up_to_its_limit() -> None:
    assert strict_json.loads(b"[" * DEEPEST + b"]" * DEEPEST) is not None
    with pytest.raises(Malformed):
        strict_json.loads(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


def test_a_flat_list_may_be_long() -> None:
    assert len(strict_json.loads(b"[" + b"[]," * 5000 + b"[]]")) == 5001


def test_an_object_has_no_more_fields_than_anything_of_ours() -> None:
    def fields(count: int) -> bytes:
        return b"{" + b",".join(b'"f%d":1' % number for number in range(count)) + b"}"

    assert len(strict_json.loads(fields(MOST_FIELDS))) == MOST_FIELDS
    with pytest.raises(Malformed):
        strict_json.loads(fields(MOST_FIELDS + 1))


@pytest.mark.parametrize("filling", [b'\\"', b'"', b"\\", b"\\\\", b'"\\', b'a"', b"[", b'["', b"\n"])
def test_no_text_takes_more_than_one_pass(filling: bytes) -> None:
    """Quadratic, this would be hours."""
    raw = b"[" * (DEEPEST + 1) + b'"' + filling * (1_000_000 // len(filling))
    began = time.monotonic()

    with pytest.raises(Malformed):
        strict_json.loads(raw)

    assert time.monotonic() - began < 5
