"""POST /v1/checkouts: the whole sale in one step."""

from tests.billing.house import face_and_neck, new_patient
from tests.cast import DORA
from tests.clients import Clients
from tests.databases import ServiceDatabase


def test_a_checkout_bills_face_and_neck_and_gives_change(billing: Clients) -> None:
    dora = billing.as_(DORA)
    patient = new_patient(dora)

    answer = dora.post("/v1/checkouts", face_and_neck(patient["patient_id"], expected_total_cents=27400))

    assert answer.status_code == 201, answer.json
    invoice = answer.json["invoice"]
    assert invoice["total_cents"] == 27400  # 199.00 + 75.00
    assert invoice["paid_cents"] == 27400
    assert invoice["status"] == "paid"
    assert [line["unit_cents"] for line in invoice["lines"]] == [19900, 7500]
    assert answer.json["change_cents"] == 600
    assert invoice["number"].endswith("-000001")
