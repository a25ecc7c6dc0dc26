"""The patients of the demo: names as they really are written, some twice because two desks typed them.

Telephone numbers are from the range kept for stories (555-01xx), addresses are at example.com.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.billing.patients import service
from services.billing.patients.schemas import PatientAnswer, PatientCreate
from suite.demo.clinics import MAIN, PLACES
from suite.demo.house import House
from suite.demo.staff import AT_THE_DESK

_AT_MAIN = (
    "María José García López", "Siobhán O'Brien", "Zoë van der Berg", "François Lefèvre", "Łukasz Wójcik",
    "Nguyễn Thị Minh Khai", "Aoife Ní Dhomhnaill",
    "Jürgen Müller-Lüdenscheidt", "Xóchitl Hernández", "李 小龍",
    "Renée D'Angelo", "José Ángel Núñez", "Anaïs Beaumont", "Priya Raghunathan", "Kwame Owusu-Ansah",
    "Þórdís Jónsdóttir", "Mary-Kate Sullivan",
    "Aleksandra Brzęczyszczykiewicz", "山田 花子", "Omar Al-Farouq",
    "Ngozi Adichie-Bello", "Håkan Öström", "Beatriz da Conceição Sousa", "Tess Li", "Oluwaseun Adébáyò",
    "Ekaterina Волкова", "Søren Kjærgaard", "Chidinma Nwosu", "Dolores Reyes de la Cruz", "Ian McAllister",
    "Yael Ben-David", "Σοφία Παπαδοπούλου", "Grace Hopkins", "김 서연", "Inés Etxeberria Goikoetxea",
    "Mehmet Yıldırım", "Hannah Schäfer", "Leilani Kealoha", "Tomáš Dvořák", "Abigail Thornton",
    "Fatima Zahra El Amrani", "Nia Williams", "Wilhelmina Montgomery-Featherstonehaugh-Cholmondeley",
    "Rosa Luz Quispe Mamani", "Björn Åkesson",
)  # fmt: skip
_AT_HARBOR = (
    "Ana-Sofía Peña", "Kai Nakamura", "Brontë Fitzgerald", "Ravi Subramaniam", "Mia Johansson", "陳 美玲",
    "D'Arcy O'Connell", "Isabela Monteiro", "Tuyết Trần", "Joaquín Ibáñez", "Freya Sørensen", "Amara Diallo",
)  # fmt: skip
# Typed a second time, by somebody who did not find the first: given name, family name, phone, e-mail.
_TWICE = (
    ("Maria Jose", "Garcia Lopez", "(860) 555-0101", None),
    ("Siobhan", "OBrien", None, "siobhan.obrien@example.com"),
    ("Lukasz", "Wojcik", "860 555 0105", None),
    ("Jose Angel", "Nunez", None, None),
)
_MERGED = _TWICE[0]
# In these the family name comes first.
_FAMILY_FIRST = ("李", "山田", "김", "陳", "Nguyễn")
_create, _answer = PatientCreate(), PatientAnswer()
# New ones keep coming: every so many visits is somebody's first.
_NEWEST_DAYS_AGO, _OLDEST_DAYS_AGO = 3, 640


@dataclass(frozen=True, slots=True)
class Known:
    """A patient of a clinic, on file since a day."""

    patient_id: UUID
    clinic_id: str
    since: date


def register(session: Session, house: House) -> list[Known]:
    """Put everybody on file on the day they first came, and merge one of the duplicates."""
    known = []
    by_name = {}
    for since, wire in sorted(_written(house), key=lambda entry: entry[0]):
        place = next(place for place in PLACES if place.clinic_id == wire["clinic_id"])
        desk = house.people[AT_THE_DESK[place.clinic_id]]
        patient = service.create(
            session,
            details=_create.load(wire),
            key=house.key(desk, "/v1/patients", wire),
            now=place.at(since, 8, 20),
        )
        patient.answer = _answer.dump(patient)
        session.flush()
        by_name[wire["given_name"], wire["family_name"]] = patient
        known.append(Known(patient.patient_id, place.clinic_id, since))
    merged = by_name[_MERGED[0], _MERGED[1]]
    service.merge(session, kept=by_name["María José", "García López"], duplicate=merged)
    return [patient for patient in known if patient.patient_id != merged.patient_id]


def _written(house: House) -> Iterator[tuple[date, dict[str, Any]]]:
    for place, names in zip(PLACES, (_AT_MAIN, _AT_HARBOR), strict=True):
        today = place.today(house.now)
        area = "860" if place.clinic_id == MAIN else "206"
        for number, name in enumerate(names, start=1):
            given_name, family_name = _apart(name)
            spread = (_OLDEST_DAYS_AGO - _NEWEST_DAYS_AGO) * (number - 1) // len(names)
            wire: dict[str, Any] = {
                "clinic_id": place.clinic_id,
                "given_name": given_name,
                "family_name": family_name,
                "phone": f"+1 {area} 555 {100 + number:04d}" if house.chance.random() < 0.9 else None,
                "email": f"patient{number:02d}.{place.clinic_id}@example.com" if number % 4 else None,
            }
            yield today - timedelta(days=_OLDEST_DAYS_AGO - spread), wire
    for days_ago, (given_name, family_name, phone, email) in zip((250, 190, 60, 15), _TWICE, strict=True):
        wire = {"given_name": given_name, "family_name": family_name, "phone": phone, "email": email}
        yield PLACES[0].today(house.now) - timedelta(days=days_ago), {"clinic_id": MAIN, **wire}


def _apart(name: str) -> tuple[str, str]:
    """Return given and family name: two words each for four, else the first word and the rest."""
    words = name.split()
    if words[0] in _FAMILY_FIRST:
        return " ".join(words[1:]), words[0]
    given = 2 if len(words) == 4 else 1
    return " ".join(words[:given]), " ".join(words[given:])
