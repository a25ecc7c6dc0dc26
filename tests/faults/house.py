"""A shelf for the house: what face and neck take, in lots that expire one after the other."""

from datetime import date, timedelta

from services.inventory.clinics import create_clinic
from services.inventory.items.schemas import ItemCreate
from services.inventory.items.service import create_item
from services.inventory.lots.schemas import ExpiryDate
from services.inventory.receipts.service import receive
from services.inventory.recipes.service import Ingredient, write_recipe
from shared.clock import utc_now
from shared.db import EVERY_CLINIC, Database
from shared.idempotency import RequestKey
from tests.billing.house import CHEST, FACE, LONG_AGO, NECK
from tests.cast import MARA

CARTRIDGE, SHEATH, CREAM, SERUM = "CART-12", "SHEATH", "CREAM-30", "SERUM-HA"
ITEMS = (
    (CARTRIDGE, "Needle cartridge 12-pin", "needle-cartridge", "each"),
    (SHEATH, "Device sheath", "device-sheath", "each"),
    (CREAM, "Numbing cream 4 %", "numbing-cream", "g"),
    (SERUM, "Hyaluronic acid serum", "serum", "ml"),
    ("AFT-SERUM-30", "Aftercare serum 30 ml", "aftercare", "each"),
)
PER_AREA_GRAMS_AND_ML = {FACE: (10, 3), NECK: (5, 2), CHEST: (10, 4)}
STOCK_THOUSANDTHS = 50_000_000
COST_CENTS = 123_457


def stock_up(database: Database, quantity_thousandths: int = STOCK_THOUSANDTHS) -> None:
    """Open both clinics' shelves with the catalogue, the recipes, and two lots of everything at Main."""
    now = utc_now()
    with database.transaction(EVERY_CLINIC) as session:
        for clinic_id in ("main", "harbor"):
            create_clinic(session, clinic_id=clinic_id, name=clinic_id.title(), time_zone="America/New_York")
        for sku, name, category, unit in ITEMS:
            details = ItemCreate().load({"sku": sku, "name": name, "category": category, "base_unit": unit})
            create_item(session, details=details, key=key(f"item-{sku}"), now=now)
        session.flush()
        for charge, (grams, millilitres) in PER_AREA_GRAMS_AND_ML.items():
            ingredients = [
                Ingredient(CARTRIDGE, "visit", 1000),
                Ingredient(SHEATH, "visit", 1000),
                Ingredient(CREAM, "area", grams * 1000),
                Ingredient(SERUM, "area", millilitres * 1000),
            ]
            write_recipe(
                session,
                charge_code=charge,
                effective_from=LONG_AGO,
                ingredients=ingredients,
                written_by=MARA.subject,
                now=now,
            )
    for sku, *_ in ITEMS:
        for place, code in enumerate(("A1", "B2"), start=1):
            receive_lot(
                database,
                sku,
                code=code,
                expires_on=date(now.year + place, 6, 30),
                quantity_thousandths=quantity_thousandths,
            )


def receive_lot(
    database: Database,
    sku: str,
    *,
    code: str,
    expires_on: date,
    quantity_thousandths: int,
    cost_cents: int = 123_457,
) -> None:
    """Receive one lot at Main, at a cost that divides badly."""
    expires = ExpiryDate().deserialize(expires_on.isoformat())
    with database.transaction(EVERY_CLINIC) as session:
        receive(
            session,
            clinic_id="main",
            sku=sku,
            code=code,
            expires=expires,
            quantity_thousandths=quantity_thousandths,
            cost_cents=COST_CENTS,
            actor=MARA,
            key=key(f"receipt-{sku}-{code}"),
            now=utc_now() - timedelta(seconds=1),
        )


def key(name: str) -> RequestKey:
    """Return a key for something a test makes past the API."""
    return RequestKey(name, b"", MARA.subject)
