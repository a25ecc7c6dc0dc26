"""Stock on the wire: one shape by item, one by lot."""

from marshmallow import fields, validate

from shared.web.fields import ClinicId, IsoDate, Quantity, StrictSchema, Text
from shared.web.pagination import PageQuery

BY_ITEM, BY_LOT = "item", "lot"


class StockQuery(PageQuery):
    clinic_id = ClinicId(load_default=None)
    by = Text(load_default=BY_ITEM, longest=4, validate=validate.OneOf((BY_ITEM, BY_LOT)))
    at = IsoDate(load_default=None)
    query = Text(load_default="", shortest=0, longest=100)


class _Row(StrictSchema):
    clinic_id = fields.String()
    sku = fields.String()
    name = fields.String()
    category = fields.String()
    base_unit = fields.String()
    on_hand = Quantity()
    usable = Quantity(metadata={"description": "Neither expired nor on hold on that day."})
    value_cents = fields.Integer(metadata={"description": "Only for those who may see costs."})


class ItemStockAnswer(_Row):
    next_expires_on = fields.Date(allow_none=True)
    short = Quantity(metadata={"description": "Used, but not yet taken from any lot."})
    open_shortages = fields.Integer()


class LotStockAnswer(_Row):
    lot_id = fields.UUID()
    lot = fields.String()
    expires_on = fields.Date(allow_none=True)
    expires_precision = fields.String(allow_none=True)
    status = fields.String()
    status_reason = fields.String(allow_none=True)


class StockRow(LotStockAnswer, ItemStockAnswer):
    """What a row may hold; which of it depends on `by`."""


class StockPage(StrictSchema):
    items = fields.List(fields.Nested(StockRow))
    next = fields.String(allow_none=True)
