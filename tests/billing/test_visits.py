"""Visits: opened, answered for, scanned into, moved on, and closed by the till."""

from datetime import timedelta

import pytest

from shared.clock import utc_now
from tests.billing.house import FACE, NECK, face_and_neck, new_patient
from tests.cast import ABEL, CLEO, DORA, HAL
from tests.clients import Client, Clients
from tests.databases import ServiceDatabase


def open_visit(client: Client, patient_id: str, **changes: object) -> dict[str, object]:
    body = {
        "clinic_id": "main",
        "patient_id": patient_id,
        "planned": [{"charge": FACE, "depth_mm": "1.5"}],
        **changes,
    }
    answer = client.post("/v1/visits", body)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def test_a_visit_is_opened_answered_scanned_into_and_checked_out(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora, cleo = billing.as_(DORA), billing.as_(CLEO)
    patient_id = new_patient(dora)["patient_id"]
    visit = open_visit(dora, patient_id)
    path = f"/v1/visits/{visit['visit_id']}"

    flagged = dora.patch(path, {"flag": "no"}, version=1).json
    cleo.patch(path, {"status": "in_treatment", "clinician": "Cleo Clinician"}, version=2)
    scanned = cleo.post(
        f"{path}/supplies",
        {
            "supplies": [
                {"sku": "CART-36", "quantity": "1", "lot": "A213B1"},
                {"sku": "CREAM", "quantity": "12.5"},
            ]
        },
    )
    sale = dora.post("/v1/checkouts", face_and_neck(patient_id, visit_id=visit["visit_id"]))

    assert (flagged["flag"], flagged["flag_by_name"]) == ("no", "Dora Desk")
    assert [supply["quantity"] for supply in scanned.json["supplies"]] == ["1", "12.5"]
    assert sale.status_code == 201, sale.json
    assert sale.json["visit_id"] == visit["visit_id"]
    done = dora.get(path).json
    assert (done["status"], done["invoice_id"]) == ("done", sale.json["invoice"]["id"])
    assert billing_database.value("SELECT data -> 'scanned' FROM outbox") == [
        {"sku": "CART-36", "quantity": "1", "lot": "A213B1"},
        {"sku": "CREAM", "quantity": "12.5", "lot": None},
    ]


def test_a_visit_is_checked_out_once(billing: Clients) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    visit_id = open_visit(dora, patient_id)["visit_id"]
    dora.post("/v1/checkouts", face_and_neck(patient_id, visit_id=visit_id))

    again = dora.post("/v1/checkouts", face_and_neck(patient_id, visit_id=visit_id))

    assert (again.status_code, again.json["type"]) == (409, "/problems/visit-closed")


def test_a_visit_of_another_patient_is_not_checked_out(billing: Clients) -> None:
    dora = billing.as_(DORA)
    visit_id = open_visit(dora, new_patient(dora)["patient_id"])["visit_id"]
    other = new_patient(dora, given_name="Other")["patient_id"]

    assert dora.post("/v1/checkouts", face_and_neck(other, visit_id=visit_id)).status_code == 409


def test_a_closed_visit_takes_no_more_scans_or_changes(billing: Clients) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    visit_id = open_visit(dora, patient_id)["visit_id"]
    dora.post("/v1/checkouts", face_and_neck(patient_id, visit_id=visit_id))

    scan = dora.post(f"/v1/visits/{visit_id}/supplies", {"supplies": [{"sku": "CREAM", "quantity": "1"}]})
    change = dora.patch(f"/v1/visits/{visit_id}", {"flag": "ask"}, version=2)

    assert (scan.status_code, change.status_code) == (409, 409)


def test_a_scan_made_by_mistake_is_taken_back(billing: Clients, billing_database: ServiceDatabase) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    visit_id = open_visit(dora, patient_id)["visit_id"]
    scan = dora.post(
        f"/v1/visits/{visit_id}/supplies", {"supplies": [{"sku": "CREAM", "quantity": "1"}]}
    ).json
    supply_id = scan["supplies"][0]["supply_id"]

    removed = [dora.delete(f"/v1/visits/{visit_id}/supplies/{supply_id}").status_code for _ in range(2)]

    assert removed == [204, 204]
    assert dora.get(f"/v1/visits/{visit_id}").json["supplies"] == []


def test_the_same_scan_sent_twice_counts_once(billing: Clients) -> None:
    dora = billing.as_(DORA)
    visit_id = open_visit(dora, new_patient(dora)["patient_id"])["visit_id"]
    body = {"supplies": [{"sku": "CREAM", "quantity": "1"}, {"sku": "SERUM", "quantity": "2"}]}

    answers = [dora.post(f"/v1/visits/{visit_id}/supplies", body, key="scan-1") for _ in range(2)]

    assert answers[0].data == answers[1].data
    assert len(dora.get(f"/v1/visits/{visit_id}").json["supplies"]) == 2


@pytest.mark.parametrize(
    ("way", "status"), [(["in_treatment", "to_pay", "cancelled"], 200), (["expected", "in_treatment"], 409)]
)
def test_a_visit_goes_only_where_it_can(billing: Clients, way: list[str], status: int) -> None:
    dora = billing.as_(DORA)
    visit_id = open_visit(dora, new_patient(dora)["patient_id"])["visit_id"]

    answers = [
        dora.patch(f"/v1/visits/{visit_id}", {"status": to}, version=n) for n, to in enumerate(way, start=1)
    ]

    assert answers[-1].status_code == status, answers[-1].json


def test_nobody_makes_a_visit_done_by_hand(billing: Clients) -> None:
    dora = billing.as_(DORA)
    visit_id = open_visit(dora, new_patient(dora)["patient_id"])["visit_id"]

    assert dora.patch(f"/v1/visits/{visit_id}", {"status": "done"}, version=1).status_code == 422


def test_two_people_moving_a_visit_do_not_overwrite_each_other(billing: Clients) -> None:
    dora, cleo = billing.as_(DORA), billing.as_(CLEO)
    visit_id = open_visit(dora, new_patient(dora)["patient_id"])["visit_id"]

    first = dora.patch(f"/v1/visits/{visit_id}", {"status": "in_treatment"}, version=1)
    second = cleo.patch(f"/v1/visits/{visit_id}", {"status": "cancelled"}, version=1)

    assert (first.status_code, second.status_code) == (200, 412)


def test_a_day_in_the_past_or_far_away_is_refused(billing: Clients) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    today = utc_now().date()
    for day in (today - timedelta(days=2), today + timedelta(days=400)):
        body = {"clinic_id": "main", "patient_id": patient_id, "visit_on": day.isoformat()}
        assert dora.post("/v1/visits", body).status_code == 422


def test_todays_visits_are_listed_by_day_and_status(billing: Clients) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    later = (utc_now() + timedelta(days=3)).date().isoformat()
    here = open_visit(dora, patient_id)
    expected = open_visit(dora, patient_id, status="expected", visit_on=later)

    on_the_day = dora.get("/v1/visits", query_string={"on": here["visit_on"]}).json["items"]
    still_to_come = dora.get("/v1/visits", query_string={"status": "expected"}).json["items"]

    assert [visit["visit_id"] for visit in on_the_day] == [here["visit_id"]]
    assert [visit["visit_id"] for visit in still_to_come] == [expected["visit_id"]]
    assert on_the_day[0]["patient"]["family_name"] == "Lopez"


def test_another_clinics_visit_is_not_there_and_the_accountant_sees_none(billing: Clients) -> None:
    dora, hal = billing.as_(DORA), billing.as_(HAL)
    visit_id = open_visit(dora, new_patient(dora)["patient_id"], planned=[{"charge": NECK}])["visit_id"]

    assert hal.get(f"/v1/visits/{visit_id}").status_code == 404
    assert hal.patch(f"/v1/visits/{visit_id}", {"flag": "no"}, version=1).status_code == 404
    assert (
        hal.post(f"/v1/visits/{visit_id}/supplies", {"supplies": [{"sku": "A", "quantity": "1"}]}).status_code
        == 404
    )
    assert billing.as_(ABEL).get("/v1/visits").status_code == 403
