"""Book what visits used, many at once in a handful of statements; and say what a visit used."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.inventory.lots.codes import fold_code
from services.inventory.movements.models import Movement
from services.inventory.shortages.models import OPEN, Shortage
from services.inventory.usages.booking import Catalogue, Wanted, book
from services.inventory.usages.facts import UsageFact, read_fact
from services.inventory.usages.models import Usage
from services.inventory.usages.shelf import Shelf
from shared.errors import NotFound
from shared.events.cloud import Event, RejectedEvent
from shared.events.outbox import publish

_CLINICS_AND_BOOKED = text(
    """
    SELECT clinic_id AS known, NULL::uuid AS booked FROM clinics WHERE clinic_id = ANY (:clinics)
    UNION ALL
    SELECT NULL, invoice_id FROM usages WHERE invoice_id = ANY (:invoices)
    """
)
_ITEMS = text("SELECT sku, category FROM items WHERE lower(sku) = ANY (:skus)")
_RECIPES = text(
    """
    SELECT recipes.charge_code, recipes.effective_from,
           recipe_items.sku, recipe_items.basis, recipe_items.quantity_thousandths, items.category
      FROM recipes
      LEFT JOIN recipe_items USING (recipe_id)
      LEFT JOIN items ON items.sku = recipe_items.sku
     WHERE recipes.charge_code = ANY (:charges)
    """
)
# Locked in the order of their ids, as everywhere, so that batches wait in a row and never in a circle.
_LOTS = text(
    """
    SELECT lots.lot_id, lots.clinic_id, lots.sku, lots.code, lots.code_key, lots.expires_on, lots.status,
           lots.on_hand_thousandths, lots.value_cents, items.name
      FROM lots
      JOIN json_to_recordset(CAST(:wanted AS json)) AS wanted(clinic_id text, sku text)
        ON wanted.clinic_id = lots.clinic_id AND wanted.sku = lots.sku
      JOIN items ON items.sku = lots.sku
     WHERE lots.on_hand_thousandths > 0 OR lots.code_key = ANY (:codes)
     ORDER BY lots.lot_id
       FOR NO KEY UPDATE OF lots
    """
)
_TAKE = text(
    """
    UPDATE lots
       SET on_hand_thousandths = lots.on_hand_thousandths - taken.quantity,
           value_cents = lots.value_cents - taken.value
      FROM json_to_recordset(CAST(:rows AS json)) AS taken(lot_id uuid, quantity bigint, value bigint)
     WHERE lots.lot_id = taken.lot_id
    """
)


def apply(session: Session, events: Sequence[Event], *, now: datetime) -> None:
    """Book the supplies of up to a hundred visits. No lack of stock stops it: the treatments have happened.

    Raises:
        RejectedEvent: one is malformed, of an unknown clinic, or of an invoice that is booked already.
    """
    facts = [read_fact(event) for event in events]
    _refuse_unbookable(session, facts)
    catalogue = _load_catalogue(session, facts)
    plans = [(fact, catalogue.wanted(fact)) for fact in facts]
    shelf = _lock_shelf(session, plans)
    booking = book(plans, shelf, now=now)
    changes = shelf.changes()
    if changes:
        session.execute(_TAKE, {"rows": json.dumps(changes)})
    publish(session, booking.rows, booking.events)
    booking.rows.insert(session)


def usage_of(session: Session, *, clinics: Iterable[str], visit_id: UUID) -> dict[str, Any]:
    """Return what a visit used: lots, quantities, flags, and what is still short.

    Raises:
        NotFound: billing has not reported it yet, or it is another clinic's. Cost: the rows of the visit.
    """
    clinics = list(clinics)
    usages = session.execute(
        select(Usage)
        .where(Usage.visit_id == visit_id, Usage.clinic_id.in_(clinics))
        .order_by(Usage.recorded_at)
    )
    usage = next(usages.scalars(), None)
    if usage is None:
        raise NotFound("Nothing is known yet of what this visit used.")
    movements = session.execute(
        select(Movement)
        .where(Movement.visit_id == visit_id, Movement.clinic_id.in_(clinics))
        .order_by(Movement.seq)
    )
    shortages = session.execute(
        select(Shortage)
        .where(Shortage.visit_id == visit_id, Shortage.clinic_id.in_(clinics), Shortage.state == OPEN)
        .order_by(Shortage.shortage_id)
    )
    supplies = movements.scalars().all()
    return {
        "usage": usage,
        "supplies": supplies,
        "cost_cents": -sum(movement.value_cents for movement in supplies),
        "shortages": shortages.scalars().all(),
    }


def _refuse_unbookable(session: Session, facts: Sequence[UsageFact]) -> None:
    invoices = [fact.invoice_id for fact in facts]
    rows = session.execute(
        _CLINICS_AND_BOOKED, {"clinics": list({fact.clinic_id for fact in facts}), "invoices": invoices}
    ).all()
    known = {row.known for row in rows}
    booked = {row.booked for row in rows if row.booked is not None}
    for fact in facts:
        if fact.clinic_id not in known:
            raise RejectedEvent(f"no shelves are kept here for the clinic {fact.clinic_id}")
        if fact.invoice_id in booked:
            raise RejectedEvent("the supplies of this invoice are booked already, by another event")
        booked.add(fact.invoice_id)


def _load_catalogue(session: Session, facts: Sequence[UsageFact]) -> Catalogue:
    named = {supply.sku.lower() for fact in facts for supply in (*fact.scanned, *fact.sold)}
    items = session.execute(_ITEMS, {"skus": list(named)}).all() if named else []
    charges = {charge for fact in facts for charge in fact.charges}
    recipes = session.execute(_RECIPES, {"charges": list(charges)}).all() if charges else []
    return Catalogue(items, recipes)


def _lock_shelf(session: Session, plans: Sequence[tuple[UsageFact, Sequence[Wanted]]]) -> Shelf:
    wanted = {(fact.clinic_id, line.sku) for fact, lines in plans for line in lines if line.known}
    if not wanted:
        return Shelf(())
    codes = {fold_code(line.lot) for _, lines in plans for line in lines if line.lot is not None}
    pairs = [{"clinic_id": clinic_id, "sku": sku} for clinic_id, sku in sorted(wanted)]
    return Shelf(session.execute(_LOTS, {"wanted": json.dumps(pairs), "codes": list(codes)}))
