"""What the desk's pages ask billing besides: the screening list, the day, a sale never heard of."""

from services.billing.visits.screening import SCREENING_LIST
from tests.billing.house import face_and_neck, new_patient
from tests.cast import ABEL, CLEO, DORA, HAL, MARA, OLGA
from tests.clients import Clients


def test_the_screening_list_is_read_with_its_question_and_three_answers(billing: Clients) -> None:
    answer = billing.as_(CLEO).get("/v1/screening")

    assert answer.status_code == 200
    assert answer.json["answers"] == ["yes", "no", "ask"]
    assert answer.json["question"].endswith("?")
    assert [item["code"] for item in answer.json["items"]] == [item.code for item in SCREENING_LIST]


def test_the_screening_list_is_nothing_for_an_accountant(billing: Clients) -> None:
    assert billing.as_(ABEL).get("/v1/screening").status_code == 403


def test_clinics_are_those_one_works_at_with_the_day_it_is_there(billing: Clients) -> None:
    mine = billing.as_(DORA).get("/v1/clinics").json["items"]
    both = billing.as_(OLGA).get("/v1/clinics").json["items"]

    assert [(clinic["clinic_id"], clinic["time_zone"]) for clinic in mine] == [("main", "America/New_York")]
    assert [clinic["clinic_id"] for clinic in both] == ["harbor", "main"]
    assert len(mine[0]["today"]) == 10


def test_a_sale_whose_answer_was_lost_is_found_by_its_key(billing: Clients) -> None:
    dora = billing.as_(DORA)
    made = dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"]), key="till-1").json

    found = dora.get("/v1/checkouts/till-1?clinic_id=main")

    assert found.status_code == 200
    assert found.json["invoice"]["number"] == made["invoice"]["number"]


def test_a_key_is_known_to_nobody_but_who_used_it(billing: Clients) -> None:
    dora = billing.as_(DORA)
    dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"]), key="till-1")

    assert dora.get("/v1/checkouts/till-2?clinic_id=main").status_code == 404
    assert billing.as_(MARA).get("/v1/checkouts/till-1?clinic_id=main").status_code == 404
    assert billing.as_(HAL).get("/v1/checkouts/till-1?clinic_id=main").status_code == 404
