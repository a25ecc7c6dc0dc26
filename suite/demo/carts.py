"""What a visit of the demo comes to, drawn by chance: areas, products, discounts, tip, the way it is paid."""

from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from services.billing.checkouts import service
from services.billing.checkouts.pricing import price_cart
from services.billing.checkouts.schemas import CheckoutCreate
from shared.auth.tokens import Actor
from suite.demo.catalogue import CHEST, FACE, FINE_CARTRIDGE, NECK, RETAIL, TUBE, VITAMIN_C
from suite.demo.deliveries import scannable
from suite.demo.house import House
from suite.demo.patients import Known

_AREAS = ((FACE,), (FACE, NECK), (FACE, NECK, CHEST), (NECK,), (CHEST,), (NECK, CHEST))
_HOW_OFTEN = (42, 32, 9, 7, 6, 4)
_DEPTHS = {FACE: ("1", "1.25", "1.5", "1.75", "2"), NECK: ("0.5", "0.75", "1"), CHEST: ("1", "1.25", "1.5")}
_REASONS = ("First visit", "Birthday", "Brought a friend", "Waited long", "Third visit this season")
_TIPS = (1000, 1500, 2000, 2000, 2500, 4000)
_CARDS = ("Visa", "Visa", "Mastercard", "American Express", "Discover")
_SCANS = ((FINE_CARTRIDGE, ("1",)), (TUBE, ("7.5", "9", "12.5")), (VITAMIN_C, ("2", "2.5", "3")))
_DOLLAR = 100
_checkout = CheckoutCreate()


def plan(chance: Random) -> list[dict[str, Any]]:
    """Return the areas of a visit with their depths, as they are planned and later billed."""
    areas = chance.choices(_AREAS, _HOW_OFTEN)[0]
    return [{"charge": area, "depth_mm": chance.choice(_DEPTHS[area])} for area in areas]


def scans(chance: Random, *, clinic_id: str, days_ago: int) -> list[dict[str, Any]]:
    """Return what was scanned in a treatment, of a lot that was there then; mostly nothing."""
    if chance.random() > 0.22:
        return []
    sku, quantities = chance.choice(_SCANS)
    lots = scannable(clinic_id, sku, days_ago=days_ago)
    return [{"sku": sku, "quantity": chance.choice(quantities), "lot": lots[0]}] if lots else []


def fill(chance: Random, patient: Known, planned: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a cart without its tenders."""
    lines = list(planned)
    if chance.random() < 0.34:
        products = chance.sample(
            [code for code in RETAIL if code != "aftercare-mist"], chance.choice((1, 1, 2))
        )
        lines += [{"charge": code, "quantity": chance.choice((1, 1, 1, 2))} for code in products]
    cart: dict[str, Any] = {
        "clinic_id": patient.clinic_id,
        "patient_id": str(patient.patient_id),
        "lines": lines,
        "discounts": _discounts(chance, len(lines)),
    }
    if chance.random() < 0.24:
        cart["tip_cents"] = chance.choice(_TIPS)
    return cart


def check_out(
    session: Session, house: House, cart: dict[str, Any], actor: Actor, *, now: datetime
) -> dict[str, Any]:
    """Let the patient pay what the cart comes to, and check out as the route does."""
    priced = price_cart(session, cart=_checkout.load({**cart, "tenders": []}), now=now)
    wire = {**cart, "tenders": _tenders(house.chance, priced.totals.total_cents)}
    return service.check_out(
        session,
        cart=_checkout.load(wire),
        actor=actor,
        key=house.key(actor, "/v1/checkouts", wire),
        now=now,
    )


def _discounts(chance: Random, lines: int) -> list[dict[str, Any]]:
    drawn = chance.random()
    reason = chance.choice(_REASONS)
    if drawn < 0.06:
        return [{"percent": chance.choice(("5", "7.5", "8")), "reason": reason}]
    if drawn < 0.10:
        return [
            {
                "line": chance.randrange(lines),
                "amount_cents": chance.choice((250, 333, 500)),
                "reason": reason,
            }
        ]
    if drawn < 0.12:
        return [
            {"line": 0, "percent": "5", "reason": reason},
            {"amount_cents": 199, "reason": "Rounded for cash"},
        ]
    return []


def _tenders(chance: Random, total_cents: int) -> list[dict[str, Any]]:
    drawn = chance.random()
    if total_cents == 0:
        return []
    if drawn < 0.47:
        return [_card(chance, total_cents)]
    if drawn < 0.77:
        return [_cash(total_cents)]
    if drawn < 0.86:
        return [
            {
                "kind": "cheque",
                "amount_cents": total_cents,
                "reference": f"No. {chance.randrange(1001, 1990)}",
            }
        ]
    in_cash = min(total_cents - 1, chance.choice((20, 50, 100)) * _DOLLAR)
    return [_cash(in_cash), _card(chance, total_cents - in_cash)]


def _cash(cents: int) -> dict[str, Any]:
    """Cash comes in twenties: the rest is change."""
    handed_over = -(-cents // (20 * _DOLLAR)) * 20 * _DOLLAR
    return {"kind": "cash", "amount_cents": cents, "tendered_cents": handed_over}


def _card(chance: Random, cents: int) -> dict[str, Any]:
    last_four = f"{chance.randrange(10_000):04d}"
    return {
        "kind": "card_external",
        "amount_cents": cents,
        "card_brand": chance.choice(_CARDS),
        "card_last4": last_four,
    }
