"""Today at the demo clinics: somebody in every chair, whatever the hour the demo is loaded at."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.billing.visits import service
from services.billing.visits.models import ARRIVED, CANCELLED, EXPECTED, IN_TREATMENT, TO_PAY, Visit
from shared.db import EVERY_CLINIC
from suite.demo import carts
from suite.demo.catalogue import CARTRIDGE, CHEST, CREAM, FACE, NECK
from suite.demo.clinics import HARBOR, MAIN, PLACES, Place
from suite.demo.history import open_visit, scan
from suite.demo.house import Courier, House
from suite.demo.patients import Known
from suite.demo.staff import AT_THE_DESK, TREATING

_FACE_AND_NECK = ({"charge": FACE, "depth_mm": "1.5"}, {"charge": NECK, "depth_mm": "0.75"})
_WAY = {ARRIVED: (), IN_TREATMENT: (IN_TREATMENT,), TO_PAY: (IN_TREATMENT, TO_PAY), CANCELLED: (CANCELLED,)}
# Status, answer to the screening list, areas, and what was scanned already. Done ones come first.
_TODAY: dict[str, tuple[tuple[str, str | None, tuple[Any, ...], tuple[dict[str, Any], ...]], ...]] = {
    MAIN: (
        (TO_PAY, "no", _FACE_AND_NECK, ({"sku": CARTRIDGE, "quantity": "1", "lot": "N12-2602D"},)),
        (IN_TREATMENT, "no", _FACE_AND_NECK, ({"sku": CREAM, "quantity": "13.5", "lot": "L4-25-0311"},)),
        (IN_TREATMENT, "no", ({"charge": CHEST, "depth_mm": "1.25"},), ()),
        (CANCELLED, "yes", ({"charge": FACE, "depth_mm": "1"},), ()),
        (ARRIVED, "ask", ({"charge": FACE, "depth_mm": "1.25"},), ()),
        (ARRIVED, "no", _FACE_AND_NECK, ()),
        (EXPECTED, None, ({"charge": FACE, "depth_mm": None},), ()),
        (EXPECTED, None, _FACE_AND_NECK, ()),
        (EXPECTED, None, ({"charge": NECK, "depth_mm": None},), ()),
        (EXPECTED, None, (), ()),
    ),
    HARBOR: (
        (IN_TREATMENT, "no", _FACE_AND_NECK, ()),
        (ARRIVED, "no", ({"charge": FACE, "depth_mm": "1.5"},), ()),
        (EXPECTED, None, ({"charge": CHEST, "depth_mm": None},), ()),
        (EXPECTED, None, _FACE_AND_NECK, ()),
    ),
}
_DONE = {MAIN: 4, HARBOR: 1}


def begin(house: House, patients: list[Known], courier: Courier) -> int:
    """Open the day at both clinics and return how many visits it has."""
    visits = 0
    for place in PLACES:
        house.begin_day(place.clinic_id, 0)
        here = _shuffled(house, patients, place)
        with house.billing.transaction(EVERY_CLINIC) as session:
            for turn in range(_DONE[place.clinic_id]):
                _finish_one(session, house, place, next(here), share=0.5 + 0.1 * turn)
            for number, (status, flag, areas, scanned) in enumerate(_TODAY[place.clinic_id]):
                visit = _let_in(
                    session, house, place, next(here), (status, flag, areas), share=0.9 + number / 200
                )
                if scanned:
                    clinician = house.people[TREATING[place.clinic_id]]
                    scan(
                        session,
                        house,
                        clinician,
                        visit,
                        list(scanned),
                        now=place.earlier_today(house.now, 0.97),
                    )
                _move(session, house, place, visit, status)
            visits += _DONE[place.clinic_id] + len(_TODAY[place.clinic_id])
        courier.deliver(house.now)
    return visits


def _finish_one(session: Session, house: House, place: Place, patient: Known, *, share: float) -> None:
    planned = carts.plan(house.chance)
    desk = house.people[AT_THE_DESK[place.clinic_id]]
    now = place.earlier_today(house.now, share)
    carts.check_out(session, house, carts.fill(house.chance, patient, planned), desk, now=now)


def _let_in(
    session: Session,
    house: House,
    place: Place,
    patient: Known,
    wanted: tuple[str, str | None, tuple[Any, ...]],
    *,
    share: float,
) -> Visit:
    """Book those who are expected days ago; the others walked in at a moment of today."""
    status, flag, areas = wanted
    booked = status == EXPECTED
    wire = {
        "clinic_id": place.clinic_id,
        "patient_id": str(patient.patient_id),
        "status": EXPECTED if booked else ARRIVED,
        "visit_on": place.today(house.now).isoformat(),
        "planned": list(areas),
        "clinician": None if booked and not areas else house.people[TREATING[place.clinic_id]].name,
        "flag": flag,
    }
    opened_at = house.now - timedelta(days=6) if booked else place.earlier_today(house.now, share)
    return open_visit(session, house, house.people[AT_THE_DESK[place.clinic_id]], wire, now=opened_at)


def _move(session: Session, house: House, place: Place, visit: Visit, status: str) -> None:
    for step in _WAY.get(status, ()):
        service.change(
            session,
            visit=visit,
            changes={"status": step},
            version=visit.version,
            actor=house.people[TREATING[place.clinic_id]],
            now=place.earlier_today(house.now, 0.98),
        )


def _shuffled(house: House, patients: list[Known], place: Place) -> Iterator[Known]:
    here = [patient for patient in patients if patient.clinic_id == place.clinic_id]
    house.chance.shuffle(here)
    return iter(here)
