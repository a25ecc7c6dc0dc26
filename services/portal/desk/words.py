"""What the desk calls things: people, areas, where a visit stands, the answer to the screening."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.portal.desk.places import Place

Document = Mapping[str, Any]

EXPECTED, ARRIVED, IN_TREATMENT, TO_PAY, DONE, CANCELLED = (
    "expected",
    "arrived",
    "in_treatment",
    "to_pay",
    "done",
    "cancelled",
)
OPEN = frozenset({EXPECTED, ARRIVED, IN_TREATMENT, TO_PAY})
STATUS_WORDS = {
    EXPECTED: "Expected",
    ARRIVED: "Here",
    IN_TREATMENT: "In treatment",
    TO_PAY: "To pay",
    DONE: "Done",
    CANCELLED: "Cancelled",
}
# Billing keeps whether anything on the list applies; the chip says what follows from it.
_OUTCOMES = {"no": "ok", "ask": "ask", "yes": "stop"}
ANSWER_WORDS = {
    "no": "No, nothing applies",
    "ask": "Not sure: ask the clinician",
    "yes": "Yes, something applies",
}
# Half a millimetre to two and a half, in steps of a quarter.
DEPTHS = ("0.5", "0.75", "1.0", "1.25", "1.5", "1.75", "2.0", "2.25", "2.5")


def full_name(patient: Document) -> str:
    """Return the name as it is said."""
    return f"{patient['given_name']} {patient['family_name']}"


def flag_of(visit: Document | None, place: Place) -> dict[str, str] | None:
    """Return the outcome of the screening as `flag_chip` takes it, None while nobody has answered."""
    if visit is None or visit["flag"] is None:
        return None
    return {
        "answer": _OUTCOMES[visit["flag"]],
        "by": visit["flag_by_name"] or "",
        "at": place.hour(visit["flag_at"]),
    }


def area_words(planned: Iterable[Document], names: Mapping[str, str]) -> str:
    """Return "Face 1.5 mm, neck" for what is planned."""
    words: list[str] = []
    for area in planned:
        name = short_name(names.get(area["charge"], area["charge"]))
        depth = f" {area['depth_mm']} mm" if area.get("depth_mm") else ""
        words.append(f"{name if not words else name[:1].lower() + name[1:]}{depth}")
    return ", ".join(words)


def short_name(charge_name: str) -> str:
    """Return "Face" for "Microneedling face": beside its price the area alone is enough."""
    name = charge_name.removeprefix("Microneedling ")
    return name[:1].upper() + name[1:]


def money(cents: int) -> str:
    """Return "1,280.50" inside a sentence."""
    return f"{cents // 100:,}.{cents % 100:02d}"
