"""The tray of one visit: the areas with their depths, and what was opened and used."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import render_template

from services.portal import clients, current
from services.portal.clients import ProblemFromService
from services.portal.desk import scans, supplies, words
from services.portal.desk.places import Place
from services.portal.desk.shelf import ShelfAway
from services.portal.showing import may
from shared.auth.permissions import Permission
from shared.quantities import format_quantity, parse_quantity

MOST_AREAS = 20
Scan = dict[str, str]
NO_SCAN: Scan = {"state": "", "words": ""}
# How far apart the buttons for grams and millilitres are, by what is planned; all in thousandths.
_STEPS = ((15_000, 5_000), (8_000, 2_000), (3_000, 1_000), (0, 500))
_CHARGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


def treatments(place: Place) -> list[dict[str, Any]]:
    """Return what can be treated, in the order of the till."""
    charges = clients.billing().charges(clinic_id=place.clinic_id)["items"]
    return [
        {**charge, "short": words.short_name(charge["name"])}
        for charge in charges
        if charge["kind"] == "treatment"
    ]


def planned_of(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the areas ticked on a form: fields `area-<n>` with the charge and `depth-<n>`."""
    found = []
    for number in range(MOST_AREAS):
        charge = form.get(f"area-{number}", "")
        if _CHARGE.fullmatch(charge):
            found.append({"charge": charge, "depth_mm": form.get(f"depth-{number}") or None})
    return found


def chosen_of(form: Mapping[str, str]) -> dict[str, str]:
    """Return the depth typed for each ticked charge, empty for none."""
    return {area["charge"]: area["depth_mm"] or "" for area in planned_of(form)}


def draw(place: Place, visit: Mapping[str, Any], scan: Scan = NO_SCAN) -> str:
    """Return the whole page."""
    return render_template(
        "desk/visit.html",
        **_shown(place, visit, scan),
        status_words=words.STATUS_WORDS,
        name=words.full_name(visit["patient"]),
        flag=words.flag_of(visit, place),
        charges=treatments(place),
        chosen={area["charge"]: _depth(area.get("depth_mm")) for area in visit["planned"]},
        depths=words.DEPTHS,
        my_name=current.person().actor.name,
        may_check_out=may(Permission.CHECK_OUT),
    )


def draw_supplies(place: Place, visit: Mapping[str, Any], scan: Scan) -> str:
    """Return the part with the supplies alone, for tray.js."""
    return render_template("desk/visit_supplies.html", **_shown(place, visit, scan))


def record(place: Place, visit_id: UUID, form: Mapping[str, str]) -> Scan:
    """Note one supply in the visit, and return the words to answer with."""
    try:
        row = _wanted(place, form)
        parse_quantity(row["quantity"], minimum_thousandths=1)
    except ShelfAway:
        return _bad("The shelf does not answer. Note it on paper and scan it later, or let the desk add it.")
    except scans.UnknownCode as unknown:
        return _bad(unknown.detail)
    except ValueError as refused:
        return _bad(str(refused))
    supply = {"sku": row["sku"], "quantity": row["quantity"], "lot": row["lot"] or None}
    try:
        clients.billing().record_supplies(visit_id, {"supplies": [supply]}, key=form.get("form_key", ""))
    except ProblemFromService as refused:
        if refused.code == "idempotency-key-reused":
            return _bad("This page was behind. It is up to date now: scan again if it is missing below.")
        return _bad(refused.errors[0].detail if refused.errors else refused.detail)
    amount = f"{row['quantity']} ×" if row["unit"] in {"", "each"} else f"{row['quantity']} {row['unit']}"
    # A lot that should not be used was used all the same: it is noted, and said aloud.
    state = "bad" if row["state"] in {"expired", "held"} else "good"
    return {"state": state, "words": f"{amount} {scans.words_for(row)}"}


def _wanted(place: Place, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the row a scan or a quick button asks for."""
    code = form.get("code", "").strip()
    if not code:
        sku, _, quantity = form.get("quick", "").partition(" ")
        row = scans.supply_for(place, sku)
        return {**row, "quantity": quantity or row["quantity"]}
    row = scans.supply_for(place, code)
    return {**row, "quantity": form.get("quantity", "").strip() or row["quantity"]}


def _shown(place: Place, visit: Mapping[str, Any], scan: Scan) -> dict[str, Any]:
    charges: dict[str, int] = {}
    for area in visit["planned"]:
        charges[area["charge"]] = charges.get(area["charge"], 0) + 1
    gathered = supplies.gather(place, charges, (), visit["supplies"])
    for row in gathered.rows:
        row["quick"] = _quick_amounts(row)
    return {
        "visit": visit,
        "is_open": visit["status"] in words.OPEN,
        "planned": gathered.rows,
        "recorded": gathered.recorded,
        "supplies_note": gathered.note,
        "scan": scan,
        "form_key": uuid4().hex,
        "may_record": may(Permission.RECORD_SUPPLIES) and visit["status"] in words.OPEN,
    }


def _quick_amounts(row: Mapping[str, Any]) -> list[str]:
    """Return the amounts offered by a button: pieces one by one; of grams what is planned, less and more."""
    if row["unit"] == "each":
        return [row["quantity"]]
    planned = parse_quantity(row["planned"])
    step = next(apart for least, apart in _STEPS if planned >= least)
    return [
        format_quantity(planned + step * times) for times in (-2, -1, 0, 1, 2) if planned + step * times > 0
    ]


def _depth(depth: str | None) -> str:
    known = next((shown for shown in words.DEPTHS if depth and float(shown) == float(depth)), None)
    return known or depth or ""


def _bad(said: str) -> Scan:
    return {"state": "bad", "words": said}
