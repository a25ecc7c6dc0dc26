"""Patients found, added, corrected and merged; and the box that finds everything."""

import pytest

from tests.cast import ABEL, DORA
from tests.portal.desk.conftest import Desk, Till, page_of, words_of


def _form(**changes: str) -> dict[str, str]:
    return {
        "given_name": "Maria",
        "family_name": "Lopez",
        "phone": "",
        "email": "",
        "form_key": "k" * 20,
        **changes,
    }


@pytest.mark.parametrize("query", ["müll", "MULL", "lukasz", "Łukasz Mül", "860 555 0177", "luk"])
def test_a_patient_is_found_whatever_the_accents_and_capitals(desk: Desk, query: str) -> None:
    desk.patient(given_name="Łukasz", family_name="Müller", phone="+1 860 555 0177")

    page, rows = (
        desk.as_().get(f"/desk/patients?q={query}"),
        desk.as_().get(f"/desk/patients/found?q={query}"),
    )

    assert "Łukasz Müller" in words_of(page)
    assert "Łukasz Müller" in words_of(rows)
    assert page_of(rows).find("h1") is None


def test_the_first_patients_page_says_what_it_is_for(desk: Desk) -> None:
    assert "No patients yet" in words_of(desk.as_().get("/desk/patients"))


def test_a_new_patient_gets_a_page_of_their_own(desk: Desk) -> None:
    answer = desk.as_().post("/desk/patients", _form(phone="860 555 0142"), page="/desk/patients")

    said = words_of(desk.as_().get(answer.location))
    assert answer.status_code == 303
    assert "Maria Lopez is on file as #" in said
    assert "No visits yet." in said


def test_somebody_alike_is_shown_before_a_second_page_is_made(desk: Desk, maria: str) -> None:
    hinted = desk.as_().post("/desk/patients", _form(phone="860 555 0142"), page="/desk/patients")
    added = desk.as_().post("/desk/patients", _form(another="1"), page="/desk/patients")

    assert hinted.status_code == 422
    assert "Is it one of these?" in words_of(hinted)
    assert f"/desk/patients/{maria}" in hinted.text
    assert page_of(hinted).select_one("#field-family_name")["value"] == "Lopez"  # type: ignore[index]
    assert added.status_code == 303
    assert desk.billing_rows.value("SELECT count(*) FROM patients") == 2


def test_what_is_wrong_with_a_new_patient_stands_beside_it(desk: Desk) -> None:
    refused = desk.as_().post(
        "/desk/patients", _form(family_name="", phone="abc", email="x"), page="/desk/patients"
    )

    page = page_of(refused)
    assert refused.status_code == 422
    for field in ("family_name", "phone", "email"):
        assert page.select_one(f"#field-{field}-error").get_text(strip=True)  # type: ignore[union-attr]
    assert page.select_one("#field-phone")["value"] == "abc"  # type: ignore[index]


def test_details_are_corrected_from_the_version_that_was_seen(desk: Desk, maria: str) -> None:
    path = f"/desk/patients/{maria}"

    saved = desk.as_().post(path, _form(family_name="López", version="1"), page=path)
    behind = desk.as_().post(path, _form(family_name="Lopes", version="1"), page=path)

    assert saved.status_code == 303
    assert behind.status_code == 412
    said = words_of(behind)
    assert "Somebody else changed this patient in the meantime" in said
    assert "Maria López" in said
    assert page_of(behind).select_one("#field-family_name")["value"] == "Lopes"  # type: ignore[index]


def test_a_patients_page_shows_visits_the_screening_and_invoices(desk: Desk, maria: str) -> None:
    visit = desk.visit(
        maria, flag="no", clinician="Cleo Clinician", planned=[{"charge": "microneedling-face"}]
    )
    Till.opened(desk.as_(), f"/desk/till?visit={visit['visit_id']}").pay()

    said = words_of(desk.as_().get(f"/desk/patients/{maria}"))

    assert "Screening OK" in said
    assert "Cleo Clinician" in said
    assert "MAIN-" in said
    assert "274.00" in said


