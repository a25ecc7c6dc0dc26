"""Checkout on the wire."""

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.billing.checkouts.totals import ALL_BASIS_POINTS
from shared.web.fields import Cents, ClinicId, Code, Quantity, StrictSchema, Text, Whole, publish

MOST_LINES = 50
MOST_SUPPLIES = 100
MOST_TENDERS = 10
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
_DEPTH = re.compile(r"[0-9](\.[0-9]{1,2})?")
SHALLOWEST_HUNDREDTHS, DEEPEST_HUNDREDTHS = 50, 250


def hundredths(text: str) -> int:
    """Return a checked decimal text with at most two places in hundredths, exactly."""
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


class Depth(fields.String):
    """Needle depth in millimetres, 0.5 to 2.5, as text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        publish(self, pattern=f"^{_DEPTH.pattern}$")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not _DEPTH.fullmatch(text) or not SHALLOWEST_HUNDREDTHS <= hundredths(text) <= DEEPEST_HUNDREDTHS:
            raise ValidationError('Needle depth is between 0.5 and 2.5 mm, as text such as "1.5".')
        return text


class Percent(fields.Field[int]):
    """A percentage as text, 0.01 to 100, kept in basis points."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        publish(self, type="string", pattern=f"^{_PERCENT.pattern}$")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not _PERCENT.fullmatch(value):
            raise ValidationError('Send the percentage as text, such as "12.5".')
        basis_points = hundredths(value)
        if not 1 <= basis_points <= ALL_BASIS_POINTS:
            raise ValidationError("A percentage is above 0 and at most 100.")
        return basis_points


class LineCreate(StrictSchema):
    charge = Code(required=True)
    depth_mm = Depth(load_default=None, allow_none=True)
    quantity = Whole(least=1, most=100, load_default=1)


class SupplyCreate(StrictSchema):
    sku = Code(required=True)
    quantity = Quantity(required=True)
    lot = Text(longest=40, load_default=None, allow_none=True)


class DiscountCreate(StrictSchema):
    line = Whole(least=0, most=MOST_LINES - 1, load_default=None, allow_none=True)
    percent = Percent(load_default=None, allow_none=True)
    amount_cents = Cents(least=1, load_default=None, allow_none=True)
    reason = Text(required=True, longest=200)

    @validates_schema
    def _one_of_two(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("percent") is None) == (data.get("amount_cents") is None):
            raise ValidationError("Give either a percentage or an amount.", "percent")


class TenderCreate(StrictSchema):
    kind = fields.String(required=True, validate=validate.OneOf(["cash", "card_external", "cheque"]))
    amount_cents = Cents(required=True, least=1)
    tendered_cents = Cents(load_default=None, allow_none=True)
    card_brand = Text(longest=30, load_default=None, allow_none=True)
    card_last4 = Text(longest=4, load_default=None, allow_none=True)
    reference = Text(longest=60, load_default=None, allow_none=True)


class Cart(StrictSchema):
    """What is to be priced."""

    clinic_id = ClinicId(required=True)
    lines = fields.List(fields.Nested(LineCreate), required=True, validate=validate.Length(1, MOST_LINES))
    discounts = fields.List(
        fields.Nested(DiscountCreate), load_default=list, validate=validate.Length(max=10)
    )
    tip_cents = Cents(load_default=0)


class QuoteCreate(Cart):
    """A cart without a patient: what would it come to?"""


class CheckoutCreate(Cart):
    patient_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    supplies = fields.List(
        fields.Nested(SupplyCreate), load_default=list, validate=validate.Length(max=MOST_SUPPLIES)
    )
    tenders = fields.List(
        fields.Nested(TenderCreate), required=True, validate=validate.Length(max=MOST_TENDERS)
    )
    expected_total_cents = Cents(load_default=None, allow_none=True)

    @post_load
    def _same_shape(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return dict(data)


class MadeQuery(StrictSchema):
    clinic_id = ClinicId(required=True)


class QuoteLineAnswer(StrictSchema):
    line_no = fields.Integer()
    charge = fields.String()
    kind = fields.String()
    description = fields.String()
    depth_mm = fields.String(allow_none=True)
    quantity = fields.Integer()
    unit_cents = fields.Integer()
    gross_cents = fields.Integer()
    discount_cents = fields.Integer()
    tax_rate_ppm = fields.Integer()
    tax_cents = fields.Integer()
    total_cents = fields.Integer()


class QuoteAnswer(StrictSchema):
    currency = fields.String()
    subtotal_cents = fields.Integer()
    discount_cents = fields.Integer()
    tax_cents = fields.Integer()
    tip_cents = fields.Integer()
    total_cents = fields.Integer()
    discount_needs_manager = fields.Boolean()
    lines = fields.List(fields.Nested(QuoteLineAnswer))


class CheckoutInvoiceAnswer(StrictSchema):
    id = fields.UUID()
    number = fields.String()
    status = fields.String()
    currency = fields.String()
    issued_on = fields.String()
    subtotal_cents = fields.Integer()
    discount_cents = fields.Integer()
    tax_cents = fields.Integer()
    tip_cents = fields.Integer()
    total_cents = fields.Integer()
    paid_cents = fields.Integer()
    lines = fields.List(fields.Nested(QuoteLineAnswer))


class CheckoutAnswer(StrictSchema):
    visit_id = fields.UUID()
    invoice = fields.Nested(CheckoutInvoiceAnswer)
    change_cents = fields.Integer()
