"""The day at the desk: visits opened, answered for, moved on, and explained when somebody was faster."""

from datetime import timedelta

import pytest

from shared.clock import utc_now
from tests.billing.house import FACE, NECK
from tests.cast import MARA
from tests.portal.desk.conftest import Desk, Till, page_of, words_of


def _move(desk: Desk, visit: dict[str, object], status: str, version: int, name: str = "dora_desk") -> str:
    form = {"status": status, "version": str(version)}
    answer = desk.as_(name).post(f"/desk/visits/{visit['visit_id']}/move", form, page="/desk/today")
    assert answer.status_code == 303
    return words_of(desk.as_(name).get("/desk/today"))


def _column(desk: Desk, status: str, name: str = "dora_desk") -> str:
    page = page_of(desk.as_(name).get("/desk/today"))
    section = page.select_one(f"section[aria-labelledby=column-{status}]")
    assert section is not None
    return " ".join(section.get_text(" ").split())


def test_an_empty_day_says_what_it_is_for(desk: Desk) -> None:
    said = words_of(desk.as_().get("/desk/today"))

    assert "Nobody yet today" in said
    assert "Find or add a patient" in said


def test_a_visit_walks_through_the_day(desk: Desk, maria: str) -> None:
    visit = desk.visit(
        maria, status="expected", planned=[{"charge": FACE, "depth_mm": "1.5"}, {"charge": NECK}]
    )

    places = []
    for version, status in enumerate(("arrived", "in_treatment", "to_pay"), start=1):
        places.append("Maria Lopez" in _column(desk, desk.at(str(visit["visit_id"]))["status"]))
        _move(desk, visit, status, version)
    to_pay = _column(desk, "to_pay")
    Till.opened(desk.as_(), f"/desk/till?visit={visit['visit_id']}").pay()

    assert places == [True, True, True]
    assert "Face 1.5 mm, neck" in to_pay
    done = _column(desk, "done")
    assert "MAIN-" in done
    assert "274.00" in done
    assert "Stock will follow" in done


def test_stock_that_followed_is_not_said_any_more(desk: Desk, maria: str) -> None:
    Till.opened(desk.as_(), f"/desk/till?patient={maria}").pay()

    desk.siblings.carry_events()

    assert "Stock will follow" not in _column(desk, "done")


def test_the_desk_is_told_who_still_has_to_be_asked(desk: Desk, maria: str) -> None:
    desk.visit(maria)
    desk.visit(desk.patient(given_name="Ann"), flag="ask")
    desk.visit(desk.patient(given_name="Ken"), flag="yes")

    here = _column(desk, "arrived")

    assert "Screening not answered" in here
    assert "Ask the clinician" in here
    assert "Do not treat" in here


def test_moving_a_visit_that_somebody_else_moved_is_explained(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria)
    _move(desk, visit, "in_treatment", 1, "cleo_clinician")

    said = _move(desk, visit, "to_pay", 1)

    assert "Somebody else changed this visit in the meantime." in said
    assert desk.at(str(visit["visit_id"]))["status"] == "in_treatment"


def test_a_step_that_cannot_follow_is_refused_in_words(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria, status="expected")

    said = _move(desk, visit, "to_pay", 1)

    assert "cannot become" in said


def test_the_board_alone_is_answered_for_the_page_that_renews_itself(desk: Desk, maria: str) -> None:
    before = page_of(desk.as_().get("/desk/today/board")).select_one("[data-board]")
    same = page_of(desk.as_().get("/desk/today/board")).select_one("[data-board]")
    desk.visit(maria)
    after = page_of(desk.as_().get("/desk/today/board")).select_one("[data-board]")

    assert before is not None
    assert same is not None
    assert after is not None
    assert before["data-digest"] == same["data-digest"] != after["data-digest"]
    assert after.find("h1") is None


