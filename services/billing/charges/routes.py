"""Charges over HTTP."""

from dataclasses import asdict
from typing import Any

from services.billing.charges import service
from services.billing.charges.schemas import ChargePage, ChargeQuery
from services.billing.clinics import get_clinic
from shared.auth.decorators import chosen_clinics, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.dates import business_date
from shared.db import reading
from shared.web.api import Blueprint

blp = Blueprint(
    "charges", __name__, url_prefix="/v1/charges", description="What is charged, and for how much"
)


@blp.get("")
@requires(Permission.READ_CHARGES)
@blp.arguments(ChargeQuery(), location="query")
@blp.response(200, ChargePage)
def price_list(query: dict[str, Any]) -> dict[str, Any]:
    """List what a clinic charges, with the prices and tax in force on a day (today when none is named)."""
    items: list[dict[str, Any]] = []
    with reading() as session:
        for clinic_id in chosen_clinics(query["clinic_id"]):
            clinic = get_clinic(session, clinic_id)
            on_date = query["on"] or business_date(utc_now(), clinic.time_zone)
            for charge in service.price_list(session, clinic_id=clinic_id, on_date=on_date):
                items.append({"clinic_id": clinic_id, **asdict(charge)})
    return {"items": items, "next": None}
