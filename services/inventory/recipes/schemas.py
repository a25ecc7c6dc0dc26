"""Recipes on the wire."""

from marshmallow import fields

from shared.web.fields import Code, IsoDate, Quantity, StrictSchema
from shared.web.pagination import PageQuery


class RecipeQuery(PageQuery):
    charge = Code(load_default=None)
    at = IsoDate(load_default=None)


class RecipeItemAnswer(StrictSchema):
    sku = fields.String()
    name = fields.String()
    category = fields.String()
    base_unit = fields.String()
    basis = fields.String()
    quantity = Quantity(attribute="quantity_thousandths")


class RecipeAnswer(StrictSchema):
    charge = fields.String()
    effective_from = fields.Date()
    items = fields.List(fields.Nested(RecipeItemAnswer))


class RecipePage(StrictSchema):
    items = fields.List(fields.Nested(RecipeAnswer))
    next = fields.String(allow_none=True)
