"""The till: found, charged, paid, with change; every refusal beside its field."""

import pytest

from tests.billing.house import CHEST, FACE, SERUM_RETAIL
from tests.portal.desk.conftest import Desk, Till, fields_of, page_of, words_of


def test_face_and_neck_in_cash_gives_six_dollars_back(desk: Desk, till: Till) -> None:
    answer = till.pay()
    done = till.browser.get(answer.location)

    assert answer.status_code == 303
    assert answer.location.startswith("/desk/till?paid=")
    said = words_of(done)
    assert "Change due 6.00" in said  # 280.00 - 274.00
    assert "Maria Lopez" in said
    assert "MAIN-" in said
    assert "Next visit" in said
    assert "Who is next?" in said


def test_the_done_page_can_be_loaded_again_and_leads_to_the_paper(desk: Desk, till: Till) -> None:
    place = till.pay().location

    again = page_of(till.browser.get(place))

    links = {link["href"] for link in again.select(".till-done a")}
    invoice_id = place.partition("paid=")[2]
    assert links == {f"/books/invoices/{invoice_id}", f"/books/invoices/{invoice_id}.pdf"}
    assert desk.sold() == 1


def test_a_patient_is_found_and_the_only_one_is_seated_at_once(desk: Desk, maria: str) -> None:
    desk.patient(given_name="Zoë", family_name="Loach")
    browser = desk.as_()

    several, one = browser.get("/desk/till?q=lo"), browser.get("/desk/till?q=lopez")

    assert "Zoë Loach" in several.text
    assert "Maria Lopez" in several.text
    assert (one.status_code, one.location) == (303, f"/desk/till?patient={maria}")


def test_nobody_found_says_what_to_try(desk: Desk) -> None:
    assert "Nobody found for “qqq”" in words_of(desk.as_().get("/desk/till?q=qqq"))


def test_an_open_visit_of_today_comes_along_with_its_areas(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria, planned=[{"charge": FACE, "depth_mm": "1.5"}], flag="no")

    seated = desk.as_().get(f"/desk/till?patient={maria}")
    till = desk.as_().get(seated.location)

    assert seated.location == f"/desk/till?visit={visit['visit_id']}"
    fields = fields_of(till)
    assert fields["line-0-charge"] == FACE
    assert fields["line-0-depth_mm"] == "1.5"
    assert fields["expected_total_cents"] == "19900"
    assert "Screening OK" in words_of(till)
    assert "Dora Desk" in words_of(till)


def test_the_form_is_sent_to_the_address_of_its_sitting(desk: Desk, maria: str) -> None:
    browser = desk.as_()
    walk_in = page_of(browser.get(f"/desk/till?patient={maria}")).select_one("form[data-till]")
    visit = desk.visit(maria)
    apart = page_of(browser.get(f"/desk/till?patient={maria}&apart=1")).select_one("form[data-till]")
    seated = page_of(browser.get(f"/desk/till?visit={visit['visit_id']}")).select_one("form[data-till]")

    # So that a reload after an error, and a sign-in after an expired session, lead back to it.
    assert walk_in is not None
    assert apart is not None
    assert seated is not None
    assert walk_in["action"] == f"/desk/till?patient={maria}"
    assert apart["action"] == f"/desk/till?patient={maria}&apart=1"
    assert seated["action"] == f"/desk/till?visit={visit['visit_id']}"


def test_a_sale_can_stay_apart_from_the_open_visit(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria)
    till = Till.opened(desk.as_(), f"/desk/till?patient={maria}&apart=1")

    till.pay()

    assert till.fields["visit_id"] == ""
    assert desk.at(visit["visit_id"])["status"] == "arrived"


def test_paying_for_a_visit_closes_it_and_the_till_says_so_afterwards(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria, planned=[{"charge": FACE}])
    path = f"/desk/till?visit={visit['visit_id']}"

    paid = Till.opened(desk.as_(), path).pay()
    again = desk.as_().get(path)

    assert desk.at(visit["visit_id"])["status"] == "done"
    assert again.location == paid.location


def test_a_cancelled_visit_is_not_charged(desk: Desk, maria: str) -> None:
    visit = desk.visit(maria)
    form = {"status": "cancelled", "version": "1"}
    desk.as_().post(f"/desk/visits/{visit['visit_id']}/move", form, page="/desk/today")

    answer = desk.as_().get(f"/desk/till?visit={visit['visit_id']}", follow_redirects=True)

    assert "This visit was cancelled." in words_of(answer)


def test_the_quote_follows_the_form(till: Till) -> None:
    quote = till.ask(**{"line-2-charge": SERUM_RETAIL, "line-2-quantity": "2", "tip": "10"}).json

    # 199.00 + 75.00 + 2 x 45.00 + 6.35 % of 90.00 (5.72, half up) + 10.00
    assert quote["total_cents"] == 19900 + 7500 + 9000 + 572 + 1000
    assert {line["charge"] for line in quote["lines"]} >= {FACE, SERUM_RETAIL}


def test_an_empty_bill_is_nothing_and_no_error(till: Till) -> None:
    quote = till.ask(**{"line-0-charge": "", "line-1-charge": ""})

    assert (quote.status_code, quote.json["total_cents"], quote.json["supplies"]) == (200, 0, [])


def test_without_script_the_total_is_worked_out_first(desk: Desk, till: Till) -> None:
    drawn = till.pay(action="quote", expected_total_cents="")

    assert drawn.status_code == 200
    assert fields_of(drawn)["expected_total_cents"] == "27400"
    assert fields_of(drawn)["tender-0-tendered"] == "280"
    assert desk.sold() == 0


