"""Patients: created, found by the beginning of anything, corrected, merged."""

import pytest

from services.billing.patients.search_terms import fold, prefixes, terms
from tests.billing.house import face_and_neck, new_patient
from tests.cast import ABEL, CLEO, DORA, HAL, OLGA
from tests.clients import Client, Clients
from tests.databases import ServiceDatabase


def found(client: Client, query: str) -> list[str]:
    answer = client.get("/v1/patients", query_string={"query": query})
    assert answer.status_code == 200, answer.json
    return [f"{patient['given_name']} {patient['family_name']}" for patient in answer.json["items"]]


@pytest.fixture
def dora(billing: Clients) -> Client:
    client = billing.as_(DORA)
    new_patient(
        client, given_name="María José", family_name="López", phone="+1 860 555 0142", email="mj@Example.org"
    )
    new_patient(client, given_name="Łukasz", family_name="Müller-O’Brien", phone="(203) 555-0199")
    new_patient(client, given_name="雷", family_name="李")
    return client


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("lop", ["María José López"]),
        ("LÓPEZ mar", ["María José López"]),
        ("jose", ["María José López"]),
        ("lukasz", ["Łukasz Müller-O’Brien"]),
        ("brien", ["Łukasz Müller-O’Brien"]),
        ("mull", ["Łukasz Müller-O’Brien"]),
        ("860555", ["María José López"]),
        ("1860", ["María José López"]),
        ("(203) 555", ["Łukasz Müller-O’Brien"]),
        ("MJ@ex", ["María José López"]),
        ("李", ["雷 李"]),
        ("pez", []),
        ("lop lukasz", []),
        ("%", ["雷 李", "María José López", "Łukasz Müller-O’Brien"]),
        ("l_pez", []),
    ],
)
def test_a_patient_is_found_by_the_beginning_of_any_word(dora: Client, query: str, names: list[str]) -> None:
    assert found(dora, query) == names


def test_a_patient_is_found_by_number(dora: Client) -> None:
    ana = new_patient(dora, given_name="Ana", family_name="Ruiz")

    assert found(dora, str(ana["number"])) == ["Ana Ruiz"]


def test_a_long_list_is_paged_by_key_without_loss_or_repeat(billing: Clients) -> None:
    dora = billing.as_(DORA)
    for place in range(7):
        new_patient(dora, given_name=f"Ana{place}", family_name="Same")

    names: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = dora.get("/v1/patients", query_string=query).json
        names += [patient["given_name"] for patient in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert names == [f"Ana{place}" for place in range(7)]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "NaN", "1e3", "1000000000", "١٢"])
def test_a_limit_out_of_range_is_refused(billing: Clients, limit: str) -> None:
    assert billing.as_(DORA).get("/v1/patients", query_string={"limit": limit}).status_code == 422


@pytest.mark.parametrize("cursor", ["x", "e30=", "WyJhIl0=", "WyJhIiwgIm5vIl0="])
def test_a_strange_cursor_is_refused(billing: Clients, cursor: str) -> None:
    assert billing.as_(DORA).get("/v1/patients", query_string={"cursor": cursor}).status_code == 422


def test_a_correction_names_the_version_it_was_made_from(billing: Clients) -> None:
    dora = billing.as_(DORA)
    patient = new_patient(dora)
    path = f"/v1/patients/{patient['patient_id']}"

    missing = dora.patch(path, {"family_name": "Lopez-Diaz"})
    first = dora.patch(path, {"family_name": "Lopez-Diaz"}, version=1)
    late = dora.patch(path, {"family_name": "Other"}, version=1)

    assert (missing.status_code, first.status_code, late.status_code) == (428, 200, 412)
    assert first.headers["ETag"] == '"2"'
    assert found(dora, "diaz") == ["Maria Lopez-Diaz"]
    assert found(dora, "other") == []


