"""Movements on the wire."""

from marshmallow import fields

from shared.web.fields import ClinicId, Code, Quantity, StrictSchema, Text
from shared.web.pagination import PeriodQuery


class MovementQuery(PeriodQuery):
    clinic_id = ClinicId(load_default=None)
    sku = Code(load_default=None)
    lot_id = fields.UUID(load_default=None)
    visit_id = fields.UUID(load_default=None)


class ReversalCreate(StrictSchema):
    reason = Text(required=True, longest=500)


class MovementAnswer(StrictSchema):
    movement_id = fields.UUID()
    clinic_id = fields.String()
    lot_id = fields.UUID()
    lot = fields.String(attribute="lot.code")
    expires_on = fields.Date(attribute="lot.expires_on", allow_none=True)
    sku = fields.String()
    name = fields.String(attribute="lot.item.name")
    base_unit = fields.String(attribute="lot.item.base_unit")
    kind = fields.String()
    purpose = fields.String()
    quantity = Quantity(attribute="quantity_thousandths")
    value_cents = fields.Integer(metadata={"description": "Only for those who may see costs."})
    source_type = fields.String()
    source_id = fields.UUID()
    source_line = fields.Integer()
    visit_id = fields.UUID(allow_none=True)
    occurred_on = fields.Date()
    occurred_at = fields.DateTime()
    recorded_at = fields.DateTime()
    by = fields.String(attribute="recorded_by")
    flags = fields.List(fields.String())
    reverses_id = fields.UUID(allow_none=True)


class MovementPage(StrictSchema):
    items = fields.List(fields.Nested(MovementAnswer))
    next = fields.String(allow_none=True)
