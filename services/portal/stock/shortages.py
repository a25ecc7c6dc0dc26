"""Open exceptions: what was used though no lot covers it yet, why, and the way to settle it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, redirect, request

from services.portal import current
from services.portal.clients import Document, ProblemFromService, inventory
from services.portal.clinic_days import today
from services.portal.drafts.routes import discard, recall
from services.portal.showing import all_of, amount, errors_beside, may, page
from services.portal.stock.words import CAUSES, state_chip
from shared.auth.decorators import requires
from shared.auth.permissions import Permission

blueprint = Blueprint("stock_shortages", __name__)
UNKNOWN_ITEM = "unknown-item"
SHOWN = 50


@blueprint.get("/stock/shortages")
@requires(Permission.READ_SHORTAGES)
def shortages_page() -> Response:
    """Show what is open at the clinic, the oldest first."""
    return _page(recall() or {})


@blueprint.post("/stock/shortages")
@requires(Permission.SETTLE_SHORTAGES)
def settle() -> Response:
    """Settle one shortage, or a part of it, from a lot."""
    form = request.form
    try:
        shortage_id = UUID(form.get("shortage_id", ""))
    except ValueError:
        return redirect("/stock/shortages", 303)  # type: ignore[return-value]
    errors = {}
    if not form.get("lot_id"):
        errors["lot_id"] = "Choose the lot it was taken from."
    if not form.get("quantity", "").strip():
        errors["quantity"] = "How much of it was it?"
    if errors:
        return _page(form, errors)
    body = {"lot_id": form["lot_id"], "quantity": form["quantity"].strip()}
    try:
        settled = inventory().settle_shortage(shortage_id, body, key=form.get("key") or uuid4().hex)
    except ProblemFromService as refused:
        if refused.status not in (409, 422):
            raise
        return _page(form, _errors(refused))
    discard()
    flash(_words(settled))
    return redirect("/stock/shortages", 303)  # type: ignore[return-value]


def _errors(refused: ProblemFromService) -> dict[str, str]:
    otherwise = "quantity" if refused.code == "insufficient-stock" else ""
    return errors_beside(refused, ["lot_id", "quantity"], otherwise)


def _words(settled: Document) -> str:
    left = settled["shortage"]["open"]
    rest = "Nothing is open any more." if left == "0" else f"{left} is still open."
    what = f"{settled['quantity']} of {settled['shortage']['sku']}"
    return f"{what} settled from lot {settled['lot']}. {rest}"


def _page(typed: Mapping[str, Any], errors: dict[str, str] | None = None) -> Response:
    clinic_id, cursor = current.working_clinic(), request.args.get("cursor") or None
    found = inventory().shortages(clinic_id=clinic_id, limit=SHOWN, cursor=cursor)
    choices, names = _choices(clinic_id) if found["items"] else ({}, {})
    for shortage in found["items"]:
        shortage["cause_words"] = CAUSES.get(shortage["cause"], (shortage["cause"], ""))
        shortage["item"] = names.get(shortage["sku"])
        every = [choice for lots in choices.values() for choice in lots]
        shortage["lots"] = every if shortage["cause"] == UNKNOWN_ITEM else choices.get(shortage["sku"], [])
        shortage["key"] = uuid4().hex
    return page(
        "stock/shortages.html",
        status=422 if errors else 200,
        shortages=found,
        is_first=cursor is None,
        typed=typed,
        errors=errors or {},
        can_settle=may(Permission.SETTLE_SHORTAGES),
    )


def _choices(clinic_id: str) -> tuple[dict[str, list[tuple[str, str]]], dict[str, Document]]:
    """Return the lots with anything in them, by item, as a person tells them apart; and the items."""
    day, choices = today(), defaultdict(list)
    lots, _ = all_of(inventory().stock, clinic_id=clinic_id, by="lot")
    items, _ = all_of(inventory().items, active="all")
    for lot in lots:
        left = amount(lot["on_hand"], lot["base_unit"])
        state = state_chip(lot, day)[0].lower()
        choices[lot["sku"]].append((lot["lot_id"], f"{lot['lot']} · {left} · {state}"))
    return choices, {item["sku"]: item for item in items}
