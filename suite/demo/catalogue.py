"""What the demo clinics use, sell and charge for, and what each treatment takes from the shelves.

The trade item numbers begin with 952, which GS1 keeps for examples: no shop sells anything under them.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.billing.charges.price_lists import NewCharge, add_charge, set_price
from services.inventory.items.gtin import check_digit
from services.inventory.items.schemas import ItemAnswer, ItemCreate
from services.inventory.items.service import create_item
from services.inventory.recipes.service import Ingredient, write_recipe
from shared.quantities import parse_quantity
from suite.demo.clinics import HARBOR, MAIN
from suite.demo.house import House
from suite.demo.staff import MANAGER

FACE, NECK, CHEST = "microneedling-face", "microneedling-neck", "microneedling-chest"
CARTRIDGE, SHEATH, CREAM, SERUM = "CART-12", "SHEATH-01", "NUMB-500", "HA-SERUM-100"
FINE_CARTRIDGE, TUBE, VITAMIN_C, MIST = "CART-36", "NUMB-30", "VITC-SERUM-30", "AFT-MIST-100"


def _item(sku: str, name: str, category: str, base_unit: str, pack_size: str, **more: Any) -> dict[str, Any]:
    named = {"sku": sku, "name": name, "category": category, "base_unit": base_unit, "pack_size": pack_size}
    return {**named, **more}


def _cartridge(sku: str, needles: int, pack_size: str) -> dict[str, Any]:
    name = f"Needle cartridge, {needles}-pin"
    return _item(sku, name, "needle-cartridge", "each", pack_size, needle_count=needles)


_CREAM: dict[str, Any] = {"category": "numbing-cream", "base_unit": "g", "lidocaine_ppm": 40_000}
_SERUM: dict[str, Any] = {"category": "serum", "base_unit": "ml"}
_RETAIL: dict[str, Any] = {"category": "aftercare", "base_unit": "each", "retail": True}
_RETINOID = "Retinoid: not at a treatment, and not on the same day."
_CLEAN = "Take it out with a clean spatula; never put anything back."
_ITEMS = (
    _cartridge("CART-09", 9, "20"),
    _cartridge(CARTRIDGE, 12, "20"),
    _cartridge("CART-14", 14, "10"),
    _cartridge(FINE_CARTRIDGE, 36, "10"),
    _item(SHEATH, "Device sheath, single use", "device-sheath", "each", "100"),
    _item(TUBE, "Numbing cream 4 % lidocaine, 30 g tube", pack_size="30", in_use_days=180, **_CREAM),
    _item(
        CREAM,
        "Numbing cream 4 % lidocaine, 500 g jar",
        pack_size="500",
        in_use_days=90,
        warning=_CLEAN,
        **_CREAM,
    ),
    _item("GLIDE-250", "Glide gel, water-based, 250 ml", "glide-gel", "ml", "250", in_use_days=28),
    _item(SERUM, "Hyaluronic acid serum, 100 ml", pack_size="100", in_use_days=90, **_SERUM),
    _item(
        VITAMIN_C, "Vitamin C serum, 30 ml", pack_size="30", in_use_days=60, storage="refrigerated", **_SERUM
    ),
    _item(
        "TRET-025",
        "Tretinoin cream 0.025 %, 20 g",
        "prescription",
        "g",
        "20",
        prescription_only=True,
        warning=_RETINOID,
    ),
    _item("AFT-SERUM-30", "Aftercare serum, 30 ml", pack_size="12", **_RETAIL),
    _item("AFT-MOIST-50", "Aftercare moisturizer, 50 ml", pack_size="12", **_RETAIL),
    _item("AFT-SPF-50", "Mineral sunscreen SPF 50, 50 ml", pack_size="12", **_RETAIL),
    _item(MIST, "Cooling mist, 100 ml", pack_size="6", **_RETAIL),
)

# Code, name, area and minutes, or the sku that is sold; then the price at Main and at Harbor in cents.
_CHARGES: tuple[tuple[str, str, str | None, int | None, str | None, int, int], ...] = (
    (FACE, "Microneedling face", "face", 45, None, 19900, 22900),
    (NECK, "Microneedling neck", "neck", 30, None, 7500, 8900),
    (CHEST, "Microneedling chest", "chest", 60, None, 19900, 22900),
    ("aftercare-serum", "Aftercare serum, 30 ml", None, None, "AFT-SERUM-30", 4500, 4800),
    ("aftercare-moisturizer", "Aftercare moisturizer, 50 ml", None, None, "AFT-MOIST-50", 2850, 2995),
    ("aftercare-sunscreen", "Mineral sunscreen SPF 50, 50 ml", None, None, "AFT-SPF-50", 3200, 3450),
    ("aftercare-mist", "Cooling mist, 100 ml", None, None, MIST, 1795, 1895),
)
RETAIL = tuple(charge[0] for charge in _CHARGES if charge[4])
_FIRST_PRICES_FROM = date(2024, 1, 1)
# Until this many days ago treatments were cheaper; an old invoice keeps its old price.
_RAISED_DAYS_AGO = 100
_BEFORE_THE_RAISE = {FACE: 18900, NECK: 7000, CHEST: 18900}

# Cartridge and sheath once per visit, cream in grams and serum in millilitres for each area.
_RECIPES = {FACE: ("10", "3"), NECK: ("5", "2"), CHEST: ("10", "4")}


def list_items(session: Session, house: House, *, now: datetime) -> None:
    """Write the catalogue of inventory."""
    owner = house.people["owner"]
    for number, item in enumerate(_ITEMS, start=1):
        wire = {**item, "gtin": _gtin(number)}
        details = ItemCreate().load(wire)
        create_item(
            session,
            details=details,
            key=house.key(owner, "/v1/items", wire),
            now=now,
            answer=ItemAnswer().dump,
        )


def write_recipes(session: Session, house: House, *, now: datetime) -> None:
    """Write what each treatment takes."""
    for charge, (cream, serum) in _RECIPES.items():
        write_recipe(
            session,
            charge_code=charge,
            effective_from=_FIRST_PRICES_FROM,
            ingredients=(
                Ingredient(CARTRIDGE, "visit", parse_quantity("1")),
                Ingredient(SHEATH, "visit", parse_quantity("1")),
                Ingredient(CREAM, "area", parse_quantity(cream)),
                Ingredient(SERUM, "area", parse_quantity(serum)),
            ),
            written_by=house.people[MANAGER].subject,
            now=now,
        )


def set_prices(session: Session, *, today: date) -> None:
    """Write the price lists of both clinics; the one of Main was raised some months ago."""
    raised_on = today - timedelta(days=_RAISED_DAYS_AGO)
    for code, name, area, minutes, sku, at_main, at_harbor in _CHARGES:
        kind, tax_category = ("retail", "retail") if sku else ("treatment", "service")
        add_charge(session, NewCharge(code, kind, name, tax_category, area, minutes, sku))
        before = _BEFORE_THE_RAISE.get(code)
        prices = [(MAIN, before or at_main, _FIRST_PRICES_FROM), (HARBOR, at_harbor, _FIRST_PRICES_FROM)]
        if before:
            prices.append((MAIN, at_main, raised_on))
        for clinic_id, unit_cents, day in prices:
            set_price(
                session, clinic_id=clinic_id, charge_code=code, unit_cents=unit_cents, effective_from=day
            )


def _gtin(number: int) -> str:
    body = f"95204711{number:04d}"
    return f"{body}{check_digit(body)}"