def test_nobody_pays_a_total_they_have_not_seen(desk: Desk, till: Till) -> None:
    drawn = till.pay(expected_total_cents="")

    assert "Look at the total first" in words_of(drawn)
    assert desk.sold() == 0


def test_a_price_that_changed_is_shown_and_taken_only_when_seen(desk: Desk, till: Till) -> None:
    refused = till.pay(expected_total_cents="26400")

    said = words_of(refused)
    assert refused.status_code == 409
    assert "The total is another one now" in said
    assert "274.00" in said
    fields = fields_of(refused)
    assert fields["expected_total_cents"] == "27400"
    assert fields["checkout_key"] == till.fields["checkout_key"]
    assert till.browser.post("/desk/till", {**fields, "action": "pay"}, page=till.path).status_code == 303
    assert desk.sold() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"tender__0__tendered": "270"}, "tender-0-tendered", "less than the cash due"),
        ({"tender__0__tendered": "two hundred"}, "tender-0-tendered", "in digits"),
        ({"pay": ""}, "pay", "How is it paid?"),
        ({"pay": "card", "tender__1__last4": "12"}, "tender-1-last4", "last four digits"),
        ({"pay": "split", "tender__0__amount": "100", "tender__1__amount": "100"}, "pay", "not covered yet"),
        ({"pay": "split"}, "pay", "Type the parts"),
        ({"line__0__charge": "", "line__1__charge": ""}, "lines", "Nothing to pay for yet"),
        ({"line__0__depth_mm": "9.9"}, "line-0-depth_mm", "between 0.5 and 2.5"),
        ({"tip": "lots"}, "tip", "in digits"),
        (
            {"supply__7__sku": "CART-12", "supply__7__quantity": "x", "supply__7__planned": ""},
            "supply-7-quantity",
            "digits",
        ),
        (
            {"discount__0__value": "10", "discount__0__kind": "percent"},
            "discount-0-reason",
            "Say why",
        ),
        (
            {"discount__0__value": "120", "discount__0__kind": "percent", "discount__0__reason": "kind"},
            "discount-0-value",
            "at most 100",
        ),
        (
            {"discount__0__value": "5", "discount__0__charge": CHEST, "discount__0__reason": "kind"},
            "discount-0-charge",
            "not on the bill",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    desk: Desk, till: Till, changes: dict[str, str], field: str, words: str
) -> None:
    refused = till.pay(**changes)

    beside = page_of(refused).select_one(f"#field-{field}-error")
    assert refused.status_code == 422
    assert beside is not None
    assert words in beside.get_text()
    assert desk.sold() == 0


def test_every_wrong_field_is_said_at_once_and_nothing_typed_is_lost(till: Till) -> None:
    refused = till.pay(tip="lots", pay="card", tender__1__last4="4242", tender__0__tendered="280")

    fields = fields_of(refused)
    assert fields["tip"] == "lots"
    assert fields["pay"] == "card"
    assert fields["tender-1-last4"] == "4242"
    assert fields["line-0-depth_mm"] == "1.5"


def test_a_large_discount_needs_a_manager_who_can_give_it(desk: Desk, till: Till, maria: str) -> None:
    change = {
        "discount__0__value": "20",
        "discount__0__kind": "percent",
        "discount__0__reason": "Redo",
        "expected_total_cents": "21920",  # 274.00 - 20 % = 219.20
    }

    refused = till.pay(**change)
    mara = Till.opened(desk.as_("mara_manager"), till.path).pay(**change)

    assert refused.status_code == 403
    assert "A manager must grant this discount" in words_of(refused)
    assert mara.status_code == 303
    assert desk.sold() == 1


def test_the_quote_warns_of_a_large_discount_before_it_is_refused(till: Till) -> None:
    quote = till.ask(**{"discount-0-value": "20", "discount-0-kind": "percent"})

    assert quote.status_code == 200
    assert quote.json["discount_cents"] == 5480
    assert "manager" in quote.json["errors"]["discount-0-value"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pay": "card", "tender__1__last4": "4242", "tender__1__brand": "visa"}, "Paid by card"),
        ({"pay": "cheque", "tender__2__number": "0017"}, "Paid by cheque"),
        (
            {
                "pay": "split",
                "tender__0__amount": "100",
                "tender__0__tendered": "100",
                "tender__1__amount": "100",
                "tender__1__last4": "4242",
                "tender__3__amount": "74",
                "tender__3__last4": "1881",
            },
            "Paid in cash and card",
        ),
    ],
)
def test_every_way_of_paying_is_taken(till: Till, changes: dict[str, str], said: str) -> None:
    answer = till.pay(**changes)

    assert answer.status_code == 303, words_of(answer)
    assert said in words_of(till.browser.get(answer.location))


def test_the_till_is_for_those_who_may_check_out(desk: Desk, maria: str) -> None:
    answer = desk.as_("cleo_clinician").get(f"/desk/till?patient={maria}")

    assert answer.status_code == 403


def test_rubbish_is_refused_in_words_and_never_a_failure(desk: Desk, till: Till) -> None:
    browser = desk.as_()
    answers = [
        browser.get("/desk/till?visit=nonsense"),
        browser.get("/desk/till?patient=%00"),
        browser.get("/desk/till?paid=" + "9" * 300),
        browser.get("/desk/till?q=%00"),
        till.pay(checkout_key="x"),
        till.pay(patient_id="nobody"),
        till.pay(visit_id="no visit"),
        till.pay(**{"line-0-quantity": "1e9"}),
        till.pay(expected_total_cents="١٢٣"),
        till.ask(tip="\x00"),
        till.ask(**{f"line-{n}-charge": "x" * 70 for n in range(3)}),
        till.scan("\x00"),
    ]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert desk.sold() == 0
