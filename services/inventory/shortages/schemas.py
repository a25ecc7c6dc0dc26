"""Shortages on the wire."""

from marshmallow import fields, validate

from services.inventory.receipts.schemas import MOST_THOUSANDTHS
from services.inventory.shortages.models import STATES
from shared.web.fields import ClinicId, Code, Quantity, StrictSchema, Text
from shared.web.pagination import PageQuery

_REASONABLE = validate.Range(max=MOST_THOUSANDTHS, error="This is more than any clinic uses at once.")


class ShortageCreate(StrictSchema):
    clinic_id = ClinicId(required=True)
    sku = Code(required=True)
    quantity = Quantity(required=True, validate=_REASONABLE)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    note = Text(required=True, longest=1000)


class ShortageQuery(PageQuery):
    clinic_id = ClinicId(load_default=None)
    state = Text(load_default="open", longest=10, validate=validate.OneOf((*STATES, "all")))


class SettlementCreate(StrictSchema):
    lot_id = fields.UUID(required=True)
    quantity = Quantity(required=True, validate=_REASONABLE)


class ShortageAnswer(StrictSchema):
    shortage_id = fields.UUID()
    clinic_id = fields.String()
    sku = fields.String()
    lot = fields.String(allow_none=True)
    cause = fields.String()
    purpose = fields.String()
    state = fields.String()
    quantity = Quantity(attribute="quantity_thousandths")
    settled = Quantity(attribute="settled_thousandths")
    open = Quantity(attribute="open_thousandths")
    visit_id = fields.UUID(allow_none=True)
    note = fields.String(allow_none=True)
    by = fields.String(attribute="created_by")
    reported_on = fields.Date()
    reported_at = fields.DateTime()
    closed_at = fields.DateTime(allow_none=True)


class ShortagePage(StrictSchema):
    items = fields.List(fields.Nested(ShortageAnswer))
    next = fields.String(allow_none=True)


class SettlementAnswer(StrictSchema):
    settlement_id = fields.UUID()
    movement_id = fields.UUID()
    lot_id = fields.UUID()
    lot = fields.String()
    quantity = Quantity()
    value_cents = fields.Integer(metadata={"description": "Only for those who may see costs."})
    flags = fields.List(fields.String())
    settled_at = fields.DateTime()
    shortage = fields.Nested(ShortageAnswer)
