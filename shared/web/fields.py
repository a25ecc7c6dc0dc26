"""Fields of the wire: text, money, quantities and dates that refuse what they cannot keep exactly."""

import re
import unicodedata
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields

from shared import dates, quantities
from shared.ids import CLINIC_ID
from shared.money import MAX_CENTS

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ZERO_WIDTH_JOINERS = frozenset("\u200c\u200d")


def publish(field: fields.Field[Any], **properties: Any) -> None:
    """Say in the OpenAPI document what a field of ours looks like, unless its schema says so itself."""
    field.metadata = {**properties, **field.metadata}


class StrictSchema(Schema):
    """A schema that refuses fields it does not know."""

    class Meta:
        unknown = "raise"


def clean_text(value: str) -> str:
    """Return the text in NFC without outer blanks.

    Raises:
        ValueError: it holds control, formatting, unassigned or half characters.
    """
    text = unicodedata.normalize("NFC", value).strip()
    for character in text:
        if unicodedata.category(character) in _REFUSED_CATEGORIES and character not in _ZERO_WIDTH_JOINERS:
            raise ValueError("Remove the control characters.")
    return text


class Text(fields.String):
    """Text in NFC, trimmed, without control characters, of `shortest` to `longest` characters."""

    def __init__(self, *, longest: int = 200, shortest: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        publish(self, maxLength=longest, minLength=shortest)
        self._longest, self._shortest = longest, shortest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > 4 * self._longest:
            raise ValidationError(f"Use at most {self._longest} characters.")
        try:
            text = clean_text(value)
        except ValueError as refused:
            raise ValidationError(str(refused)) from refused
        if not self._shortest <= len(text) <= self._longest:
            raise ValidationError(f"Use {self._shortest} to {self._longest} characters.")
        return text


class Code(Text):
    """A short code: letters, digits, dots, dashes, underscores and slashes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=64, **kwargs)
        publish(self, pattern=f"^{CODE.pattern}$")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not CODE.fullmatch(text):
            raise ValidationError("Use letters, digits, dots, dashes, underscores or slashes.")
        return text


class ClinicId(Text):
    """The short name of a clinic, such as `main`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=32, **kwargs)
        publish(self, pattern=f"^{CLINIC_ID.pattern}$")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not CLINIC_ID.fullmatch(text):
            raise ValidationError("Use the short name of a clinic, such as main.")
        return text


class Whole(fields.Integer):
    """A whole number given as a number: not text, not true, not 1.0."""

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)
        publish(self, minimum=least, maximum=most)
        self._least, self._most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise ValidationError("Use a whole number.")
        if not self._least <= value <= self._most:
            raise ValidationError(f"Must be between {self._least} and {self._most}.")
        return value


class Cents(Whole):
    """Money as whole cents."""

    def __init__(self, *, least: int = 0, most: int = MAX_CENTS, **kwargs: Any) -> None:
        super().__init__(least=least, most=most, **kwargs)


class Quantity(fields.Field[int]):
    """A decimal string in the item's base unit on the wire, whole thousandths inside."""

    def __init__(self, *, positive: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Movements go both ways; what is sent to us never has a sign.
        publish(self, type="string", format="decimal", pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,3})?$")
        self._positive = positive

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else quantities.format_quantity(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str):
            raise ValidationError('Send the quantity as text, such as "12.5".')
        try:
            thousandths = quantities.parse_quantity(value)
        except ValueError as refused:
            raise ValidationError(str(refused)) from refused
        if self._positive and thousandths == 0:
            raise ValidationError("Must be more than zero.")
        return thousandths


class IsoDate(fields.Field[date]):
    """A day as YYYY-MM-DD between 2000 and 2100."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        publish(self, type="string", format="date")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str):
            raise ValidationError("Use a date such as 2026-11-20.")
        try:
            return dates.parse_date(value)
        except ValueError as refused:
            raise ValidationError(str(refused)) from refused
