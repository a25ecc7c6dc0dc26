"""Receipts on the wire."""

from marshmallow import fields, validate

from services.inventory.lots.schemas import ExpiryDate, LotCode
from shared.quantities import from_whole
from shared.web.fields import Cents, ClinicId, Code, Quantity, StrictSchema, Text

# Far above any delivery to a clinic; a barcode scanned into the wrong field is above it.
MOST_THOUSANDTHS = from_whole(1_000_000)
MOST_CENTS = 10_000_000_00


class ReceiptCreate(StrictSchema):
    clinic_id = ClinicId(required=True)
    sku = Code(required=True)
    lot = LotCode(required=True)
    expires_on = ExpiryDate(required=True, allow_none=True)
    quantity = Quantity(
        required=True,
        validate=validate.Range(max=MOST_THOUSANDTHS, error="This is more than any clinic receives at once."),
    )
    cost_cents = Cents(required=True, most=MOST_CENTS)
    supplier = Text(load_default=None, allow_none=True, longest=200)
    note = Text(load_default=None, allow_none=True, longest=1000)
    override_reason = Text(load_default=None, allow_none=True, longest=500)


class ReceiptAnswer(StrictSchema):
    receipt_id = fields.UUID()
    movement_id = fields.UUID()
    clinic_id = fields.String()
    sku = fields.String()
    lot_id = fields.UUID()
    lot = fields.String()
    expires_on = fields.Date(allow_none=True)
    expires_precision = fields.String(allow_none=True)
    quantity = Quantity()
    cost_cents = fields.Integer()
    on_hand = Quantity()
    supplier = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    override_reason = fields.String(allow_none=True)
    received_on = fields.Date()
    received_at = fields.DateTime()
    warnings = fields.List(fields.String())
