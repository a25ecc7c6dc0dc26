"""Events on the wire."""

from marshmallow import fields

from shared.web.fields import StrictSchema


class EventResult(StrictSchema):
    id = fields.String()
    status = fields.String()
    detail = fields.String()


class EventsAnswer(StrictSchema):
    results = fields.List(fields.Nested(EventResult))
