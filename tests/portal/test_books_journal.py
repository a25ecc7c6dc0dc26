"""The journal: balanced entries, filters, the way to the invoice."""

import re

import pytest

from tests.portal.shelves import check_out, fill_shelves
from tests.portal.siblings import NOWHERE, Siblings

PATH = "/books/journal"


def test_a_sale_its_payment_and_its_supplies_stand_in_debit_and_credit(siblings: Siblings) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings)
    siblings.carry_events()

    page = siblings.browser("abel_accountant").get(f"{PATH}?clinic=main&number={sale['invoice']['number']}")

    assert page.status_code == 200
    for words in (
        "Invoice issued",
        "Payment received",
        "Stock valued",
        "Cash drawer",
        "Treatment supplies used",
    ):
        assert words in page.text
    assert page.text.count(f'/books/invoices/{sale["invoice"]["id"]}">{sale["invoice"]["number"]}') == 3
    # 274.00 owed, 274.00 paid, 19.62 of supplies.
    foot = page.text.split("<tfoot>", 1)[1]
    assert re.findall(r'figure">([\d,.]+)<', foot) == ["567.62", "567.62"]


def test_what_is_debited_comes_first(siblings: Siblings) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings)
    siblings.carry_events()

    page = siblings.browser("abel_accountant").get(f"{PATH}?clinic=main&number={sale['invoice']['number']}")

    used, inventory = (page.text.index(name) for name in ("Treatment supplies used", "Supplies inventory"))
    assert used < inventory


def test_the_filter_narrows_to_days_and_invoices(siblings: Siblings) -> None:
    check_out(siblings)
    other = check_out(siblings)
    browser = siblings.browser("anna_owner")

    one = browser.get(f"{PATH}?clinic=main&number={other['invoice']['number']}").text
    none = browser.get(f"{PATH}?clinic=main&to=2020-01-01").text
    unknown = browser.get(f"{PATH}?clinic=main&number=MAIN-2020-000001").text

    assert "2 entries shown" in one
    assert "No entry matches" in none
    assert "No entry matches" in unknown


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=2026-02-30", "from"), ("to=x", "to"), ("number=garbage", "number")],
)
def test_a_bad_filter_is_explained_beside_its_field(siblings: Siblings, query: str, field: str) -> None:
    page = siblings.browser("abel_accountant").get(f"{PATH}?{query}")

    assert page.status_code == 422
    assert "<span>" in page.text.split(f'id="field-{field}-error"', 1)[1].split("</p>", 1)[0]


@pytest.mark.parametrize("name", ["dora_desk", "cleo_clinician", "mara_manager"])
def test_the_journal_is_for_accountant_and_owner(siblings: Siblings, name: str) -> None:
    assert siblings.browser(name).get(PATH).status_code == 403


def test_an_empty_journal_says_what_will_stand_in_it(siblings: Siblings) -> None:
    page = siblings.browser("abel_accountant").get(PATH)

    assert page.status_code == 200
    assert "Nothing is booked yet" in page.text


def test_without_billing_the_page_says_so(siblings: Siblings) -> None:
    assert siblings.browser("abel_accountant", billing_url=NOWHERE).get(PATH).status_code == 503
