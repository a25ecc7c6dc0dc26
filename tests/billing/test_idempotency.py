"""One key, one effect: retried, raced, reused."""

from concurrent.futures import ThreadPoolExecutor

from tests.billing.house import face_and_neck, new_patient
from tests.cast import DORA, MARA, OLGA
from tests.clients import Clients
from tests.databases import ServiceDatabase


def test_a_retry_gets_the_first_answer_byte_for_byte(billing: Clients) -> None:
    dora = billing.as_(DORA)
    body = face_and_neck(new_patient(dora)["patient_id"])

    first = dora.post("/v1/checkouts", body, key="till-1")
    second = dora.post("/v1/checkouts", body, key="till-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert "Idempotency-Hit" not in first.headers
    assert second.headers["Idempotency-Hit"] == "true"


def test_the_same_key_for_something_else_is_refused_and_writes_nothing(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    dora.post("/v1/checkouts", face_and_neck(patient_id), key="till-1")

    other = dora.post("/v1/checkouts", face_and_neck(patient_id, tip_cents=100), key="till-1")

    assert other.status_code == 422
    assert other.json["type"] == "/problems/idempotency-key-reused"
    assert billing_database.value("SELECT count(*) FROM invoices") == 1


def test_fifty_tries_at_once_with_one_key_bill_once(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    body = face_and_neck(new_patient(dora)["patient_id"])

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: dora.post("/v1/checkouts", body, key="till-1"), range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Hit" not in answer.headers for answer in answers) == 1
    assert billing_database.value("SELECT count(*) FROM invoices") == 1
    assert billing_database.value("SELECT count(*) FROM outbox") == 1
    assert billing_database.value("SELECT sum(amount_cents) FROM payments") == 27400


def test_the_same_key_of_another_person_or_clinic_is_another_key(billing: Clients) -> None:
    dora, mara, olga = billing.as_(DORA), billing.as_(MARA), billing.as_(OLGA)
    at_main = new_patient(dora)["patient_id"]
    at_harbor = new_patient(olga, clinic_id="harbor")["patient_id"]
    harbor_lines = {"clinic_id": "harbor", "tenders": [{"kind": "cheque", "amount_cents": 29400}]}

    answers = [
        dora.post("/v1/checkouts", face_and_neck(at_main), key="same"),
        mara.post("/v1/checkouts", face_and_neck(at_main), key="same"),
        olga.post("/v1/checkouts", face_and_neck(at_main), key="same"),
        olga.post("/v1/checkouts", face_and_neck(at_harbor, **harbor_lines), key="same"),
    ]

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json["invoice"]["id"] for answer in answers}) == 4


def test_a_refused_first_try_leaves_the_key_free(billing: Clients) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    short = face_and_neck(patient_id, tenders=[{"kind": "cash", "amount_cents": 100}])

    refused = dora.post("/v1/checkouts", short, key="till-1")
    corrected = dora.post("/v1/checkouts", face_and_neck(patient_id), key="till-1")

    assert (refused.status_code, corrected.status_code) == (422, 201)


def test_a_missing_or_odd_key_is_refused(billing: Clients) -> None:
    dora = billing.as_(DORA)
    body = face_and_neck(new_patient(dora)["patient_id"])

    assert dora.post("/v1/checkouts", body, key=None).json["type"] == "/problems/idempotency-key-missing"
    for odd in ("", "x" * 300, "../../x", "schlüssel", "a b"):
        assert dora.post("/v1/checkouts", body, key=odd).status_code == 400, odd


def test_a_patient_is_added_once_per_key(billing: Clients, billing_database: ServiceDatabase) -> None:
    dora = billing.as_(DORA)
    body = {"clinic_id": "main", "given_name": "Ana", "family_name": "Ruiz"}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: dora.post("/v1/patients", body, key="p-1"), range(20)))

    assert len({answer.data for answer in answers}) == 1
    assert billing_database.value("SELECT count(*) FROM patients") == 1
