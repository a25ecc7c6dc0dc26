"""What billing says of a visit: `supplies.used`, read by hand because a hundred come at once. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.dates import parse_date
from shared.events.cloud import Event, RejectedEvent
from shared.quantities import parse_quantity
from shared.web.fields import clean_text

LONGEST_TEXT = 64
MOST_LINES = 200
MOST_AREAS = 1000


@dataclass(frozen=True, slots=True)
class Supply:
    """So much of an item, from the lot that was read off its label, if one was."""

    sku: str
    quantity_thousandths: int
    lot: str | None


@dataclass(frozen=True, slots=True)
class UsageFact:
    """One visit: the areas that were treated, what was scanned, what was sold over the counter."""

    event_id: UUID
    clinic_id: str
    visit_id: UUID
    invoice_id: UUID
    patient_id: UUID
    occurred_at: datetime
    occurred_on: date
    charges: Mapping[str, int]
    scanned: tuple[Supply, ...]
    sold: tuple[Supply, ...]
    reported_by: str


def read_fact(event: Event) -> UsageFact:
    """Read one event. Fields that are not needed here are left alone: billing may say more some day.

    Raises:
        RejectedEvent: it can never be booked as it is; the message says why.
    """
    data = event.data
    try:
        fact = UsageFact(
            event_id=event.id,
            clinic_id=_text(data["clinic_id"]),
            visit_id=UUID(data["visit_id"]),
            invoice_id=UUID(data["invoice_id"]),
            patient_id=UUID(data["patient_id"]),
            occurred_at=_moment(data["occurred_at"]),
            occurred_on=parse_date(data["business_date"]),
            charges=_charges(data.get("charges", [])),
            scanned=_lines(data.get("scanned", []), _supply),
            sold=_lines(data.get("sold", []), _supply),
            reported_by=_text(data["actor"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise RejectedEvent(f"not a usage: {type(wrong).__name__} {wrong}"[:300]) from wrong
    if fact.clinic_id != event.clinic_id or fact.visit_id != event.subject:
        raise RejectedEvent("the envelope names another clinic or visit than the usage in it")
    return fact


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    text = clean_text(value)
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise ValueError(f"1 to {LONGEST_TEXT} characters expected")
    return text


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment


def _charges(lines: Any) -> dict[str, int]:
    areas: dict[str, int] = {}
    for charge, quantity in _lines(lines, lambda line: (_text(line["charge"]), line["quantity"])):
        if type(quantity) is not int or not 1 <= quantity <= MOST_AREAS:
            raise ValueError(f"a charge is billed 1 to {MOST_AREAS} times")
        areas[charge] = areas.get(charge, 0) + quantity
    return areas


def _lines(lines: Any, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    if not isinstance(lines, list) or len(lines) > MOST_LINES:
        raise ValueError(f"a list of at most {MOST_LINES} expected")
    return tuple(read(line) for line in lines)


def _supply(line: Any) -> Supply:
    lot = line.get("lot")
    return Supply(
        sku=_text(line["sku"]),
        quantity_thousandths=parse_quantity(line["quantity"], minimum_thousandths=1),
        lot=None if lot is None else _text(lot),
    )
