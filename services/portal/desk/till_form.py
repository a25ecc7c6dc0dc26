"""The till's form: what was typed, and the cart it means to billing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.portal.desk.supplies import Row
from shared.errors import FieldError
from shared.money import parse_cents

CASH, CARD, CHEQUE = "cash", "card", "cheque"
WAYS = {CASH: (0,), CARD: (1,), CHEQUE: (2,), "split": (0, 1, 2, 3)}
KINDS = {0: "cash", 1: "card_external", 2: "cheque", 3: "card_external"}
# The part of a form field's name for each field of billing's.
_PARTS = {
    "amount_cents": "amount",
    "tendered_cents": "tendered",
    "card_brand": "brand",
    "card_last4": "last4",
    "reference": "number",
    "percent": "value",
}
MOST_ROWS = 100
_ROW = re.compile(r"(line|supply|discount|tender)-(\d{1,3})-([a-z0-9_]{1,20})")
_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?")
_NO_REASON = "Not said yet"


@dataclass(slots=True)
class TillForm:
    """The fields of the till as they were typed, in rows."""

    checkout_key: str = ""
    patient_id: str = ""
    visit_id: str = ""
    expected: str = ""
    tip: str = ""
    pay: str = ""
    rows: dict[str, dict[int, dict[str, str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "TillForm":
        """Sort the fields of a form, a draft or a JSON object into rows; what is not ours is left out."""
        form = cls(
            checkout_key=fields.get("checkout_key", ""),
            patient_id=fields.get("patient_id", ""),
            visit_id=fields.get("visit_id", ""),
            expected=fields.get("expected_total_cents", ""),
            tip=fields.get("tip", ""),
            pay=fields.get("pay", ""),
        )
        for name, value in fields.items():
            if matched := _ROW.fullmatch(name):
                kind, number, part = matched.groups()
                rows = form.rows.setdefault(kind, {})
                if len(rows) < MOST_ROWS or int(number) in rows:
                    rows.setdefault(int(number), {})[part] = value
        return form

    @property
    def lines(self) -> dict[int, dict[str, str]]:
        """The ticked lines by their number."""
        typed = sorted(self.rows.get("line", {}).items())
        return {number: row for number, row in typed if row.get("charge")}

    @property
    def discounts(self) -> dict[int, dict[str, str]]:
        """The discounts with a value by their number."""
        typed = sorted(self.rows.get("discount", {}).items())
        return {number: row for number, row in typed if row.get("value", "").strip()}

    @property
    def supply_rows(self) -> list[Row]:
        """The supplies as typed, in the shape of a supply row, each with the number it stands under."""
        return [
            {
                "number": number,
                "sku": row["sku"],
                "name": row["sku"],
                "unit": "",
                "quantity": row.get("quantity", "").strip(),
                "planned": row.get("planned", ""),
                "lot": row.get("lot", ""),
                "expires": "",
                "state": "first",
                "note": "",
                "category": None,
            }
            for number, row in sorted(self.rows.get("supply", {}).items())
            if row.get("sku")
        ]

    @property
    def charges(self) -> dict[str, int]:
        """How many areas of each charge are on the bill; what cannot be read counts as one."""
        found: dict[str, int] = {}
        for row in self.lines.values():
            quantity = row.get("quantity", "1").strip()
            count = int(quantity) if re.fullmatch(r"[0-9]{1,3}", quantity) else 1
            found[row["charge"]] = found.get(row["charge"], 0) + count
        return found

    def tender(self, number: int) -> dict[str, str]:
        """Return one tender as typed."""
        return self.rows.get("tender", {}).get(number, {})


@dataclass(slots=True)
class Cart:
    """What billing is asked, what was wrong before asking, and which form field each part came from."""

    body: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def blame(self, found: tuple[FieldError, ...], otherwise: str) -> dict[str, str]:
        """Return billing's errors by form field."""
        errors: dict[str, str] = {}
        for error in found:
            errors.setdefault(self._field(error.pointer) or otherwise, error.detail)
        return errors

    def _field(self, pointer: str) -> str:
        if pointer in self.origins:
            return self.origins[pointer]
        row, _, part = pointer.rpartition("/")
        origin = self.origins.get(row, "")
        return f"{origin}-{_PARTS.get(part, part)}" if origin else ""


def priced_cart(form: TillForm, clinic_id: str, *, is_final: bool) -> Cart:
    """Return what determines the total. Before payment a discount may still lack its reason."""
    cart = Cart(origins={"/lines": "lines", "/tip_cents": "tip", "/tenders": "pay", "/patient_id": "patient"})
    lines, places = [], {}
    for place, (number, row) in enumerate(form.lines.items()):
        cart.origins[f"/lines/{place}"] = f"line-{number}"
        places[row["charge"]] = place
        quantity = row.get("quantity", "1").strip() or "1"
        if not re.fullmatch(r"[1-9][0-9]?", quantity):
            cart.errors[f"line-{number}-quantity"] = "Type how many, 1 to 99."
            continue
        line: dict[str, Any] = {"charge": row["charge"], "quantity": int(quantity)}
        if row.get("depth_mm"):
            line["depth_mm"] = row["depth_mm"]
        lines.append(line)
    tip_cents = _cents(form.tip, "tip", cart.errors) if form.tip.strip() else 0
    cart.body = {
        "clinic_id": clinic_id,
        "lines": lines,
        "tip_cents": tip_cents or 0,
        "discounts": _discounts(form, places, cart, is_final=is_final),
    }
    return cart


