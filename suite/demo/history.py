"""The past four months, day by day: goods arrive, patients are treated and pay, events go there and back."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.billing.clinics import get_clinic
from services.billing.visits import reading, service
from services.billing.visits.models import Visit
from services.billing.visits.schemas import SuppliesAnswer, SuppliesCreate, VisitAnswer, VisitCreate
from services.inventory.lots.service import find_lots
from services.inventory.shortages.service import find_shortages, settle
from shared.auth.tokens import Actor
from shared.db import EVERY_CLINIC
from shared.quantities import from_whole
from suite.demo import carts
from suite.demo.catalogue import FACE, FINE_CARTRIDGE, MIST
from suite.demo.clinics import HARBOR, MAIN, PLACES, Place
from suite.demo.deliveries import FIRST_DELIVERY_DAYS_AGO, receive_of
from suite.demo.house import Courier, House
from suite.demo.patients import Known
from suite.demo.staff import AT_THE_DESK, MANAGER, MANAGING, TREATING

FIRST_VISIT_DAYS_AGO = 120
# How many patients come on a day, drawn from these.
_A_DAY = {MAIN: (1, 2, 2, 2, 3, 3, 4, 4), HARBOR: (0, 1, 1, 1, 2)}
_FIRST_HOUR, _LAST_HOUR = 9, 17

# The shelf had run out of the mist when this one was sold, and the next box came the day after.
_SOLD_BEFORE_IT_CAME = 39
_SETTLED = 37
# A label was misread: nobody has received a lot of this name.
_MISREAD, _MISREAD_LOT = 5, "N36-25I0B"
_MODEL_DAY = 23

_visit_create, _visit_answer = VisitCreate(), VisitAnswer()
_supplies_create, _supplies_answer = SuppliesCreate(), SuppliesAnswer()


def relive(house: House, patients: list[Known], courier: Courier) -> int:
    """Make the history and return how many visits it has."""
    visits = 0
    for days_ago in range(FIRST_DELIVERY_DAYS_AGO, 0, -1):
        with house.inventory.transaction(EVERY_CLINIC) as session:
            for place in PLACES:
                receive_of(session, house, place, days_ago=days_ago)
            if days_ago == _SETTLED:
                _settle_shortages(session, house)
        with house.billing.transaction(EVERY_CLINIC) as session:
            for place in PLACES:
                visits += _work(session, house, place, patients, days_ago)
        courier.deliver(PLACES[-1].at(PLACES[-1].today(house.now) - timedelta(days=days_ago), 20))
    return visits


def _work(session: Session, house: House, place: Place, patients: list[Known], days_ago: int) -> int:
    house.begin_day(place.clinic_id, days_ago)
    day = place.today(house.now) - timedelta(days=days_ago)
    special = _special(place, days_ago)
    if days_ago > FIRST_VISIT_DAYS_AGO or (day.weekday() in place.closed_weekdays and not special):
        return 0
    known = [patient for patient in patients if patient.clinic_id == place.clinic_id and patient.since < day]
    expected = max(house.chance.choice(_A_DAY[place.clinic_id]), 1 if special else 0)
    today = house.chance.sample(known, min(expected, len(known)))
    for turn, patient in enumerate(today):
        hour = _FIRST_HOUR + turn * (_LAST_HOUR - _FIRST_HOUR) // max(len(today), 1)
        arrival = place.at(day, hour, house.chance.randrange(0, 50))
        _visit(
            session,
            house,
            place,
            patient,
            arrival=arrival,
            days_ago=days_ago,
            special=special if turn == 0 else {},
        )
    return len(today)


def _special(place: Place, days_ago: int) -> dict[str, Any]:
    """Return what is out of the ordinary about the first visit of a day."""
    if place.clinic_id != MAIN:
        return {}
    return {
        _SOLD_BEFORE_IT_CAME: {"lines": [{"charge": FACE, "depth_mm": "1.5"}, {"charge": "aftercare-mist"}]},
        _MISREAD: {"supplies": [{"sku": FINE_CARTRIDGE, "quantity": "1", "lot": _MISREAD_LOT}]},
        _MODEL_DAY: {"discounts": [{"percent": "40", "reason": "Model for the training day"}]},
    }.get(days_ago, {})


def _visit(
    session: Session,
    house: House,
    place: Place,
    patient: Known,
    *,
    arrival: datetime,
    days_ago: int,
    special: dict[str, Any],
) -> None:
    """Let a patient in, treat and bill: through the whole clinic, or all of it at the till at the end."""
    planned = carts.plan(house.chance)
    scanned = carts.scans(house.chance, clinic_id=place.clinic_id, days_ago=days_ago)
    cart = {**carts.fill(house.chance, patient, planned), **special}
    desk = house.people[MANAGER if "discounts" in special else AT_THE_DESK[place.clinic_id]]
    if house.chance.random() < 0.35:
        visit = open_visit(session, house, desk, _booking(house, place, patient, planned), now=arrival)
        if scanned:
            clinician = house.people[TREATING[place.clinic_id]]
            scan(session, house, clinician, visit, scanned, now=arrival + timedelta(minutes=20))
        cart["visit_id"] = str(visit.visit_id)
    elif scanned and "supplies" not in special:
        cart["supplies"] = scanned
    done = arrival + timedelta(minutes=house.chance.randrange(40, 75))
    carts.check_out(session, house, cart, desk, now=done)


def _booking(house: House, place: Place, patient: Known, planned: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "clinic_id": place.clinic_id,
        "patient_id": str(patient.patient_id),
        "planned": planned,
        "clinician": house.people[TREATING[place.clinic_id]].name,
        "flag": house.chance.choices(("no", "ask"), (9, 1))[0],
    }


def open_visit(session: Session, house: House, actor: Actor, wire: dict[str, Any], *, now: datetime) -> Visit:
    """Open a visit as the route does."""
    body = _visit_create.load(wire)
    visit = service.open_visit(
        session,
        clinic=get_clinic(session, body["clinic_id"]),
        details=body,
        actor=actor,
        key=house.key(actor, "/v1/visits", wire),
        now=now,
    )
    session.flush()
    visit.answer = _visit_answer.dump(reading.shown(session, visit))
    session.flush()
    return visit


def scan(
    session: Session,
    house: House,
    actor: Actor,
    visit: Visit,
    supplies: list[dict[str, Any]],
    *,
    now: datetime,
) -> None:
    """Record what was opened in a running visit, as the route does."""
    wire = {"supplies": supplies}
    key = house.key(actor, f"/v1/visits/{visit.visit_id}/supplies", wire)
    rows = service.record_supplies(
        session, visit=visit, supplies=_supplies_create.load(wire)["supplies"], key=key, now=now
    )
    rows[0].answer = _supplies_answer.dump({"visit_id": visit.visit_id, "supplies": rows})
    session.flush()


def _settle_shortages(session: Session, house: House) -> None:
    """The manager covers what was short of the mist from the box that has come since."""
    place = PLACES[0]
    day: date = place.today(house.now) - timedelta(days=_SETTLED)
    manager = house.people[MANAGING[MAIN]]
    short = find_shortages(session, clinics=[MAIN], limit=50, cursor=None)["items"]
    lot = find_lots(session, clinics=[MAIN], sku=MIST, limit=1, cursor=None)["items"][0]
    for shortage in short:
        if shortage.sku == MIST:
            settle(
                session,
                clinics=[MAIN],
                shortage_id=shortage.shortage_id,
                lot_id=lot.lot_id,
                quantity_thousandths=from_whole(1),
                actor=manager,
                key=house.key(
                    manager, f"/v1/shortages/{shortage.shortage_id}/settlements", {"lot": lot.code}
                ),
                now=place.at(day, 9, 15),
            )
