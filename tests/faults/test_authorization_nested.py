"""Things of another clinic hidden inside a request for one's own (B60)."""

from pathlib import Path

from tests.cast import HANA
from tests.databases import Databases
from tests.faults.doors import flaw_of, opened
from tests.faults.valid import of_a_clinic
from tests.inventory.house import SERUM


def test_a_sale_at_the_own_clinic_cannot_carry_a_patient_or_visit_of_another(
    databases: Databases, keys_dir: Path
) -> None:
    """B60, nested: the clinic is her own, the patient and the visit inside are Main's."""
    with opened("billing", databases, keys_dir) as door:
        hana = door.clients.as_(HANA)
        before, flaws = door.stored(), {}

        for valid in of_a_clinic(door, HANA):
            if isinstance(valid.body, dict) and _names_something(valid.body) and "clinic_id" in valid.body:
                body = {**valid.body, "clinic_id": "harbor"}
                # Harbor has prices of its own; the total is not what this is about.
                body.pop("expected_total_cents", None)
                flaws[valid.name] = flaw_of(valid.send(hana, json=body), 404, 422)

        assert {name for name, flaw in flaws.items() if not flaw} == {
            "POST /v1/visits",
            "POST /v1/checkouts",
        }, flaws
        assert door.stored() == before


def test_a_shortage_of_ones_own_cannot_be_settled_from_a_shelf_of_another(
    databases: Databases, keys_dir: Path
) -> None:
    """B60, nested. (Visits are billing's: a shortage may name one that inventory has not heard of.)"""
    with opened("inventory", databases, keys_dir) as door:
        hana = door.clients.as_(HANA)
        short = hana.post(
            "/v1/shortages", {"clinic_id": "harbor", "sku": SERUM, "quantity": "2", "note": "spilt"}
        ).json
        before = door.stored()

        path = f"/v1/shortages/{short['shortage_id']}/settlements"
        answer = hana.post(path, {"lot_id": door.ids["lot_id"], "quantity": "1"})

        assert flaw_of(answer, 404) == ""
        assert door.stored() == before


def _names_something(body: dict[str, object]) -> bool:
    return any(name.endswith("_id") and name != "clinic_id" and value for name, value in body.items())
