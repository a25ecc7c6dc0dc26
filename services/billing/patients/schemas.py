"""Patients on the wire."""

from marshmallow import fields, validate

from shared.web.fields import ClinicId, StrictSchema, Text
from shared.web.pagination import PageQuery

PHONE = validate.Regexp(r"^\+?[0-9 ().-]{5,24}$", error="Use digits, with + for a country code.")
EMAIL = validate.Regexp(
    r"^[^@\s,;:<>]{1,64}@[^@\s,;:<>]{1,180}$", error="This does not look like one e-mail address."
)


class PatientCreate(StrictSchema):
    clinic_id = ClinicId(required=True)
    given_name = Text(required=True, longest=100)
    family_name = Text(required=True, longest=100)
    phone = Text(load_default=None, allow_none=True, longest=25, validate=PHONE)
    email = Text(load_default=None, allow_none=True, longest=200, validate=EMAIL)


class PatientChange(StrictSchema):
    given_name = Text(longest=100)
    family_name = Text(longest=100)
    phone = Text(allow_none=True, longest=25, validate=PHONE)
    email = Text(allow_none=True, longest=200, validate=EMAIL)


class PatientQuery(PageQuery):
    clinic_id = ClinicId(load_default=None)
    query = Text(load_default="", shortest=0, longest=100)


class MergeCreate(StrictSchema):
    duplicate_id = fields.UUID(required=True)


class PatientAnswer(StrictSchema):
    patient_id = fields.UUID()
    clinic_id = fields.String()
    number = fields.Integer()
    given_name = fields.String()
    family_name = fields.String()
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    merged_into = fields.UUID(allow_none=True)
    created_at = fields.DateTime()
    version = fields.Integer()


class PatientPage(StrictSchema):
    items = fields.List(fields.Nested(PatientAnswer))
    next = fields.String(allow_none=True)