def test_a_merged_duplicate_leads_to_the_one_that_stays(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    kept, duplicate = new_patient(dora), new_patient(dora, given_name="Mariah")
    dora.post("/v1/checkouts", face_and_neck(duplicate["patient_id"]))

    merged = dora.post(f"/v1/patients/{kept['patient_id']}/merges", {"duplicate_id": duplicate["patient_id"]})

    assert merged.status_code == 200
    assert found(dora, "maria") == ["Maria Lopez"]
    invoices = dora.get("/v1/invoices", query_string={"patient_id": kept["patient_id"]}).json["items"]
    assert [invoice["patient_id"] for invoice in invoices] == [duplicate["patient_id"]]
    assert dora.post("/v1/checkouts", face_and_neck(duplicate["patient_id"])).status_code == 409
    again = dora.post(f"/v1/patients/{kept['patient_id']}/merges", {"duplicate_id": duplicate["patient_id"]})
    assert again.status_code == 409


def test_the_words_of_a_merged_duplicate_find_the_one_that_stays(billing: Clients) -> None:
    dora = billing.as_(DORA)
    kept = new_patient(dora)
    duplicate = new_patient(dora, given_name="Mariah", phone="+1 203 555 0177")
    dora.post(f"/v1/patients/{kept['patient_id']}/merges", {"duplicate_id": duplicate["patient_id"]})

    dora.patch(f"/v1/patients/{kept['patient_id']}", {"email": "maria@example.org"}, version=1)

    assert found(dora, "mariah") == ["Maria Lopez"]
    assert found(dora, "2035550177") == ["Maria Lopez"]
    assert found(dora, "maria@") == ["Maria Lopez"]


def test_merging_twice_over_leads_to_the_last_one_in_one_step(billing: Clients) -> None:
    dora = billing.as_(DORA)
    one, two, three = (new_patient(dora, given_name=name)["patient_id"] for name in ("One", "Two", "Three"))

    dora.post(f"/v1/patients/{two}/merges", {"duplicate_id": one})
    dora.post(f"/v1/patients/{three}/merges", {"duplicate_id": two})

    assert dora.get(f"/v1/patients/{one}").json["merged_into"] == three
    assert dora.get(f"/v1/patients/{two}").json["merged_into"] == three


def test_patients_of_different_clinics_are_never_merged(billing: Clients) -> None:
    olga = billing.as_(OLGA)
    main, harbor = new_patient(olga), new_patient(olga, clinic_id="harbor")

    answer = olga.post(f"/v1/patients/{main['patient_id']}/merges", {"duplicate_id": harbor["patient_id"]})

    assert answer.status_code == 409


def test_another_clinics_patients_are_not_there(billing: Clients) -> None:
    maria = new_patient(billing.as_(DORA))
    hal = billing.as_(HAL)

    assert found(hal, "maria") == []
    assert hal.get(f"/v1/patients/{maria['patient_id']}").status_code == 404
    assert hal.get("/v1/patients", query_string={"clinic_id": "main"}).status_code == 404
    assert hal.patch(f"/v1/patients/{maria['patient_id']}", {"phone": "12345"}, version=1).status_code == 404


def test_the_accountant_reads_no_patients_and_the_clinician_adds_none(billing: Clients) -> None:
    assert billing.as_(ABEL).get("/v1/patients").status_code == 403
    body = {"clinic_id": "main", "given_name": "A", "family_name": "B"}
    assert billing.as_(CLEO).post("/v1/patients", body).status_code == 403


def test_the_wall_behind_the_queries_hides_other_clinics_rows(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    new_patient(billing.as_(DORA))
    from sqlalchemy import text

    with billing_database.app.reading(["harbor"]) as session:
        assert session.execute(text("SELECT count(*) FROM patients")).scalar_one() == 0
    with billing_database.app.reading(["harbor", "main"]) as session:
        assert session.execute(text("SELECT count(*) FROM patients")).scalar_one() == 1


def test_words_are_folded_alike_when_stored_and_when_searched() -> None:
    assert fold("ŁUKASZ Ångström") == "lukasz angstrom"
    assert terms(
        given_name="Ana", family_name="Ruiz", phone="+1 (860) 555-0100", email="A@b.org", number=7
    ) == {
        "ana",
        "ruiz",
        "18605550100",
        "8605550100",
        "a@b.org",
        "7",
    }
    assert prefixes("  Ána   R ") == ["ana", "r"]
    assert prefixes("(860) 555") == ["860555"]
    assert prefixes("---") == []
