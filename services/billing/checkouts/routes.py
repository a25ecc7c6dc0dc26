"""Checkout over HTTP."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from services.billing.checkouts import pricing, service
from services.billing.checkouts.schemas import (
    CheckoutAnswer,
    CheckoutCreate,
    MadeQuery,
    QuoteAnswer,
    QuoteCreate,
)
from services.billing.invoices.models import Invoice
from shared.auth.decorators import current_actor, requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading
from shared.idempotency import once, request_key
from shared.web.api import Blueprint

blp = Blueprint("checkouts", __name__, url_prefix="/v1", description="The till")


@blp.post("/checkouts")
@requires(Permission.CHECK_OUT)
@blp.arguments(CheckoutCreate())
@blp.response(201, CheckoutAnswer)
def check_out(body: dict[str, Any]) -> Response:
    """Check a patient out: price, invoice, tenders and books in one step."""
    actor = current_actor()
    clinic_id = actor.require_clinic(body["clinic_id"])
    key = request_key(body)

    def make(session: Session) -> dict[str, Any]:
        return service.check_out(session, cart=body, actor=actor, key=key, now=utc_now())

    return once(Invoice, key, clinic_id, make)


@blp.get("/checkouts/<string:key>")
@requires(Permission.CHECK_OUT)
@blp.arguments(MadeQuery(), location="query")
@blp.response(200, CheckoutAnswer)
def made(query: dict[str, Any], key: str) -> dict[str, Any]:
    """Say what this person's checkout under this Idempotency-Key made: for who never heard the answer."""
    actor = current_actor()
    clinic_id = actor.require_clinic(query["clinic_id"])
    with reading() as session:
        return service.made(session, clinic_id=clinic_id, actor=actor, key=key)


@blp.post("/quotes")
@requires(Permission.CHECK_OUT)
@blp.arguments(QuoteCreate())
@blp.response(200, QuoteAnswer)
def quote(body: dict[str, Any]) -> dict[str, Any]:
    """Say what a cart would come to. Nothing is kept."""
    current_actor().require_clinic(body["clinic_id"])
    with reading() as session:
        return pricing.quote(session, cart=body, now=utc_now())
