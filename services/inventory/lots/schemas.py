"""Lots on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from services.inventory.lots.codes import Expiry, parse_expiry
from services.inventory.lots.models import STATUSES
from shared.web.fields import ClinicId, Code, IsoDate, Quantity, StrictSchema, Text
from shared.web.pagination import PageQuery


class ExpiryDate(fields.Field[Expiry]):
    """A day as YYYY-MM-DD, or YYYY-MM where the label names the month only."""

    def __init__(self, **kwargs: Any) -> None:
        shape = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"}
        super().__init__(metadata=shape, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Expiry:
        try:
            return parse_expiry(value)
        except ValueError as refused:
            raise ValidationError(str(refused)) from refused


class LotCode(Text):
    """What is printed as the lot."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=64, **kwargs)


class LotCreate(StrictSchema):
    clinic_id = ClinicId(required=True)
    sku = Code(required=True)
    lot = LotCode(required=True)
    expires_on = ExpiryDate(required=True, allow_none=True)


class LotChange(StrictSchema):
    status = Text(required=True, longest=20, validate=validate.OneOf(STATUSES))
    reason = Text(required=True, longest=500)


class LotQuery(PageQuery):
    clinic_id = ClinicId(load_default=None)
    sku = Code(load_default=None)
    status = Text(load_default=None, longest=20, validate=validate.OneOf(STATUSES))
    expiring_before = IsoDate(load_default=None)


class LotAnswer(StrictSchema):
    lot_id = fields.UUID()
    clinic_id = fields.String()
    sku = fields.String()
    name = fields.String(attribute="item.name")
    base_unit = fields.String(attribute="item.base_unit")
    lot = fields.String(attribute="code")
    expires_on = fields.Date(allow_none=True)
    expires_precision = fields.String(allow_none=True)
    status = fields.String()
    status_reason = fields.String(allow_none=True)
    on_hand = Quantity(attribute="on_hand_thousandths")
    value_cents = fields.Integer(metadata={"description": "Only for those who may see costs."})
    created_at = fields.DateTime()
    version = fields.Integer()


class LotPage(StrictSchema):
    items = fields.List(fields.Nested(LotAnswer))
    next = fields.String(allow_none=True)
