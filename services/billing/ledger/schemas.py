"""The journal on the wire."""

from marshmallow import fields

from shared.web.fields import ClinicId, IsoDate, StrictSchema
from shared.web.pagination import PeriodQuery


class JournalQuery(PeriodQuery):
    clinic_id = ClinicId(load_default=None)
    invoice_id = fields.UUID(load_default=None)


class JournalLineAnswer(StrictSchema):
    account_code = fields.String()
    account_name = fields.String()
    debit_cents = fields.Integer()
    credit_cents = fields.Integer()


class JournalEntryAnswer(StrictSchema):
    entry_id = fields.UUID()
    clinic_id = fields.String()
    kind = fields.String()
    source_type = fields.String()
    source_id = fields.UUID()
    invoice_id = fields.UUID(allow_none=True)
    invoice_number = fields.String(allow_none=True)
    currency = fields.String()
    booked_on = IsoDate()
    posted_at = fields.DateTime()
    reverses_id = fields.UUID(allow_none=True)
    lines = fields.List(fields.Nested(JournalLineAnswer))


class JournalPage(StrictSchema):
    items = fields.List(fields.Nested(JournalEntryAnswer))
    next = fields.String(allow_none=True)