def test_a_clinician_sees_the_visits_and_neither_invoices_nor_forms(desk: Desk, maria: str) -> None:
    page = page_of(desk.as_("cleo_clinician").get(f"/desk/patients/{maria}"))

    assert "Visits" in page.get_text()
    assert "Invoices" not in page.select_one("main").get_text()  # type: ignore[union-attr]
    assert page.select("main form") == []


def test_a_duplicate_is_looked_at_and_then_merged(desk: Desk, maria: str) -> None:
    twin = desk.patient(given_name="María", family_name="Lopes", phone="860 555 0142")
    path = f"/desk/patients/{maria}/merge"

    offered = desk.as_().get(path)
    confirm = desk.as_().get(f"{path}?duplicate={twin}")
    merged = desk.as_().post(path, {"duplicate": twin}, page=path)

    assert twin in offered.text
    assert "Are these the same person?" in words_of(confirm)
    assert "María Lopes" in words_of(confirm)
    assert merged.location == f"/desk/patients/{maria}"
    gone = desk.as_().get(f"/desk/patients/{twin}")
    assert "It was merged into" in words_of(gone)
    assert f"/desk/patients/{maria}" in gone.text
    assert desk.as_().get(f"/desk/till?patient={twin}").location == f"/desk/till?patient={maria}"


def test_nobody_is_merged_with_themselves(desk: Desk, maria: str) -> None:
    path = f"/desk/patients/{maria}/merge"

    desk.as_().post(path, {"duplicate": maria}, page=path)

    assert "Choose two different patients" in words_of(desk.as_().get(f"/desk/patients/{maria}"))


def test_names_are_text_wherever_they_stand(desk: Desk) -> None:
    nasty = "<img src=x onerror=alert(1)>{{7*7}}"
    patient_id = desk.patient(given_name=nasty, family_name="</title>'\"")
    desk.visit(patient_id)

    for path in (
        "/desk/today",
        f"/desk/patients/{patient_id}",
        "/desk/patients?q=img",
        f"/desk/till?patient={patient_id}",
        f"/desk/visits/new?patient={patient_id}",
    ):
        text = desk.as_().get(path, follow_redirects=True).text
        assert "<img src=x" not in text, path
        assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in text, path


def test_the_box_opens_what_it_finds_alone(desk: Desk, maria: str) -> None:
    invoice_id = Till.opened(desk.as_(), f"/desk/till?patient={maria}").pay().location.partition("paid=")[2]
    number = str(desk.siblings.at_billing(DORA).get(f"/v1/invoices/{invoice_id}").json["number"])
    browser = desk.as_()

    assert browser.get("/search?q=lopez").location == f"/desk/patients/{maria}"
    assert browser.get("/search?q=%231001").location in {f"/desk/patients/{maria}", None}
    assert browser.get(f"/search?q={number.lower()}").location == f"/books/invoices/{invoice_id}"
    assert browser.get(f"/search?q=main-{number[5:9]}-1").location == f"/books/invoices/{invoice_id}"
    assert browser.get("/search?q=a213b1").location.startswith("/stock/lots/")


def test_the_box_lists_what_could_be_meant(desk: Desk, maria: str) -> None:
    desk.patient(given_name="Zoë", family_name="Loach")

    several, none = desk.as_().get("/search?q=lo"), desk.as_().get("/search?q=qqqq")

    assert "Zoë Loach" in words_of(several)
    assert maria in several.text
    assert "Nothing found" in words_of(none)


def test_the_box_finds_for_everybody_only_what_they_may_read(desk: Desk, maria: str) -> None:
    browser = desk.as_("abel_accountant")

    assert desk.siblings.at_billing(ABEL).get("/v1/patients").status_code == 403
    assert "Nothing found" in words_of(browser.get("/search?q=lopez"))


def test_the_box_goes_on_without_inventory(desk: Desk, maria: str) -> None:
    answer = desk.without_inventory().get("/search?q=lopez")

    assert answer.status_code == 200
    assert "Maria Lopez" in words_of(answer)
    assert "the shelf does not answer" in words_of(answer)
