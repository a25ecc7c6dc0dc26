"""Pages of lists by key, never by offset: the cursor names the last row seen."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.errors import Invalid
from shared.web.fields import IsoDate, StrictSchema

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LONGEST_CURSOR = 1000
_READERS: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    str: str,
    int: int,
}


class _Limit(fields.Integer):
    """How many rows: 1 to 200. A query string is text, so this one number may be."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 4):
            raise ValidationError(f"Use a whole number from 1 to {LARGEST_LIMIT}.")
        number = int(value)
        if not 1 <= number <= LARGEST_LIMIT:
            raise ValidationError(f"Use a whole number from 1 to {LARGEST_LIMIT}.")
        return number


class PageQuery(StrictSchema):
    """What every list takes."""

    limit = _Limit(load_default=DEFAULT_LIMIT, metadata={"minimum": 1, "maximum": LARGEST_LIMIT})
    cursor = fields.String(load_default=None, validate=validate.Length(max=LONGEST_CURSOR))


class PeriodQuery(PageQuery):
    """What a list of dated things takes: the first and the last day wanted."""

    from_date = IsoDate(load_default=None, data_key="from")
    to_date = IsoDate(load_default=None, data_key="to")

    @validates_schema
    def _ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("from_date"), data.get("to_date")
        if first and last and first > last:
            raise ValidationError("The last day lies before the first.", "to")


def read_cursor(cursor: str | None, *types: type) -> tuple[Any, ...] | None:
    """Return the key of the last row seen, or None for the first page.

    Raises:
        Invalid: the cursor is not one that this list gave out.
    """
    if cursor is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        return tuple(_read(kind, value) for kind, value in zip(types, values, strict=True))
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as garbage:
        raise Invalid("The cursor is not one from this list. Start again without it.") from garbage


def _read(kind: type, value: Any) -> Any:
    # Half a surrogate pair does not encode, which is a ValueError too.
    if type(value) is not (int if kind is int else str) or b"\x00" in str(value).encode():
        raise TypeError("not the key of this list")
    return _READERS[kind](value)


def write_cursor(*values: Any) -> str:
    """Return the cursor for a row with this key."""
    texts = [value if isinstance(value, int) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode()


def page(rows: Sequence[Any], limit: int, key: Callable[[Any], tuple[Any, ...]]) -> dict[str, Any]:
    """Turn `limit + 1` rows into a page: `items`, and `next` when there is more."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return {"items": shown, "next": write_cursor(*key(shown[-1])) if more else None}
