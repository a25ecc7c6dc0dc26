"""Invoices on the wire."""

from typing import Any

from marshmallow import ValidationError, fields

from services.billing.checkouts.schemas import QuoteLineAnswer
from shared.web.fields import ClinicId, IsoDate, Quantity, StrictSchema, Text
from shared.web.pagination import PeriodQuery


class PatientNumber(fields.Integer):
    """The number on a patient's papers. In a query string it is text, as people write it: 1042 or #1042."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        digits = value.strip().removeprefix("#")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise ValidationError("A patient number is digits only, such as 1042.")
        return int(digits)


class InvoiceQuery(PeriodQuery):
    clinic_id = ClinicId(load_default=None)
    number = Text(longest=40, load_default=None)
    patient_id = fields.UUID(load_default=None)
    patient_number = PatientNumber(load_default=None)
    visit_id = fields.UUID(load_default=None)


class InvoiceHeadAnswer(StrictSchema):
    """An invoice in a list. Cost, margin and the patient's name only for those who may see them."""

    id = fields.UUID()
    number = fields.String()
    clinic_id = fields.String()
    visit_id = fields.UUID()
    patient_id = fields.UUID()
    patient_number = fields.Integer()
    patient_name = fields.String()
    status = fields.String()
    currency = fields.String()
    issued_on = IsoDate()
    issued_at = fields.DateTime()
    issued_by_name = fields.String()
    subtotal_cents = fields.Integer()
    discount_cents = fields.Integer()
    tax_cents = fields.Integer()
    tip_cents = fields.Integer()
    total_cents = fields.Integer()
    paid_cents = fields.Integer()
    supplies_status = fields.String()
    cost_cents = fields.Integer()
    margin_cents = fields.Integer()


class InvoicePage(StrictSchema):
    items = fields.List(fields.Nested(InvoiceHeadAnswer))
    next = fields.String(allow_none=True)


class DiscountAnswer(StrictSchema):
    discount_no = fields.Integer()
    line_no = fields.Integer(allow_none=True)
    basis_points = fields.Integer(allow_none=True)
    amount_cents = fields.Integer()
    reason = fields.String()


class PaymentAnswer(StrictSchema):
    payment_id = fields.UUID()
    kind = fields.String()
    status = fields.String()
    amount_cents = fields.Integer()
    tendered_cents = fields.Integer(allow_none=True)
    card_brand = fields.String(allow_none=True)
    card_last4 = fields.String(allow_none=True)
    reference = fields.String(allow_none=True)
    received_at = fields.DateTime()


class InvoiceSupplyAnswer(StrictSchema):
    sku = fields.String()
    item_name = fields.String()
    lot = fields.String()
    expires_on = IsoDate(allow_none=True)
    quantity = Quantity(attribute="quantity_thousandths")
    purpose = fields.String()
    cost_cents = fields.Integer()


class InvoiceClinicAnswer(StrictSchema):
    """Who issued it, as it stands on the paper."""

    name = fields.String()
    address_lines = fields.List(fields.String())


class AftercareAnswer(StrictSchema):
    rule = fields.String()
    duration = fields.String()


class InvoiceAnswer(InvoiceHeadAnswer):
    lines = fields.List(fields.Nested(QuoteLineAnswer))
    discounts = fields.List(fields.Nested(DiscountAnswer))
    payments = fields.List(fields.Nested(PaymentAnswer))
    supplies = fields.List(fields.Nested(InvoiceSupplyAnswer))
    clinic = fields.Nested(InvoiceClinicAnswer)
    clinician = fields.String(allow_none=True)
    next_visit_from = IsoDate(allow_none=True)
    next_visit_to = IsoDate(allow_none=True)
    aftercare = fields.List(fields.Nested(AftercareAnswer))
