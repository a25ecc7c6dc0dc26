"""One lot: what it is, where its stock went, and the way to hold it and release it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request

from services.portal.clients import Document, ProblemFromService, inventory
from services.portal.clinic_days import today
from services.portal.current import person
from services.portal.drafts.routes import discard, recall
from services.portal.showing import NOTHING, errors_beside, filtered, may, page
from services.portal.stock.latest_use import invoices_by_visit
from services.portal.stock.words import AVAILABLE, FLAGS, HELD, KINDS, state_chip
from shared.auth.decorators import requires
from shared.auth.permissions import Permission

blueprint = Blueprint("stock_lots", __name__)
MOVEMENTS_SHOWN = 50
CHANGED_MEANWHILE = 412
DONE_WORDS = {
    HELD: "is on hold: no visit takes from it any more.",
    AVAILABLE: "is released: visits take from it again.",
}


@blueprint.get("/stock/lots/<uuid:lot_id>")
@requires(Permission.READ_STOCK)
def lot_page(lot_id: UUID) -> Response:
    """Show one lot."""
    typed = recall()
    return _page(lot_id, reason=typed.get("reason", "") if typed else "")


@blueprint.post("/stock/lots/<uuid:lot_id>")
@requires(Permission.WRITE_LOTS)
def change(lot_id: UUID) -> Response:
    """Hold or release a lot, as it was seen when the form was drawn."""
    form = request.form
    status = HELD if form.get("status") == HELD else AVAILABLE
    reason = form.get("reason", "").strip()
    if not reason:
        return _page(lot_id, reason=reason, errors={"reason": "Say why: whoever finds this lot will ask."})
    version = form.get("version", "")
    changes = {"status": status, "reason": reason}
    try:
        lot = inventory().change_lot(
            lot_id,
            changes,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        )
    except ProblemFromService as refused:
        if refused.status == CHANGED_MEANWHILE:
            return _page(lot_id, reason=reason, status=CHANGED_MEANWHILE, is_stale=True)
        if refused.status != 422:
            raise
        return _page(lot_id, reason=reason, errors=errors_beside(refused, ["reason"], "reason"))
    discard()
    flash(f"Lot {lot['lot']} {DONE_WORDS[status]}")
    return redirect(f"/stock/lots/{lot_id}", 303)  # type: ignore[return-value]


def _page(
    lot_id: UUID,
    *,
    reason: str,
    errors: dict[str, str] | None = None,
    status: int | None = None,
    is_stale: bool = False,
) -> Response:
    lot = inventory().lot(lot_id)
    movements, wrong = filtered(lambda: _movements(lot_id), NOTHING)
    values: dict[str, Any] = {
        "lot": lot,
        "chip_words": state_chip(lot, today()),
        "clinic_name": person().clinic_names.get(lot["clinic_id"], lot["clinic_id"]),
        "movements": movements,
        "is_first": not request.args.get("cursor"),
        "numbers": invoices_by_visit(lot["clinic_id"]),
        "kinds": KINDS,
        "flag_words": FLAGS,
        "reason": reason,
        "errors": {**wrong, **(errors or {})},
        "is_stale": is_stale,
    }
    return page("stock/lot.html", status=status or (422 if values["errors"] else 200), **values)


def _movements(lot_id: UUID) -> Document:
    if not may(Permission.READ_MOVEMENTS):
        return NOTHING
    cursor = request.args.get("cursor") or None
    return inventory().movements(lot_id=str(lot_id), limit=MOVEMENTS_SHOWN, cursor=cursor)
