"""What a person types about a delivery, read into what inventory takes; the catalogue is passed in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.portal.clients import Document
from shared.money import parse_cents

FIELDS = ("sku", "lot", "expires_on", "quantity", "cost", "supplier", "note", "override_reason")
OPTIONAL = ("supplier", "note", "override_reason")
# What inventory calls them, where a page says it otherwise.
OTHER_NAMES = {"cost_cents": "cost"}
# Refusals that name no field, and the field they are about.
FIELD_OF_CODE = {"lot-has-other-expiry": "expires_on", "lot-blocked": "lot", "forbidden": "override_reason"}
# As inventory limits it, said here in dollars rather than there in cents.
MOST_CENTS = 10_000_000_00
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_COMPACT_DAY = re.compile(r"(20\d\d)(\d\d)(\d\d)")


@dataclass
class Delivery:
    """A form as it was read: the body to send, or what is wrong with it."""

    body: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read(form: Mapping[str, str], find_items: Callable[[str], list[Document]]) -> Delivery:
    """Read the form; everything that is wrong with it is said at once."""
    read_so_far = Delivery()
    typed = {name: form.get(name, "").strip() for name in FIELDS}
    _read_item(typed["sku"], find_items, read_so_far)
    _take(read_so_far, "lot", typed["lot"], "Type the lot as it is printed on the label.")
    _take(
        read_so_far, "quantity", typed["quantity"].replace(",", ""), "How much arrived, in the item's unit?"
    )
    if form.get("no_expiry"):
        read_so_far.body["expires_on"] = None
    else:
        _take(
            read_so_far,
            "expires_on",
            iso_expiry(typed["expires_on"]),
            "Type the date, or say that there is none.",
        )
    try:
        read_so_far.body["cost_cents"] = parse_cents(typed["cost"], maximum_cents=MOST_CENTS)
    except ValueError as wrong:
        read_so_far.errors["cost"] = str(wrong)
    for name in OPTIONAL:
        read_so_far.body[name] = typed[name] or None
    return read_so_far


def iso_expiry(text: str) -> str:
    """Return what a label says as inventory takes it: "07/2027" is 2027-07, "7/31/2027" is 2027-07-31.

    What is none of these comes back as it is, so that inventory says what is wrong with it.
    """
    if matched := _MONTH.fullmatch(text):
        return f"{matched[2]}-{int(matched[1]):02d}"
    if matched := _DAY.fullmatch(text):
        return f"{matched[3]}-{int(matched[1]):02d}-{int(matched[2]):02d}"
    if matched := _COMPACT_DAY.fullmatch(text):
        return f"{matched[1]}-{matched[2]}-{matched[3]}"
    return text


def _take(delivery: Delivery, name: str, value: str, words: str) -> None:
    if value:
        delivery.body[name] = value
    else:
        delivery.errors[name] = words


def _read_item(typed: str, find_items: Callable[[str], list[Document]], delivery: Delivery) -> None:
    if not typed:
        delivery.errors["sku"] = "Which item is it? Type its sku or a part of its name, or scan it."
        return
    found = find_items(typed)
    exact = [item for item in found if typed.lower() in (item["sku"].lower(), item["name"].lower())]
    chosen = exact or found
    if len(chosen) == 1:
        delivery.body["sku"] = chosen[0]["sku"]
    elif chosen:
        names = ", ".join(item["sku"] for item in chosen[:4])
        delivery.errors["sku"] = f"This could be {names}. Type the whole sku."
    else:
        delivery.errors["sku"] = "There is no such item in the catalogue."
