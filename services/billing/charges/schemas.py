"""Charges on the wire."""

from marshmallow import fields

from shared.web.fields import ClinicId, IsoDate, StrictSchema


class ChargeQuery(StrictSchema):
    clinic_id = ClinicId(load_default=None)
    on = IsoDate(load_default=None)


class ChargeAnswer(StrictSchema):
    clinic_id = fields.String()
    code = fields.String()
    kind = fields.String()
    name = fields.String()
    area = fields.String(allow_none=True)
    duration_minutes = fields.Integer(allow_none=True)
    tax_category = fields.String()
    rate_ppm = fields.Integer(allow_none=True)
    sku = fields.String(allow_none=True)
    unit_cents = fields.Integer()


class ChargePage(StrictSchema):
    items = fields.List(fields.Nested(ChargeAnswer))
    next = fields.String(allow_none=True)