def sale(form: TillForm, clinic_id: str, supplies: list[Row]) -> Cart:
    """Return the whole sale: the priced cart, who it is for, what was used and how it is paid."""
    cart = priced_cart(form, clinic_id, is_final=True)
    if not form.lines:
        cart.errors["lines"] = "Nothing to pay for yet. Add an area first."
    total_cents = int(form.expected) if re.fullmatch(r"[0-9]{1,12}", form.expected) else 0
    cart.body |= {
        "patient_id": form.patient_id,
        "visit_id": form.visit_id or None,
        "expected_total_cents": total_cents,
        "tenders": _tenders(form, total_cents, cart),
        "supplies": _supplies(supplies, cart),
    }
    return cart


def _discounts(
    form: TillForm, places: Mapping[str, int], cart: Cart, *, is_final: bool
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, row in form.discounts.items():
        at = f"discount-{number}"
        cart.origins[f"/discounts/{len(found)}"] = at
        cart.origins[f"/discounts/{len(found)}/amount_cents"] = f"{at}-value"
        cart.origins.setdefault("/discounts", f"{at}-value")
        discount: dict[str, Any] = {"reason": row.get("reason", "").strip() or _NO_REASON}
        if is_final and not row.get("reason", "").strip():
            cart.errors[f"{at}-reason"] = "Say why: it stands in the books."
        if charge := row.get("charge", ""):
            if charge not in places:
                cart.errors[f"{at}-charge"] = "This is not on the bill."
                continue
            discount["line"] = places[charge]
        if row.get("kind") == "amount":
            discount["amount_cents"] = _cents(row["value"], f"{at}-value", cart.errors)
        else:
            discount["percent"] = _percent(row["value"], f"{at}-value", cart.errors)
        if f"{at}-value" not in cart.errors:
            found.append(discount)
    return found


def _tenders(form: TillForm, total_cents: int, cart: Cart) -> list[dict[str, Any]]:
    if not total_cents:
        return []
    if form.pay not in WAYS:
        cart.errors["pay"] = "How is it paid? Choose cash, card, cheque or split."
        return []
    found: list[dict[str, Any]] = []
    for number in WAYS[form.pay]:
        typed = form.tender(number)
        amount_cents: int | None = total_cents
        if form.pay == "split":
            if not typed.get("amount", "").strip():
                continue
            amount_cents = _cents(typed["amount"], f"tender-{number}-amount", cart.errors)
        cart.origins[f"/tenders/{len(found)}"] = f"tender-{number}"
        tender: dict[str, Any] = {"kind": KINDS[number], "amount_cents": amount_cents}
        found.append(tender | _tender_details(number, typed, amount_cents, cart))
    if form.pay == "split" and not found and "pay" not in cart.errors:
        cart.errors["pay"] = "Type the parts it is paid in."
    return found


def _tender_details(
    number: int, typed: Mapping[str, str], amount_cents: int | None, cart: Cart
) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if KINDS[number] == "cash" and typed.get("tendered", "").strip():
        name = f"tender-{number}-tendered"
        details["tendered_cents"] = _cents(typed["tendered"], name, cart.errors)
        given = details["tendered_cents"]
        if given is not None and amount_cents is not None and given < amount_cents:
            cart.errors[name] = "That is less than the cash due."
    if KINDS[number] == "card_external":
        details["card_brand"] = typed.get("brand") or None
        details["card_last4"] = typed.get("last4", "").strip() or None
    if KINDS[number] == "cheque":
        details["reference"] = typed.get("number", "").strip() or None
    return details


def _supplies(rows: list[Row], cart: Cart) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in rows:
        # A row of the plan has no number of its own unless it was on the form.
        cart.origins[f"/supplies/{len(found)}"] = f"supply-{row.get('number', '')}"
        found.append({"sku": row["sku"], "quantity": row["quantity"], "lot": row["lot"].strip() or None})
    return found


def _cents(text: str, name: str, errors: dict[str, str]) -> int | None:
    try:
        return parse_cents(text)
    except ValueError as refused:
        errors[name] = str(refused)
        return None


def _percent(text: str, name: str, errors: dict[str, str]) -> str:
    matched = _PERCENT.fullmatch(text.strip().removesuffix("%").strip())
    if matched is None or not 0 < float(matched[0]) <= 100:
        errors[name] = "Type a percentage above 0 and at most 100, like 12.5."
        return ""
    return matched[0]
