"""A delivery is booked once, whatever happens to the form, and nothing typed is lost."""

import re
from typing import Any

import pytest

from services.portal.stock.delivery_form import iso_expiry
from tests.cast import MARA
from tests.portal.conftest import Browser
from tests.portal.shelves import CARTRIDGE, days_ahead
from tests.portal.siblings import NOWHERE, Siblings

PATH = "/stock/receive"


def typed(**changes: str) -> dict[str, str]:
    """Return a delivery as it is typed from the label."""
    return {
        "key": "one-delivery",
        "sku": CARTRIDGE,
        "lot": "N-1",
        "expires_on": days_ahead(400),
        "quantity": "20",
        "cost": "$82.40",
        "supplier": "Derma & Söhne",
        "note": "",
        **changes,
    }


def send(browser: Browser, **changes: str) -> Any:
    return browser.post(PATH, typed(**changes), page=PATH)


def received(siblings: Siblings) -> list[tuple[object, ...]]:
    return siblings.databases.inventory.rows("SELECT quantity_thousandths, cost_cents FROM receipts")


def error_of(text: str, name: str) -> str:
    """Return the words beside a field."""
    return text.split(f'id="field-{name}-error"', 1)[1].split("</p>", 1)[0]


def test_a_delivery_is_booked_shown_and_the_form_is_ready_for_the_next(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")

    answer = send(browser)
    page = browser.get(answer.location)

    assert answer.status_code == 303
    assert received(siblings) == [(20000, 8240)]
    booked = page.text.split('id="booked"', 1)[1]
    assert all(words in booked for words in ("N-1", "82.40", "On hand now"))
    assert 'name="lot" type="text" value=""' in page.text
    assert 'value="Derma &amp; Söhne"' in page.text


def test_a_double_click_books_once(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")

    first, second = send(browser), send(browser)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert received(siblings) == [(20000, 8240)]


def test_each_form_that_is_drawn_has_a_key_of_its_own(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")

    keys = [re.findall(r'name="key" value="([^"]+)"', browser.get(PATH).text) for _ in range(2)]

    assert all(len(found) == 1 for found in keys)
    assert keys[0] != keys[1]


def test_a_changed_form_under_a_used_key_warns_and_gets_a_new_key(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")
    send(browser)

    answer = send(browser, quantity="40")

    assert answer.status_code == 422
    assert "booked already" in answer.text
    assert 'value="40"' in answer.text
    assert 'name="key" value="one-delivery"' not in answer.text
    assert received(siblings) == [(20000, 8240)]


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_lost(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")

    answer = send(browser, sku="", lot="", expires_on="", quantity="", cost="1,5", note="Keep me")

    assert answer.status_code == 422
    for name in ("sku", "lot", "expires_on", "quantity", "cost"):
        assert error_of(answer.text, name) != ">", name
    assert 'value="1,5"' in answer.text
    assert 'value="Keep me"' in answer.text
    assert received(siblings) == []


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"sku": "serum"}, "sku", "This could be"),
        ({"sku": "nothing-like-it"}, "sku", "no such item"),
        ({"quantity": "1.5"}, "quantity", "whole number of pieces"),
        ({"quantity": "-3"}, "quantity", "digits"),
        ({"quantity": "0"}, "quantity", "more than zero"),
        ({"quantity": "1E400"}, "quantity", "digits"),
        ({"cost": "-1"}, "cost", "must not be negative"),
        ({"cost": "10000000.01"}, "cost", "at most $10,000,000.00"),
        ({"expires_on": "2027-02-30"}, "expires_on", "not a day of the calendar"),
        ({"expires_on": "soon"}, "expires_on", "2026"),
        ({"expires_on": "2020-01-31"}, "expires_on", "expired"),
        ({"lot": "x" * 65}, "lot", "64"),
        ({"lot": "A\x07B"}, "lot", "control characters"),
    ],
)
def test_each_mistake_stands_beside_its_field(
    siblings: Siblings, changes: dict[str, str], field: str, words: str
) -> None:
    answer = send(siblings.browser("mara_manager"), **changes)

    assert answer.status_code == 422
    assert words in error_of(answer.text, field)
    assert received(siblings) == []


def test_a_lot_on_file_with_another_date_is_refused_beside_the_date(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")
    send(browser)

    answer = send(browser, key="another", expires_on=days_ahead(401))

    assert answer.status_code == 422
    assert "on file with the expiry date" in error_of(answer.text, "expires_on")


def test_strong_lidocaine_asks_why_and_takes_the_answer(siblings: Siblings) -> None:
    item = {"sku": "LIDO-10", "name": "Strong cream", "category": "numbing-cream", "base_unit": "g"}
    added = siblings.at_inventory(MARA).post("/v1/items", {**item, "lidocaine_ppm": 100_000})
    assert added.status_code == 201
    browser = siblings.browser("mara_manager")

    asked = send(browser, sku="LIDO-10")
    accepted = send(browser, sku="LIDO-10", override_reason="Compounded for one patient")

    assert asked.status_code == 422
    assert "say why" in error_of(asked.text, "override_reason")
    assert accepted.status_code == 303


def test_what_does_not_expire_is_received_without_a_date(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")

    answer = send(browser, expires_on="", no_expiry="yes")

    assert answer.status_code == 303
    assert "does not expire" in browser.get(answer.location).text


def test_what_was_sent_after_the_session_ended_is_still_there(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")
    token = browser.csrf_token(PATH)
    siblings.databases.portal.execute_as_superuser(
        "UPDATE sessions SET last_seen_at = last_seen_at - interval '2 hours'"
    )

    answer = browser.send(
        PATH, {**typed(), "csrf_token": token}, headers={"Referer": f"http://localhost{PATH}"}
    )
    browser.sign_in("mara_manager", next_path=PATH)
    page = browser.get(PATH)

    assert "/sign-in" in answer.location
    assert 'value="N-1"' in page.text
    assert 'value="one-delivery"' in page.text


@pytest.mark.parametrize("name", ["dora_desk", "cleo_clinician", "abel_accountant"])
def test_only_those_who_receive_stock_can(siblings: Siblings, name: str) -> None:
    browser = siblings.browser(name)

    assert browser.get(PATH).status_code == 403
    assert browser.post(PATH, typed(), page="/stock").status_code == 403
    assert received(siblings) == []


def test_without_inventory_nothing_is_pretended(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager", inventory_url=NOWHERE)

    answer = browser.post(PATH, typed(), page="/books/invoices")

    assert answer.status_code == 503
    assert "Stock cannot be shown for a moment" in answer.text


@pytest.mark.parametrize(
    ("label", "iso"),
    [
        ("07/2027", "2027-07"),
        ("7.2027", "2027-07"),
        ("7/31/2027", "2027-07-31"),
        ("20270731", "2027-07-31"),
        ("2027-07-31", "2027-07-31"),
        ("13/2027", "2027-13"),
        ("31 July", "31 July"),
    ],
)
def test_dates_are_read_as_labels_print_them(label: str, iso: str) -> None:
    assert iso_expiry(label) == iso
