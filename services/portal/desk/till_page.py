"""What the till shows: the template's `till`, for nobody yet, for somebody, and for what was just paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import render_template

from services.portal import clients
from services.portal.clients import ProblemFromService
from services.portal.desk import words
from services.portal.desk.places import Place, day_words
from services.portal.desk.supplies import Supplies, gather
from services.portal.desk.till_form import TillForm, priced_cart
from services.portal.showing import may

TILL = "/desk/till"
# Reload (F5), discount (F8) and what the browser keeps for itself are left out.
CHARGE_KEYS = ("F1", "F2", "F3", "F4", "F6", "F7", "F9", "F10")
TOLD_APART = 8
TENDER_WORDS = {"cash": "cash", "card_external": "card", "cheque": "cheque"}
Document = dict[str, Any]


@dataclass(slots=True)
class Sitting:
    """One patient at the till: who, which visit, what can be charged, and the draft it is kept in."""

    place: Place
    patient: Document
    visit: Document | None
    charges: list[Document]
    draft_key: str
    form: TillForm
    last: list[Document] = field(default_factory=list)
    was_kept: bool = False
    stays_apart: bool = False

    @property
    def address(self) -> str:
        """Where this sitting is, so that every way back leads to it: a reload, an error, a new sign-in."""
        if self.visit is not None:
            return f"{TILL}?visit={self.visit['visit_id']}"
        apart = "&apart=1" if self.stays_apart else ""
        return f"{TILL}?patient={self.patient['patient_id']}{apart}"

    @property
    def recorded(self) -> list[Document]:
        """What was scanned into the visit while treatment ran."""
        return self.visit["supplies"] if self.visit else []

    def supplies(self) -> Supplies:
        """Return what is shown as used."""
        return gather(self.place, self.form.charges, self.form.supply_rows, self.recorded)


def draw(sitting: Sitting, *, errors: Mapping[str, str] | None = None, problem: Any = None) -> str:
    """Return the page of the till with somebody at it."""
    found = dict(errors or {})
    form, supplies = sitting.form, sitting.supplies()
    quote = quote_of(sitting, found)
    till = {
        **_frame(sitting.place),
        "action": sitting.address,
        "draft_key": sitting.draft_key,
        "draft_url": f"/drafts/{sitting.draft_key}",
        "was_kept": sitting.was_kept,
        "checkout_key": form.checkout_key,
        "patient": _patient(sitting),
        "visit": _visit(sitting),
        "charges": _charges(sitting),
        "depths": words.DEPTHS,
        "lines": {row["charge"]: _line(row) for row in form.lines.values()},
        "supplies": _numbered(supplies.rows),
        "recorded": supplies.recorded,
        "supplies_note": supplies.note,
        "discounts": [_discount(row) for row in form.discounts.values()],
        "tip": form.tip,
        "pay": form.pay,
        "tenders": {number: form.tender(number) for number in range(4)},
        "quote": quote,
        "errors": found,
        "problem": problem,
    }
    return render_template("till.html", till=till, main_class="wide")


def draw_start(place: Place, *, query: str = "", found: Sequence[Document] = (), paid: Any = None) -> str:
    """Return the page of the till with nobody at it: find the patient, or take who is ready."""
    results = [
        _person(patient, f"{TILL}?patient={patient['patient_id']}", key=f"F{number}")
        for number, patient in enumerate(found, start=1)
    ]
    till = {
        **_frame(place),
        "find": {"action": TILL, "q": query, "results": results},
        "waiting": [] if query else _waiting(place),
        "done": _done(paid) if paid else None,
        "errors": {},
    }
    return render_template("till.html", till=till)


def quote_of(sitting: Sitting, errors: dict[str, str]) -> Document | None:
    """Return what the bill comes to, None while it cannot be said; what is wrong is added to `errors`."""
    if not sitting.form.lines:
        return None
    cart = priced_cart(sitting.form, sitting.place.clinic_id, is_final=False)
    if cart.errors:
        errors.update({name: words for name, words in cart.errors.items() if name not in errors})
        return None
    try:
        quote = clients.billing().quote(cart.body)
    except ProblemFromService as refused:
        for name, said in (cart.blame(refused.errors, "lines") or {"lines": refused.detail}).items():
            errors.setdefault(name, said)
        return None
    if quote["discount_needs_manager"] and not may("discounts.large"):
        first = next(iter(sitting.form.discounts), 0)
        errors.setdefault(f"discount-{first}-value", "A manager must grant this much. Or take off less.")
    return quote


def prefilled(sitting_visit: Document | None, checkout_key: str, patient_id: str) -> TillForm:
    """Return the form as it begins: what the visit planned is on the bill."""
    form = TillForm(
        checkout_key=checkout_key,
        patient_id=patient_id,
        visit_id=sitting_visit["visit_id"] if sitting_visit else "",
    )
    for number, area in enumerate(sitting_visit["planned"] if sitting_visit else ()):
        row = {"charge": area["charge"], "quantity": "1", "depth_mm": area.get("depth_mm") or ""}
        form.rows.setdefault("line", {})[number] = row
    return form


def _numbered(rows: Sequence[Document]) -> list[Document]:
    """Give each row the number it was sent under, so that an error finds it; new rows get the next ones."""
    following = count(max((row["number"] for row in rows if "number" in row), default=-1) + 1)
    return [{**row, "number": row["number"] if "number" in row else next(following)} for row in rows]


def _frame(place: Place) -> Document:
    return {
        "clinic": {"id": place.clinic_id, "name": place.name},
        "action": TILL,
        "quote_url": f"{TILL}/quote",
        "scan_url": f"{TILL}/scan",
        "find": {"action": TILL, "q": "", "results": []},
    }


def _patient(sitting: Sitting) -> Document:
    patient = sitting.patient
    treated = [visit for visit in sitting.last if visit["status"] == words.DONE]
    notes = [f"Last here {day_words(treated[0]['visit_on'])}"] if treated else ["First visit"]
    return {
        "id": patient["patient_id"],
        "name": words.full_name(patient),
        "number": patient["number"],
        "href": f"/desk/patients/{patient['patient_id']}",
        "flag": words.flag_of(sitting.visit, sitting.place),
        "notes": notes,
    }


def _visit(sitting: Sitting) -> Document | None:
    visit = sitting.visit
    if visit is None:
        return None
    said = words.STATUS_WORDS[visit["status"]]
    said += f", treated by {visit['clinician']}" if visit["clinician"] else ""
    return {"id": visit["visit_id"], "words": said, "href": f"/desk/visits/{visit['visit_id']}"}


def _charges(sitting: Sitting) -> list[Document]:
    depths = _last_depths(sitting.last)
    return [
        {
            "code": charge["code"],
            "name": charge["name"],
            "short": words.short_name(charge["name"]),
            "unit_cents": charge["unit_cents"],
            "key": CHARGE_KEYS[place] if place < len(CHARGE_KEYS) else "",
            "takes_depth": charge["kind"] == "treatment",
            "depth_mm": depths.get(charge["code"], ""),
        }
        for place, charge in enumerate(sitting.charges)
    ]


def _last_depths(visits: Sequence[Document]) -> dict[str, str]:
    """Return the depth each area was treated with the last time; visits come newest first."""
    found: dict[str, str] = {}
    for visit in visits:
        for area in visit["planned"]:
            if area.get("depth_mm"):
                found.setdefault(area["charge"], _shown_depth(area["depth_mm"]))
    return found


def _shown_depth(depth: str) -> str:
    """Return a depth as the till's list writes it: "2" is "2.0"."""
    return next((known for known in words.DEPTHS if float(known) == float(depth)), depth)


