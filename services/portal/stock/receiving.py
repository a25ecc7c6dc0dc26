"""Receiving a delivery: one form, keyed once, ready for the next lot as soon as one is booked."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from flask import Blueprint, Response, redirect, request

from services.portal import current
from services.portal.clients import Document, ProblemFromService, inventory
from services.portal.drafts.routes import discard, recall
from services.portal.form_errors import errors_by_field
from services.portal.showing import all_of, if_it_answers, page
from services.portal.stock import delivery_form
from services.portal.stock.asking import find_items
from services.portal.stock.words import UNITS
from shared.auth.decorators import requires
from shared.auth.permissions import Permission

blueprint = Blueprint("stock_receiving", __name__)
KEY_USED = "idempotency-key-reused"
BOOKED_BEFORE = (
    "The first version of this form is booked already. Look at the lot before you book this one too."
)


@blueprint.get("/stock/receive")
@requires(Permission.RECEIVE_STOCK)
def receive_page() -> Response:
    """Show the form, with what was booked just before."""
    typed = recall() or {"sku": request.args.get("sku", ""), "supplier": request.args.get("supplier", "")}
    return _page(typed, booked=_booked())


@blueprint.post("/stock/receive")
@requires(Permission.RECEIVE_STOCK)
def receive() -> Response:
    """Book a delivery once, however often the form arrives."""
    form = request.form
    delivery = delivery_form.read(form, find_items)
    if delivery.errors:
        return _page(form, delivery.errors)
    body = {"clinic_id": current.working_clinic(), **delivery.body}
    try:
        booked = inventory().receive(body, key=form.get("key") or uuid4().hex)
    except ProblemFromService as refused:
        if refused.code == KEY_USED:
            # Its first version was booked and the answer lost: what is typed now would be a second delivery.
            return _page({**form.to_dict(), "key": uuid4().hex}, {"": BOOKED_BEFORE})
        if refused.status not in (403, 409, 422):
            raise
        return _page(form, _errors(refused))
    discard()
    # The next lot of a delivery usually comes from the same supplier.
    supplier = f"&supplier={quote(booked['supplier'], safe='')}" if booked["supplier"] else ""
    return redirect(  # type: ignore[return-value]
        f"/stock/receive?lot={booked['lot_id']}&booked={booked['movement_id']}{supplier}", 303
    )


def _errors(refused: ProblemFromService) -> dict[str, str]:
    if not refused.errors:
        return {delivery_form.FIELD_OF_CODE.get(refused.code, ""): refused.detail}
    found = {}
    for name, words in errors_by_field(refused).items():
        shown = delivery_form.OTHER_NAMES.get(name, name)
        found[shown if shown in delivery_form.FIELDS else ""] = words
    return found


def _booked() -> Document | None:
    """Return the receipt that the address names, with its lot as it stands now."""
    try:
        lot_id, movement_id = UUID(request.args.get("lot", "")), request.args.get("booked", "")
    except ValueError:
        return None
    lot = if_it_answers(lambda: inventory().lot(lot_id))
    moved = if_it_answers(lambda: inventory().movements(lot_id=str(lot_id), limit=200))
    if lot is None or moved is None:
        return None
    movement = next((one for one in moved["items"] if one["movement_id"] == movement_id), None)
    return {"lot": lot, "movement": movement} if movement else None


def _page(typed: Mapping[str, Any], errors: dict[str, str] | None = None, *, booked: Any = None) -> Response:
    items, _ = all_of(inventory().items, active="true")
    return page(
        "stock/receive.html",
        status=422 if errors else 200,
        typed=typed,
        key=typed.get("key") or uuid4().hex,
        errors=errors or {},
        items=items,
        units=UNITS,
        booked=booked,
    )
