"""Charged once, whatever the browser, the network and the services do; and what was typed stays."""

from concurrent.futures import ThreadPoolExecutor

from tests.billing.house import FACE, face_and_neck
from tests.cast import DORA
from tests.portal.conftest import Browser
from tests.portal.desk.conftest import FACE_AND_NECK, Desk, Till, fields_of, words_of


def _draft(till: Till, **changes: str) -> None:
    """Type something and let the page keep it, as drafts.js does."""
    fields = {**till.fields, **FACE_AND_NECK, **changes}
    answer = till.browser.post(f"/drafts/{till.fields['draft_key']}", fields, page=till.path)
    assert answer.status_code == 204


def test_a_double_click_charges_once(desk: Desk, till: Till) -> None:
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: till.pay(), range(2)))

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert desk.sold() == 1


def test_sending_the_form_again_shows_the_same_invoice(desk: Desk, till: Till) -> None:
    first, again = till.pay(), till.pay()

    assert again.location == first.location
    assert desk.sold() == 1


def test_sending_it_again_with_something_else_charges_nothing(desk: Desk, till: Till) -> None:
    first = till.pay()

    again = till.pay(tip="5", expected_total_cents="27900")

    assert again.location == first.location
    assert "Nothing was charged again" in words_of(till.browser.get(again.location))
    assert desk.sold() == 1


def test_two_windows_for_one_patient_have_one_key(desk: Desk, till: Till) -> None:
    other = Till.opened(desk.as_(), till.path)

    first, second = till.pay(), other.pay()

    assert other.fields["checkout_key"] == till.fields["checkout_key"]
    assert second.location == first.location
    assert desk.sold() == 1


def test_two_patients_side_by_side_have_a_key_each(desk: Desk, till: Till) -> None:
    other = Till.opened(desk.as_(), f"/desk/till?patient={desk.patient(given_name='Ann')}")

    till.pay()
    other.pay()

    assert other.fields["checkout_key"] != till.fields["checkout_key"]
    assert desk.sold() == 2


def test_what_was_typed_is_there_after_a_reload_with_the_same_key(till: Till) -> None:
    _draft(till, tip="12.50", **{"tender-0-tendered": "300"})

    again = till.browser.get(till.path)

    fields = fields_of(again)
    assert fields["tip"] == "12.50"
    assert fields["tender-0-tendered"] == "300"
    assert fields["line-0-charge"] == FACE
    assert fields["checkout_key"] == till.fields["checkout_key"]
    assert fields["expected_total_cents"] == "28650"
    assert "What was typed before is still here." in words_of(again)


def test_a_payment_whose_answer_was_lost_is_found_on_reload(desk: Desk, till: Till) -> None:
    _draft(till)
    body = face_and_neck(till.fields["patient_id"])
    token_holder = desk.as_()
    # The portal died after billing had committed: the draft is still there, the answer never came.
    made = _check_out_as_the_portal(token_holder, desk, body, till.fields["checkout_key"])

    again = till.browser.get(till.path)
    fresh = till.browser.get(till.path)

    assert again.location == f"/desk/till?paid={made}"
    assert fields_of(fresh)["checkout_key"] != till.fields["checkout_key"]
    assert desk.sold() == 1


def test_after_payment_the_next_sale_to_the_same_patient_starts_empty(desk: Desk, till: Till) -> None:
    till.pay()

    fields = Till.opened(desk.as_(), till.path).fields

    assert "line-0-charge" not in fields
    assert fields["checkout_key"] != till.fields["checkout_key"]


def test_billing_away_keeps_the_form_and_its_key(desk: Desk, till: Till) -> None:
    away = desk.without_billing()

    # The place is known from before; the sale itself gets no answer.
    answer = away.post("/desk/till", {**till.fields, **FACE_AND_NECK}, page="/password")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    said = words_of(answer)
    assert "cannot be charged twice" in said
    assert f'name="checkout_key" value="{till.fields["checkout_key"]}"' in answer.text
    assert 'name="tender-0-tendered" value="280"' in answer.text
    assert desk.sold() == 0


def test_the_form_that_waited_is_sent_again_and_charged_once(desk: Desk, till: Till) -> None:
    desk.without_billing().post("/desk/till", {**till.fields, **FACE_AND_NECK}, page="/password")

    kept = fields_of(desk.as_().get(till.path))
    answer = desk.as_().post("/desk/till", {**kept, "action": "pay"}, page=till.path)

    assert kept["tender-0-tendered"] == "280"
    assert answer.status_code == 303
    assert desk.sold() == 1


def test_an_expired_session_keeps_the_form_and_the_same_key_pays(desk: Desk, till: Till) -> None:
    browser = till.browser
    moved = browser.csrf_token(till.path)
    desk.siblings.databases.portal.execute_as_superuser(
        "UPDATE sessions SET last_seen_at = last_seen_at - interval '31 minutes'"
    )
    fields = [*{**till.fields, **FACE_AND_NECK, "tip": "1"}.items(), ("csrf_token", moved)]
    sent = browser.send("/desk/till", fields, headers={"Referer": f"http://localhost{till.path}"})
    browser.sign_in("dora_desk", next_path=till.path)

    kept = fields_of(browser.get(till.path))
    paid = browser.post("/desk/till", {**kept, "action": "pay"}, page=till.path)

    assert (sent.status_code, sent.location.partition("?")[0]) == (303, "/sign-in")
    assert kept["tip"] == "1"
    assert kept["checkout_key"] == till.fields["checkout_key"]
    assert paid.status_code == 303
    assert desk.sold() == 1


def test_a_draft_is_forgotten_once_it_was_paid(desk: Desk, till: Till) -> None:
    _draft(till)
    till.pay()

    assert desk.siblings.databases.portal.value("SELECT count(*) FROM drafts WHERE key LIKE 'till.%'") == 0


def _check_out_as_the_portal(browser: Browser, desk: Desk, body: object, key: str) -> str:
    """Check out as the person signed in, past the portal, and return the invoice's id."""
    staff_id = desk.siblings.databases.portal.value("SELECT staff_id FROM staff WHERE email LIKE 'dora%'")
    dora = type(DORA)(str(staff_id), DORA.name, DORA.kind, DORA.roles, DORA.clinics)
    answer = desk.siblings.at_billing(dora).post("/v1/checkouts", body, key=key)
    assert answer.status_code == 201, answer.json
    return str(answer.json["invoice"]["id"])