def _line(row: Mapping[str, str]) -> Document:
    depth = row.get("depth_mm", "")
    return {
        "depth_mm": _shown_depth(depth) if depth.replace(".", "", 1).isdigit() else "",
        "quantity": row.get("quantity", "1"),
    }


def _discount(row: Mapping[str, str]) -> Document:
    return {part: row.get(part, "") for part in ("charge", "kind", "value", "reason")}


def _person(patient: Document, href: str, detail: str = "", key: str = "") -> Document:
    return {
        "href": href,
        "name": words.full_name(patient),
        "number": patient["number"],
        "detail": detail or " · ".join(filter(None, (patient.get("phone"), patient.get("email")))),
        "key": key,
    }


def _waiting(place: Place) -> list[Document]:
    clinic = {"clinic_id": place.clinic_id, "on": place.today.isoformat(), "status": words.TO_PAY}
    visits = clients.billing().visits(limit=50, **clinic)["items"]
    if not visits:
        return []
    prices = clients.billing().charges(clinic_id=place.clinic_id)["items"]
    names = {charge["code"]: charge["name"] for charge in prices}
    return [
        _person(
            visit["patient"],
            f"{TILL}?visit={visit['visit_id']}",
            words.area_words(visit["planned"], names),
            f"F{number}" if number <= TOLD_APART else "",
        )
        for number, visit in enumerate(reversed(visits), start=1)
    ]


def _paid_words(kinds: Sequence[str]) -> str:
    if not kinds:
        return "Nothing to pay"
    return f"Paid {'in' if kinds[0] == 'cash' else 'by'} {' and '.join(kinds)}"


def _done(invoice: Document) -> Document:
    payments = [payment for payment in invoice["payments"] if payment["status"] == "succeeded"]
    change = sum(
        payment["tendered_cents"] - payment["amount_cents"]
        for payment in payments
        if payment["tendered_cents"] is not None
    )
    kinds = list(dict.fromkeys(TENDER_WORDS.get(payment["kind"], "other") for payment in payments))
    window = (invoice.get("next_visit_from"), invoice.get("next_visit_to"))
    return {
        "change_cents": change,
        "total_cents": invoice["total_cents"],
        "words": _paid_words(kinds),
        "invoice_number": invoice["number"],
        "invoice_href": f"/books/invoices/{invoice['id']}",
        "print_href": f"/books/invoices/{invoice['id']}.pdf",
        "next_visit": f"{day_words(window[0])} to {day_words(window[1])}" if all(window) else "",
        "patient_name": invoice.get("patient_name", ""),
        "stock_note": "Stock will follow" if invoice["supplies_status"] == "will_follow" else "",
    }
