"""The house that billing's tests take place in: two clinics with their prices and taxes."""

from datetime import date
from typing import Any

from services.billing.base import Clinic
from services.billing.charges.models import Charge, Price, TaxRate
from shared.db import EVERY_CLINIC, Database
from shared.ids import new_id

LONG_AGO = date(2020, 1, 1)
FACE, NECK, CHEST = "microneedling-face", "microneedling-neck", "microneedling-chest"
SERUM_RETAIL = "aftercare-serum"

CHARGES = (
    (FACE, "treatment", "Microneedling face", "face", 45, "service", None),
    (NECK, "treatment", "Microneedling neck", "neck", 30, "service", None),
    (CHEST, "treatment", "Microneedling chest", "chest", 60, "service", None),
    (SERUM_RETAIL, "retail", "Aftercare serum 30 ml", None, None, "retail", "AFT-SERUM-30"),
)
PRICES = {"main": (19900, 7500, 19900, 4500), "harbor": (20900, 8500, 20900, 4900)}
RETAIL_TAX_PPM = {"main": 63500, "harbor": 0}


def furnish(database: Database) -> None:
    """Open two clinics with the prices of the source documents at Main, and dearer ones at Harbor."""
    with database.transaction(EVERY_CLINIC) as session:
        for position, (code, kind, name, area, minutes, tax_category, sku) in enumerate(CHARGES):
            session.add(
                Charge(
                    code=code,
                    kind=kind,
                    name=name,
                    area=area,
                    duration_minutes=minutes,
                    tax_category=tax_category,
                    sku=sku,
                    position=position,
                    active=True,
                )
            )
        for clinic_id in PRICES:
            session.add(clinic(clinic_id))
        session.flush()
        for clinic_id, amounts in PRICES.items():
            for charge, unit_cents in zip(CHARGES, amounts, strict=True):
                session.add(
                    Price(
                        clinic_id=clinic_id,
                        charge_code=charge[0],
                        effective_from=LONG_AGO,
                        unit_cents=unit_cents,
                    )
                )
            for category, rate_ppm in (("service", 0), ("retail", RETAIL_TAX_PPM[clinic_id])):
                session.add(
                    TaxRate(
                        tax_rate_id=new_id(),
                        clinic_id=clinic_id,
                        tax_category=category,
                        jurisdiction="state",
                        rate_ppm=rate_ppm,
                        effective_from=LONG_AGO,
                    )
                )


def clinic(clinic_id: str, **changes: Any) -> Clinic:
    """Return a clinic as the tests know it."""
    values = {
        "clinic_id": clinic_id,
        "name": clinic_id.title(),
        "legal_name": f"{clinic_id.title()} Skin Clinic LLC",
        "address": "1 Quay Street\nHartford, CT 06103",
        "phone": "+1 860 555 0100",
        "time_zone": "America/New_York",
        "currency": "USD",
        "tax_rounding": "line",
        "discount_limit_basis_points": 1500,
        "invoice_prefix": clinic_id.upper(),
    }
    return Clinic(**{**values, **changes})


def new_patient(client: Any, **changes: Any) -> dict[str, Any]:
    """Add a patient through the API."""
    body = {"clinic_id": "main", "given_name": "Maria", "family_name": "Lopez", **changes}
    answer = client.post("/v1/patients", body)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def face_and_neck(patient_id: str, **changes: Any) -> dict[str, Any]:
    """Return the checkout of the contract: face and neck, 274.00 in cash out of 280.00."""
    return {
        "clinic_id": "main",
        "patient_id": patient_id,
        "lines": [{"charge": FACE, "depth_mm": "1.5"}, {"charge": NECK}],
        "tenders": [{"kind": "cash", "amount_cents": 27400, "tendered_cents": 28000}],
        **changes,
    }
