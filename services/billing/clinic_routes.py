"""The clinics over HTTP: what a page must know to say the right day, hour and currency."""

from typing import Any

from marshmallow import fields

from services.billing.clinics import get_clinic
from shared.auth.decorators import chosen_clinics, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.dates import business_date
from shared.db import reading
from shared.web.api import Blueprint
from shared.web.fields import IsoDate, StrictSchema

blp = Blueprint("clinics", __name__, url_prefix="/v1/clinics", description="Where people work")


class ClinicAnswer(StrictSchema):
    clinic_id = fields.String()
    name = fields.String()
    time_zone = fields.String()
    currency = fields.String()
    today = IsoDate()


class ClinicPage(StrictSchema):
    items = fields.List(fields.Nested(ClinicAnswer))
    next = fields.String(allow_none=True)


@blp.get("")
@requires(Permission.READ_CHARGES)
@blp.response(200, ClinicPage)
def find() -> dict[str, Any]:
    """List the clinics this person works at, with the business day it is there."""
    now = utc_now()
    with reading() as session:
        clinics = [get_clinic(session, clinic_id) for clinic_id in chosen_clinics(None)]
    items = [
        {
            "clinic_id": clinic.clinic_id,
            "name": clinic.name,
            "time_zone": clinic.time_zone,
            "currency": clinic.currency,
            "today": business_date(now, clinic.time_zone),
        }
        for clinic in clinics
    ]
    return {"items": items, "next": None}
