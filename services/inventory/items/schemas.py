"""Items on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from services.inventory.items.gtin import normalise_gtin
from services.inventory.items.models import BASE_UNITS, STORAGES
from shared.web.fields import Code, Quantity, StrictSchema, Text, Whole
from shared.web.pagination import PageQuery

CATEGORY = validate.Regexp(r"^[a-z][a-z0-9-]{0,39}\Z", error="Use lower-case letters, digits and dashes.")


class Gtin(Text):
    """A trade item number; any of its lengths in, 14 digits inside and out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=14, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return normalise_gtin(super()._deserialize(value, attr, data, **kwargs))
        except ValueError as refused:
            raise ValidationError(str(refused)) from refused


class YesNo(fields.Boolean):
    """True or false, and nothing that merely resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Use true or false.")
        return value


class ItemCreate(StrictSchema):
    sku = Code(required=True)
    name = Text(required=True, longest=200)
    category = Text(required=True, longest=40, validate=CATEGORY)
    base_unit = Text(required=True, longest=8, validate=validate.OneOf(BASE_UNITS))
    gtin = Gtin(load_default=None, allow_none=True)
    pack_size = Quantity(load_default=None, allow_none=True, attribute="pack_size_thousandths")
    storage = Text(load_default="room", longest=20, validate=validate.OneOf(STORAGES))
    in_use_days = Whole(load_default=None, allow_none=True, least=1, most=3650)
    prescription_only = YesNo(load_default=False)
    retail = YesNo(load_default=False)
    lidocaine_ppm = Whole(load_default=None, allow_none=True, least=0, most=1_000_000)
    needle_count = Whole(load_default=None, allow_none=True, least=1, most=1000)
    warning = Text(load_default=None, allow_none=True, longest=1000)


class ItemQuery(PageQuery):
    query = Text(load_default="", shortest=0, longest=100)
    category = Text(load_default=None, longest=40, validate=CATEGORY)
    gtin = Gtin(load_default=None)
    active = Text(load_default="true", longest=5, validate=validate.OneOf(("true", "false", "all")))


class ItemAnswer(StrictSchema):
    sku = fields.String()
    name = fields.String()
    category = fields.String()
    base_unit = fields.String()
    gtin = fields.String(allow_none=True)
    pack_size = Quantity(allow_none=True, attribute="pack_size_thousandths")
    storage = fields.String()
    in_use_days = fields.Integer(allow_none=True)
    prescription_only = fields.Boolean()
    retail = fields.Boolean()
    lidocaine_ppm = fields.Integer(allow_none=True)
    needle_count = fields.Integer(allow_none=True)
    warning = fields.String(allow_none=True)
    active = fields.Boolean()
    created_at = fields.DateTime()


class ItemPage(StrictSchema):
    items = fields.List(fields.Nested(ItemAnswer))
    next = fields.String(allow_none=True)
