"""The house that inventory's tests take place in: two clinics, a catalogue, recipes, and empty shelves."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.inventory.clinics import create_clinic
from services.inventory.items.service import create_item
from services.inventory.lots.codes import parse_expiry
from services.inventory.receipts.models import Receipt
from services.inventory.receipts.service import receive
from services.inventory.recipes.service import Ingredient, write_recipe
from shared.db import EVERY_CLINIC, Database
from shared.events.cloud import Event
from shared.idempotency import RequestKey
from shared.quantities import parse_quantity
from tests.cast import OLGA

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
TODAY = date(2026, 3, 2)
FACE, NECK, CHEST = "microneedling-face", "microneedling-neck", "microneedling-chest"
CARTRIDGE, FINE_CARTRIDGE, SHEATH = "NC-12", "NC-36", "SHEATH-1"
CREAM, STRONG_CREAM, SERUM, AFTERCARE = "CREAM-30", "CREAM-5PCT", "HA-SERUM", "AFT-SERUM-30"

ITEMS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    (CARTRIDGE, "12-pin cartridge", "needle-cartridge", "each", {"needle_count": 12}),
    (FINE_CARTRIDGE, "36-pin cartridge", "needle-cartridge", "each", {"needle_count": 36}),
    (SHEATH, "Device sheath", "device-sheath", "each", {}),
    (CREAM, "Numbing cream 4 %", "numbing-cream", "g", {"lidocaine_ppm": 40_000}),
    (STRONG_CREAM, "Numbing cream 5 %", "numbing-cream", "g", {"lidocaine_ppm": 50_000}),
    (SERUM, "Hyaluronic acid serum", "serum", "ml", {}),
    (AFTERCARE, "Aftercare serum 30 ml", "aftercare", "each", {"retail": True, "gtin": "00305912070302"}),
)
RECIPES = {
    FACE: ((CARTRIDGE, "visit", "1"), (SHEATH, "visit", "1"), (CREAM, "area", "10"), (SERUM, "area", "3")),
    NECK: ((CARTRIDGE, "visit", "1"), (SHEATH, "visit", "1"), (CREAM, "area", "5"), (SERUM, "area", "2")),
}
DEFAULTS: Mapping[str, Any] = {
    "gtin": None,
    "pack_size_thousandths": None,
    "storage": "room",
    "in_use_days": None,
    "prescription_only": False,
    "retail": False,
    "lidocaine_ppm": None,
    "needle_count": None,
    "warning": None,
}


def some_key() -> RequestKey:
    """Return a key nobody has used."""
    return RequestKey(uuid4().hex, b"", "tests")


def furnish(database: Database) -> None:
    """Open two clinics on two coasts and write the catalogue and the recipes."""
    with database.transaction(EVERY_CLINIC) as session:
        create_clinic(session, clinic_id="main", name="Main", time_zone="America/New_York")
        create_clinic(session, clinic_id="harbor", name="Harbor", time_zone="America/Los_Angeles")
        for sku, name, category, base_unit, more in ITEMS:
            details = {
                **DEFAULTS,
                "sku": sku,
                "name": name,
                "category": category,
                "base_unit": base_unit,
                **more,
            }
            create_item(session, details=details, key=some_key(), now=NOON)
        for charge, lines in RECIPES.items():
            write_recipe(
                session,
                charge_code=charge,
                effective_from=date(2026, 1, 1),
                ingredients=[Ingredient(sku, basis, parse_quantity(qty)) for sku, basis, qty in lines],  # type: ignore[arg-type]
                written_by="tests",
                now=NOON,
            )


def stock_up(
    database: Database,
    sku: str,
    lot: str,
    quantity: str,
    cost_cents: int,
    *,
    expires: str | None = "2027-06-30",
    clinic_id: str = "main",
    now: datetime = NOON,
) -> UUID:
    """Receive goods as the owner and return the lot's id."""
    with database.transaction(EVERY_CLINIC) as session:
        receipt: Receipt = receive(
            session,
            clinic_id=clinic_id,
            sku=sku,
            code=lot,
            expires=parse_expiry(expires) if expires else None,
            quantity_thousandths=parse_quantity(quantity),
            cost_cents=cost_cents,
            actor=OLGA,
            key=some_key(),
            now=now,
            override_reason="for a test",
        )
        return receipt.lot_id


def usage(
    *charges: str,
    scanned: tuple[tuple[str, str, str | None], ...] = (),
    sold: tuple[tuple[str, str, str | None], ...] = (),
    clinic_id: str = "main",
    visit_id: UUID | None = None,
    on_date: date = TODAY,
    areas: int = 1,
) -> Event:
    """Return billing's event about one visit."""
    visit_id = visit_id or uuid4()
    data = {
        "clinic_id": clinic_id,
        "visit_id": str(visit_id),
        "invoice_id": str(uuid4()),
        "patient_id": str(uuid4()),
        "occurred_at": NOON.isoformat(),
        "business_date": on_date.isoformat(),
        "charges": [{"charge": charge, "quantity": areas} for charge in charges],
        "scanned": [{"sku": sku, "quantity": quantity, "lot": lot} for sku, quantity, lot in scanned],
        "sold": [{"sku": sku, "quantity": quantity, "lot": lot} for sku, quantity, lot in sold],
        "actor": "staff-dora",
    }
    return Event(uuid4(), "/billing", "supplies.used", visit_id, clinic_id, NOON, data)
