"""Which lots left the shelf for which visit, the latest visits first: what a patient was treated with."""

from typing import Any

from services.portal.clients import Document, billing, inventory
from services.portal.showing import NOTHING, SHORT_SECONDS, if_it_answers, may
from shared.auth.permissions import Permission

LOOKED_AT = 120
MOST_VISITS = 6
MOST_ON_THE_WAY = 3
WILL_FOLLOW = "will_follow"


def latest_use(clinic_id: str) -> dict[str, Any]:
    """Return the latest visits with their lots, and the invoices whose supplies are still on their way."""
    movements = inventory().movements(clinic_id=clinic_id, limit=LOOKED_AT)["items"]
    visits: dict[str, list[Document]] = {}
    for movement in movements:
        if movement["visit_id"] is not None:
            visits.setdefault(movement["visit_id"], []).append(movement)
    numbers = invoices_by_visit(clinic_id)
    shown = [
        {
            "visit_id": visit_id,
            "occurred_on": lines[0]["occurred_on"],
            "invoice": numbers.get(visit_id),
            # The ledger is read backwards; a visit reads from its cartridge on.
            "lines": lines[::-1],
        }
        for visit_id, lines in list(visits.items())[:MOST_VISITS]
    ]
    waiting = [invoice for invoice in numbers.values() if invoice["supplies_status"] == WILL_FOLLOW]
    return {"visits": shown, "waiting": waiting[:MOST_ON_THE_WAY]}


def invoices_by_visit(clinic_id: str) -> dict[str, Document]:
    """Return the latest invoices, for their numbers; none while billing is away or they may not be seen."""
    if not may(Permission.READ_INVOICES):
        return {}
    found = if_it_answers(lambda: billing().within(SHORT_SECONDS).invoices(clinic_id=clinic_id, limit=50))
    return {invoice["visit_id"]: invoice for invoice in (found or NOTHING)["items"]}
