"""Visits on the wire."""

from marshmallow import fields, validate

from services.billing.checkouts.schemas import MOST_LINES, Depth, SupplyCreate
from services.billing.visits.models import FLAGS, STATUSES
from shared.web.fields import ClinicId, Code, IsoDate, Quantity, StrictSchema, Text
from shared.web.pagination import PageQuery


class PlannedArea(StrictSchema):
    charge = Code(required=True)
    depth_mm = Depth(load_default=None, allow_none=True)


class VisitCreate(StrictSchema):
    clinic_id = ClinicId(required=True)
    patient_id = fields.UUID(required=True)
    visit_on = IsoDate(load_default=None)
    status = fields.String(load_default="arrived", validate=validate.OneOf(["expected", "arrived"]))
    planned = fields.List(
        fields.Nested(PlannedArea), load_default=list, validate=validate.Length(max=MOST_LINES)
    )
    clinician = Text(longest=100, load_default=None, allow_none=True)
    flag = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(FLAGS))


class VisitChange(StrictSchema):
    status = fields.String(validate=validate.OneOf([status for status in STATUSES if status != "done"]))
    planned = fields.List(fields.Nested(PlannedArea), validate=validate.Length(max=MOST_LINES))
    clinician = Text(longest=100, allow_none=True)
    flag = fields.String(validate=validate.OneOf(FLAGS))


class VisitQuery(PageQuery):
    clinic_id = ClinicId(load_default=None)
    on = IsoDate(load_default=None)
    patient_id = fields.UUID(load_default=None)
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class SuppliesCreate(StrictSchema):
    supplies = fields.List(fields.Nested(SupplyCreate), required=True, validate=validate.Length(1, 20))


class SupplyAnswer(StrictSchema):
    supply_id = fields.UUID()
    sku = fields.String()
    quantity = Quantity(attribute="quantity_thousandths")
    lot = fields.String(allow_none=True)
    recorded_at = fields.DateTime()


class VisitPatientAnswer(StrictSchema):
    patient_id = fields.UUID()
    number = fields.Integer()
    given_name = fields.String()
    family_name = fields.String()


class VisitAnswer(StrictSchema):
    visit_id = fields.UUID()
    clinic_id = fields.String()
    patient_id = fields.UUID()
    patient = fields.Nested(VisitPatientAnswer)
    status = fields.String()
    visit_on = IsoDate()
    planned = fields.List(fields.Dict())
    clinician = fields.String(allow_none=True)
    flag = fields.String(allow_none=True)
    flag_by = fields.String(allow_none=True)
    flag_by_name = fields.String(allow_none=True)
    flag_at = fields.DateTime(allow_none=True)
    invoice_id = fields.UUID(allow_none=True)
    supplies = fields.List(fields.Nested(SupplyAnswer))
    created_at = fields.DateTime()
    version = fields.Integer()


class VisitPage(StrictSchema):
    items = fields.List(fields.Nested(VisitAnswer))
    next = fields.String(allow_none=True)


class SuppliesAnswer(StrictSchema):
    visit_id = fields.UUID()
    supplies = fields.List(fields.Nested(SupplyAnswer))
