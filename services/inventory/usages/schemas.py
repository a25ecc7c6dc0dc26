"""Usages on the wire."""

from marshmallow import fields

from services.inventory.shortages.schemas import ShortageAnswer
from shared.quantities import format_quantity
from shared.web.fields import StrictSchema

COSTS = ("cost_cents", "supplies.cost_cents")


class SuppliedAnswer(StrictSchema):
    """One lot that was used. Quantity and cost are positive: so much was used, and it was worth so much."""

    movement_id = fields.UUID()
    sku = fields.String()
    name = fields.String(attribute="lot.item.name")
    base_unit = fields.String(attribute="lot.item.base_unit")
    lot_id = fields.UUID()
    lot = fields.String(attribute="lot.code")
    expires_on = fields.Date(attribute="lot.expires_on", allow_none=True)
    quantity = fields.Function(
        lambda movement: format_quantity(-movement.quantity_thousandths), metadata={"type": "string"}
    )
    cost_cents = fields.Function(
        lambda movement: -movement.value_cents,
        metadata={"type": "integer", "description": "Only for those who may see costs."},
    )
    kind = fields.String()
    purpose = fields.String()
    flags = fields.List(fields.String())
    occurred_at = fields.DateTime()


class UsageAnswer(StrictSchema):
    visit_id = fields.UUID(attribute="usage.visit_id")
    clinic_id = fields.String(attribute="usage.clinic_id")
    invoice_id = fields.UUID(attribute="usage.invoice_id")
    patient_id = fields.UUID(attribute="usage.patient_id")
    occurred_on = fields.Date(attribute="usage.occurred_on")
    occurred_at = fields.DateTime(attribute="usage.occurred_at")
    recorded_at = fields.DateTime(attribute="usage.recorded_at")
    cost_cents = fields.Integer(metadata={"description": "Only for those who may see costs."})
    supplies = fields.List(fields.Nested(SuppliedAnswer))
    shortages = fields.List(fields.Nested(ShortageAnswer))
