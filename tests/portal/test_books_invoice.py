"""The invoice: the patient's paper for everybody, and beside it what each may see."""

from uuid import uuid4

import pytest

from tests.billing.house import FACE, SERUM_RETAIL
from tests.portal.shelves import CARTRIDGE, check_out, fill_shelves
from tests.portal.siblings import NOWHERE, Siblings


def paper_of(text: str) -> str:
    return text.split('<article class="paper"', 1)[1].split("</article>", 1)[0]


def test_the_paper_carries_what_the_patient_takes_home(siblings: Siblings) -> None:
    sale = check_out(
        siblings,
        lines=[{"charge": FACE, "depth_mm": "1.5"}, {"charge": SERUM_RETAIL, "quantity": 2}],
        discounts=[{"line": 0, "amount_cents": 1990, "reason": "Birthday"}],
        tip_cents=2000,
        # 199.00 - 19.90 + 90.00 + 6.35 % of 90.00 (2 x 2.86 rounded on the line: 5.72) + 20.00
        tenders=[
            {"kind": "card_external", "amount_cents": 29482, "card_brand": "Visa", "card_last4": "4242"}
        ],
    )

    paper = paper_of(siblings.browser("dora_desk").get(f"/books/invoices/{sale['invoice']['id']}").text)

    for words in (
        "Main Skin Clinic LLC",
        "1 Quay Street",
        sale["invoice"]["number"],
        "Maria Lopez",
        "1.5 mm",
        "2 × ",
        "Birthday",
        "−19.90",
        "Tip",
        "$294.82",
        "Visa ending 4242",
        "Stay out of the sun",
        "Your next visit",
    ):
        assert words in paper, words


def test_cash_shows_what_was_given_and_the_change(siblings: Siblings) -> None:
    sale = check_out(siblings)

    page = siblings.browser("dora_desk").get(f"/books/invoices/{sale['invoice']['id']}").text

    paper = paper_of(page)
    assert all(words in paper for words in ("280.00", "Change", "6.00"))


@pytest.mark.parametrize(
    ("name", "sees_name", "sees_cost", "sees_entries"),
    [
        ("dora_desk", True, False, False),
        ("mara_manager", True, True, False),
        ("abel_accountant", False, True, True),
        ("anna_owner", True, True, True),
    ],
)
def test_each_sees_beside_the_paper_what_they_may(
    siblings: Siblings, name: str, sees_name: bool, sees_cost: bool, sees_entries: bool
) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings, family_name="Quintanilla")
    siblings.carry_events()

    page = siblings.browser(name).get(f"/books/invoices/{sale['invoice']['id']}").text

    assert all(words in page for words in ("A213B1", "30 g Numbing cream", "Dora Desk", "Patient 1"))
    assert ("Quintanilla" in page) == sees_name
    assert ("254.38" in page, "Cost of supplies" in page, "4.12" in page) == (sees_cost,) * 3
    assert ("In the books" in page, "Accounts receivable" in page) == (sees_entries,) * 2


def test_supplies_on_their_way_are_said_to_follow(siblings: Siblings) -> None:
    sale = check_out(siblings)

    page = siblings.browser("mara_manager").get(f"/books/invoices/{sale['invoice']['id']}")

    assert "Supplies will follow" in page.text
    assert "Cost of supplies" not in page.text


def test_what_no_lot_covers_is_named(siblings: Siblings) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings, supplies=[{"sku": CARTRIDGE, "quantity": "1", "lot": "NEVER-SEEN"}])
    siblings.carry_events()

    page = siblings.browser("mara_manager").get(f"/books/invoices/{sale['invoice']['id']}").text

    assert "came from no lot on file" in page
    assert 'href="/stock/shortages"' in page


def test_without_inventory_the_invoice_is_whole_but_for_units(siblings: Siblings) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings)
    siblings.carry_events()

    page = siblings.browser("mara_manager", inventory_url=NOWHERE).get(
        f"/books/invoices/{sale['invoice']['id']}"
    )

    assert page.status_code == 200
    assert all(words in page.text for words in ("A213B1", "254.38", "Numbing cream"))


def test_a_visit_leads_to_its_invoice(siblings: Siblings) -> None:
    sale = check_out(siblings)
    browser = siblings.browser("dora_desk")

    found, unknown = browser.get(f"/books/visits/{sale['visit_id']}"), browser.get(f"/books/visits/{uuid4()}")

    assert (found.status_code, found.location) == (303, f"/books/invoices/{sale['invoice']['id']}")
    assert unknown.status_code == 404


def test_the_pdf_is_handed_on_and_keeps_the_name_from_the_accountant(siblings: Siblings) -> None:
    import io

    import pypdf

    sale = check_out(siblings, family_name="Quintanilla")
    path = f"/books/invoices/{sale['invoice']['id']}.pdf"

    desk, accountant = siblings.browser("dora_desk").get(path), siblings.browser("abel_accountant").get(path)

    assert (desk.status_code, desk.content_type) == (200, "application/pdf")
    assert sale["invoice"]["number"] in desk.headers["Content-Disposition"]
    texts = [
        pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text() for answer in (desk, accountant)
    ]
    assert ["Quintanilla" in text for text in texts] == [True, False]
    assert "No. 1" in texts[1]


@pytest.mark.parametrize("suffix", ["", ".pdf"])
def test_an_invoice_of_another_clinic_is_not_there(siblings: Siblings, suffix: str) -> None:
    sale = check_out(siblings)
    siblings.databases.portal.execute_as_superuser(
        "UPDATE staff_clinics SET clinic_id = 'harbor' WHERE staff_id ="
        " (SELECT staff_id FROM staff WHERE email = 'mara_manager@demo.clinic')"
    )
    browser = siblings.browser("mara_manager")

    assert browser.get(f"/books/invoices/{sale['invoice']['id']}{suffix}").status_code == 404
    assert browser.get(f"/books/invoices/{uuid4()}{suffix}").status_code == 404


def test_hostile_names_are_text_on_the_paper(siblings: Siblings) -> None:
    sale = check_out(siblings, family_name='"><script>alert(1)</script>')
    browser = siblings.browser("dora_desk")

    pages = [
        browser.get(path).text for path in (f"/books/invoices/{sale['invoice']['id']}", "/books/invoices")
    ]

    assert all("<script>alert" not in page for page in pages)
    assert all("&lt;script&gt;alert(1)&lt;/script&gt;" in page for page in pages)
