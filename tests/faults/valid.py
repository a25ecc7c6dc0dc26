"""One accepted request for each way of writing, with every field filled: hostile ones are made from it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from shared.auth.tokens import Actor
from shared.clock import utc_now
from shared.events.cloud import CONTENT_TYPE
from tests.billing.house import FACE, NECK
from tests.clients import Client
from tests.faults.doors import RECEIPT, SIBLING, Door, guarded, may
from tests.inventory.house import SERUM, usage


@dataclass(frozen=True)
class Valid:
    """A request as its route wants it."""

    method: str
    rule: str
    path: str
    body: Any
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    by_service: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    def send(self, client: Client, **changes: Any) -> TestResponse:
        """Send it, or a variation of it, with a key nobody has used."""
        headers = {"Idempotency-Key": uuid4().hex, **self.headers, **changes.pop("headers", {})}
        call = {"content_type": self.content_type, "path": self.path, "method": self.method, **changes}
        if "data" not in call:
            call.setdefault("json", self.body)
        return client._send(call.pop("method"), call.pop("path"), headers=headers, **call)


def writer(door: Door, request: Valid) -> Client:
    """Return who may send it."""
    return door.clients.as_service(SIBLING[door.service]) if request.by_service else door.owner


def requests_of(door: Door) -> list[Valid]:
    """Return the requests of one API, in an order in which all of them are accepted."""
    found = _billing(door.ids) if door.service == "billing" else _inventory(door.ids)
    return [
        *found,
        Valid("POST", "/v1/events", "/v1/events", _events(door), 200, {}, CONTENT_TYPE, by_service=True),
    ]


PERSON = {
    "given_name": "Ana",
    "family_name": "Lima",
    "phone": "+1 860 555 0123",
    "email": "ana@lima.example",
}
PLANNED = [{"charge": FACE, "depth_mm": "1.5"}, {"charge": NECK, "depth_mm": None}]
SUPPLIES = [{"sku": "CART-36", "quantity": "1", "lot": "A213B1"}]
CART = {
    "clinic_id": "main",
    "lines": [
        {"charge": FACE, "depth_mm": "1.5", "quantity": 1},
        {"charge": NECK, "depth_mm": None, "quantity": 1},
    ],
    "discounts": [
        {"line": 1, "percent": "10", "amount_cents": None, "reason": "Birthday"},
        {"line": None, "percent": None, "amount_cents": 650, "reason": "Waited long"},
    ],
    "tip_cents": 1000,
}
_CARD = {"card_brand": "Visa", "card_last4": "4242"}
_NOTHING = {"tendered_cents": None, "card_brand": None, "card_last4": None, "reference": None}
# 199.00 + 75.00 - 7.50 - 6.50 + 10.00 = 270.00
TENDERS = [
    {**_NOTHING, "kind": "cash", "amount_cents": 7000, "tendered_cents": 8000},
    {**_NOTHING, **_CARD, "kind": "card_external", "amount_cents": 20000, "reference": "slip 12"},
]
ITEM = {
    "sku": "GLIDE-50",
    "name": "Glide gel",
    "category": "glide-gel",
    "base_unit": "ml",
    "gtin": "00012345678905",
    "pack_size": "50",
    "storage": "room",
    "in_use_days": 90,
    "prescription_only": False,
    "retail": False,
    "lidocaine_ppm": 0,
    "needle_count": None,
    "warning": "Not for the eyes",
}


def _billing(ids: dict[str, str]) -> list[Valid]:
    patient, visit = ids["patient_id"], ids["visit_id"]
    tomorrow = (utc_now() + timedelta(days=1)).date().isoformat()
    change = {"status": "in_treatment", "planned": PLANNED, "clinician": "Cleo", "flag": "ask"}
    sale = {
        **CART,
        "patient_id": patient,
        "visit_id": visit,
        "supplies": SUPPLIES,
        "tenders": TENDERS,
        "expected_total_cents": 27000,
    }
    opened = {
        "clinic_id": "main",
        "patient_id": patient,
        "visit_on": tomorrow,
        "status": "expected",
        "planned": PLANNED,
        "clinician": "Cleo",
        "flag": "no",
    }
    one = {"If-Match": '"1"'}
    at_visit, by_visit = f"/v1/visits/{visit}", "/v1/visits/<uuid:visit_id>"
    by_patient = "/v1/patients/<uuid:patient_id>"
    supply = f"{at_visit}/supplies/{ids['supply_id']}"
    return [
        Valid("POST", "/v1/patients", "/v1/patients", {"clinic_id": "main", **PERSON}, 201),
        Valid("PATCH", by_patient, f"/v1/patients/{patient}", PERSON, 200, one),
        Valid("POST", "/v1/visits", "/v1/visits", opened, 201),
        Valid("PATCH", by_visit, at_visit, change, 200, one),
        Valid("POST", f"{by_visit}/supplies", f"{at_visit}/supplies", {"supplies": SUPPLIES}, 201),
        Valid("DELETE", f"{by_visit}/supplies/<uuid:supply_id>", supply, None, 204),
        Valid("POST", "/v1/quotes", "/v1/quotes", CART, 200),
        Valid("POST", "/v1/checkouts", "/v1/checkouts", sale, 201),
        Valid(
            "POST",
            f"{by_patient}/merges",
            f"/v1/patients/{patient}/merges",
            {"duplicate_id": ids["duplicate_id"]},
            200,
        ),
    ]


def _inventory(ids: dict[str, str]) -> list[Valid]:
    lot = {"clinic_id": "main", "sku": SERUM, "lot": "B7", "expires_on": "2027-05"}
    receipt = {**RECEIPT, "lot": "C9", "supplier": "Acme", "note": "two boxes", "override_reason": None}
    shortage = {
        "clinic_id": "main",
        "sku": SERUM,
        "quantity": "1.5",
        "visit_id": ids["visit_id"],
        "note": "late",
    }
    settlement = {"lot_id": ids["lot_id"], "quantity": "1"}
    by_lot, by_movement = "/v1/lots/<uuid:lot_id>", "/v1/movements/<uuid:movement_id>"
    by_shortage = "/v1/shortages/<uuid:shortage_id>"
    return [
        Valid("POST", "/v1/items", "/v1/items", ITEM, 201),
        Valid("POST", "/v1/lots", "/v1/lots", lot, 201),
        Valid("POST", "/v1/receipts", "/v1/receipts", receipt, 201),
        Valid("POST", "/v1/shortages", "/v1/shortages", shortage, 201),
        Valid(
            "POST",
            f"{by_shortage}/settlements",
            f"/v1/shortages/{ids['shortage_id']}/settlements",
            settlement,
            201,
        ),
        Valid(
            "PATCH",
            by_lot,
            f"/v1/lots/{ids['lot_id']}",
            {"status": "hold", "reason": "damp box"},
            200,
            {"If-Match": '"1"'},
        ),
        Valid(
            "POST",
            f"{by_movement}/reversals",
            f"/v1/movements/{ids['movement_id']}/reversals",
            {"reason": "typed twice"},
            201,
        ),
    ]


def _events(door: Door) -> list[dict[str, Any]]:
    if door.service == "inventory":
        return [usage(FACE, scanned=((SERUM, "2", "A1"),), sold=((SERUM, "1", None),)).to_wire()]
    line = {
        "movement_id": str(uuid4()),
        "sku": "CART-12",
        "name": "12-pin cartridge",
        "lot": "A1",
        "expires_on": "2027-06-30",
        "quantity": "-1",
        "value_cents": -412,
        "purpose": "treatment",
    }
    data = {
        "clinic_id": "main",
        "reason": "usage",
        "visit_id": door.ids["done_visit_id"],
        "invoice_id": door.ids["invoice_id"],
        "occurred_at": utc_now().isoformat(),
        "business_date": "2026-11-20",
        "lines": [line],
    }
    return [
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "/inventory",
            "type": "stock.valued",
            "subject": door.ids["done_visit_id"],
            "time": utc_now().isoformat(),
            "datacontenttype": "application/json",
            "clinicid": "main",
            "data": data,
        }
    ]


def of_a_clinic(door: Door, actor: Actor) -> list[Valid]:
    """What this person's role may send, about Main. Items belong to the house, not to a clinic."""
    allowed = {f"{method} {rule.rule}" for method, rule, access in guarded(door) if may(actor, access)}
    return [valid for valid in requests_of(door) if valid.name in allowed and valid.rule != "/v1/items"]