@pytest.mark.parametrize(
    ("answer", "shown"), [("no", "Screening OK"), ("ask", "Ask the clinician"), ("yes", "Do not treat")]
)
def test_the_screening_keeps_one_answer_with_who_and_when(
    desk: Desk, maria: str, answer: str, shown: str
) -> None:
    visit = desk.visit(maria, status="expected")
    path = f"/desk/visits/{visit['visit_id']}"
    asked = words_of(desk.as_().get(f"{path}/check-in"))

    desk.as_().post(
        f"{path}/check-in", {"flag": answer, "version": "1", "status": "expected"}, page="/desk/today"
    )

    stored = desk.at(str(visit["visit_id"]))
    assert "Raised or keloid scars" in asked
    assert (stored["flag"], stored["status"]) == (answer, "arrived")
    tray = words_of(desk.as_().get(path))
    assert shown in tray
    assert "Dora Desk" in tray


def test_a_visit_is_opened_for_today_or_for_a_later_day(desk: Desk, maria: str, form_key: str) -> None:
    browser, later = desk.as_(), (utc_now().date() + timedelta(days=30)).isoformat()
    page = f"/desk/visits/new?patient={maria}"
    form = {"patient_id": maria, "area-0": FACE, "depth-0": "1.5", "area-1": NECK, "depth-1": ""}

    now = browser.post(
        "/desk/visits/new", {**form, "form_key": form_key, "when": "now", "flag": "no"}, page=page
    )
    book = {**form, "form_key": form_key + "b", "when": "later", "visit_on": later}
    booked = browser.post("/desk/visits/new", book, page=page)

    assert now.location.startswith("/desk/today#who-")
    assert booked.location == "/desk/today"
    rows = desk.billing_rows.rows("SELECT status, flag, visit_on::text FROM visits ORDER BY created_at")
    assert [row[0] for row in rows] == ["arrived", "expected"]
    assert rows[0][1] == "no"
    assert rows[1][2] == later


def test_a_double_click_opens_one_visit(desk: Desk, maria: str, form_key: str) -> None:
    form = {"patient_id": maria, "form_key": form_key, "when": "now"}
    for _ in range(2):
        desk.as_().post("/desk/visits/new", form, page=f"/desk/visits/new?patient={maria}")

    assert desk.billing_rows.value("SELECT count(*) FROM visits") == 1


def test_a_day_in_the_past_is_refused_beside_its_field_and_nothing_is_lost(
    desk: Desk, maria: str, form_key: str
) -> None:
    form = {
        "patient_id": maria,
        "form_key": form_key,
        "when": "later",
        "visit_on": "2020-01-01",
        "area-0": FACE,
    }
    refused = desk.as_().post("/desk/visits/new", form, page=f"/desk/visits/new?patient={maria}")

    page = page_of(refused)
    assert refused.status_code == 422
    assert "within a year" in page.select_one("#field-visit_on-error").get_text()  # type: ignore[union-attr]
    assert page.select_one(f"input[value={FACE}]").has_attr("checked")  # type: ignore[union-attr]


def test_a_closed_visit_can_be_read_and_not_changed(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria)
    Till.opened(desk.as_(), f"/desk/till?visit={visit['visit_id']}").pay()

    page = page_of(desk.as_().get(f"/desk/visits/{visit['visit_id']}"))

    assert page.select("button[name=status]") == []
    assert page.select("[data-tray-form]") == []


def test_another_clinics_visit_is_not_there(desk: Desk, maria: str) -> None:
    assert desk.siblings.at_billing(MARA).get("/v1/visits").status_code == 200
    visit = desk.visit(maria)
    desk.siblings.databases.portal.execute_as_superuser(
        "UPDATE staff_clinics SET clinic_id = 'harbor' FROM staff"
        " WHERE staff.staff_id = staff_clinics.staff_id AND email LIKE 'cleo%'"
    )

    assert desk.as_("cleo_clinician").get(f"/desk/visits/{visit['visit_id']}").status_code == 404
