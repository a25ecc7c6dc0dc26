"""The shelves that the portal's stock pages are tested on: items, lots of every kind, recipes."""

from datetime import timedelta
from typing import Any

from services.inventory.clinics import create_clinic
from services.inventory.recipes.service import Ingredient, write_recipe
from shared.clock import utc_now
from shared.db import EVERY_CLINIC, Database
from tests.billing.house import CHEST, FACE, LONG_AGO, NECK, face_and_neck, furnish, new_patient
from tests.cast import DORA, HANA, MARA, OLGA
from tests.clients import Client
from tests.portal.siblings import Siblings

CARTRIDGE, CREAM, SERUM, RETAIL, TRETINOIN = "CART-12", "CREAM-5", "SERUM-HA", "AFT-SERUM-30", "TRET-025"
ITEMS: tuple[dict[str, Any], ...] = (
    {
        "sku": CARTRIDGE,
        "name": "Needle cartridge, 12 pins",
        "category": "cartridge",
        "base_unit": "each",
        "gtin": "00614141123452",
        "pack_size": "10",
        "needle_count": 12,
    },
    {
        "sku": CREAM,
        "name": "Numbing cream 4 %",
        "category": "numbing-cream",
        "base_unit": "g",
        "pack_size": "30",
        "in_use_days": 90,
        "lidocaine_ppm": 40000,
    },
    {
        "sku": SERUM,
        "name": "Hyaluronic acid serum",
        "category": "serum",
        "base_unit": "ml",
        "storage": "refrigerated",
        "in_use_days": 30,
    },
    {
        "sku": RETAIL,
        "name": "Aftercare serum 30 ml",
        "category": "retail",
        "base_unit": "each",
        "retail": True,
    },
    {
        "sku": TRETINOIN,
        "name": "Tretinoin cream 0.025 %",
        "category": "prescription",
        "base_unit": "each",
        "prescription_only": True,
        "warning": "Prescription only: never part of a treatment recipe.",
    },
)
RECIPE = (
    Ingredient(CARTRIDGE, "visit", 1000),
    Ingredient(CREAM, "area", 15000),
    Ingredient(SERUM, "area", 2500),
)


def days_ahead(days: int) -> str:
    """Return a day so far from now, as a label would print it."""
    return (utc_now().date() + timedelta(days=days)).isoformat()


def furnish_shelves(database: Database) -> None:
    """Open both clinics' shelves and write what face, neck and chest take."""
    with database.transaction(EVERY_CLINIC) as session:
        for clinic_id in ("main", "harbor"):
            create_clinic(session, clinic_id=clinic_id, name=clinic_id.title(), time_zone="America/New_York")


def write_recipes(database: Database) -> None:
    """Write what each area takes."""
    with database.transaction(EVERY_CLINIC) as session:
        for charge in (FACE, NECK, CHEST):
            write_recipe(
                session,
                charge_code=charge,
                effective_from=LONG_AGO,
                ingredients=RECIPE,
                now=utc_now(),
                written_by="tests",
            )


def add_items(siblings: Siblings) -> None:
    """Fill the catalogue."""
    olga = siblings.at_inventory(OLGA)
    for item in ITEMS:
        answer = olga.post("/v1/items", item)
        assert answer.status_code == 201, answer.json


def receive(client: Client, sku: str, lot: str, quantity: str, **changes: Any) -> dict[str, Any]:
    """Put something on the shelf."""
    body = {
        "clinic_id": "main",
        "sku": sku,
        "lot": lot,
        "expires_on": days_ahead(300),
        "quantity": quantity,
        "cost_cents": 1000,
        **changes,
    }
    answer = client.post("/v1/receipts", body)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def fill_shelves(siblings: Siblings) -> dict[str, str]:
    """Receive lots of every kind and return their ids by code."""
    mara = siblings.at_inventory(MARA)
    lots = {
        "A213B1": receive(mara, CARTRIDGE, "A213B1", "10", cost_cents=4120, expires_on=days_ahead(20)),
        "A300": receive(mara, CARTRIDGE, "A300", "40", cost_cents=16480),
        "HELD1": receive(mara, CARTRIDGE, "HELD1", "5", cost_cents=2060),
        "CR-77": receive(mara, CREAM, "CR-77", "600", cost_cents=21000, expires_on=days_ahead(120)),
        "HA-9": receive(mara, SERUM, "HA-9", "200", cost_cents=20000, expires_on=days_ahead(60)),
        "AC-1": receive(mara, RETAIL, "AC-1", "12", cost_cents=18000),
        "HARBOR-1": receive(
            siblings.at_inventory(HANA), CARTRIDGE, "HARBOR-1", "7", clinic_id="harbor", cost_cents=2800
        ),
    }
    ids = {code: str(receipt["lot_id"]) for code, receipt in lots.items()}
    held = mara.patch(f"/v1/lots/{ids['HELD1']}", {"status": "hold", "reason": "Box was open"}, version=1)
    assert held.status_code == 200, held.json
    return ids


def furnish_everything(siblings: Siblings) -> None:
    """Open the clinics, fill the price list and the catalogue, and write the recipes."""
    furnish(siblings.databases.billing.app)
    furnish_shelves(siblings.databases.inventory.app)
    add_items(siblings)
    write_recipes(siblings.databases.inventory.app)


def check_out(siblings: Siblings, *, family_name: str = "Lopez", **changes: Any) -> dict[str, Any]:
    """Sell face and neck for cash; what was used is on its way until the events are carried."""
    desk = siblings.at_billing(DORA)
    patient = new_patient(desk, family_name=family_name)
    answer = desk.post("/v1/checkouts", face_and_neck(patient["patient_id"], **changes))
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found
