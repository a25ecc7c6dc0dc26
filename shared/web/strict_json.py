"""JSON as we accept it: UTF-8, no duplicate keys, no NaN, not nested beyond reason."""

import json
import re
from typing import Any

from shared.errors import Malformed

DEEPEST = 32
MOST_FIELDS = 200
# Possessive, and content with no closing quote: a text is passed over once, whatever is in it.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def loads(raw: bytes) -> Any:
    """Read one JSON document.

    Raises:
        Malformed: it is not UTF-8, not JSON, says a thing twice, or could exhaust us.
    """
    try:
        text = raw.decode("utf-8")
        _refuse_depth(text)
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except (ValueError, RecursionError) as wrong:
        raise Malformed(
            "Send one valid JSON document in UTF-8, without duplicate keys, NaN or Infinity."
        ) from wrong


def _refuse_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        if bracket[0] in "[{":
            depth += 1
            if depth > DEEPEST:
                raise ValueError("nested too deeply")
        elif bracket[0] in "]}":
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    if len(found) > MOST_FIELDS:
        raise ValueError("more fields than anything of ours has")
    return found


def _no_constants(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
