"""The list of invoices: filters that are the address, totals, pages, and who sees names and margins."""

import re

import pytest

from tests.cast import DORA
from tests.portal.shelves import check_out, fill_shelves
from tests.portal.siblings import NOWHERE, Siblings

PATH = "/books/invoices"


def numbers_on(text: str) -> list[str]:
    """Return the invoice numbers of the rows, as they stand."""
    return re.findall(r'/books/invoices/[0-9a-f-]{36}">([A-Z]+-\d{4}-\d{6})<', text)


@pytest.mark.parametrize(
    ("name", "sees_name", "sees_margin"),
    [
        ("dora_desk", True, False),
        ("mara_manager", True, True),
        ("abel_accountant", False, True),
        ("anna_owner", True, True),
    ],
)
def test_names_and_margins_are_for_those_who_may_see_them(
    siblings: Siblings, name: str, sees_name: bool, sees_margin: bool
) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings, family_name="Quintanilla")
    siblings.carry_events()

    page = siblings.browser(name).get(f"{PATH}?clinic=main")

    assert numbers_on(page.text) == [sale["invoice"]["number"]]
    assert ("Quintanilla" in page.text, "Margin" in page.text, "254.38" in page.text) == (
        sees_name,
        sees_margin,
        sees_margin,
    )


def test_a_clinician_has_no_books(siblings: Siblings) -> None:
    browser = siblings.browser("cleo_clinician")

    assert [browser.get(path).status_code for path in (PATH, "/books/journal")] == [403, 403]


def test_totals_are_of_what_is_shown_and_margins_of_what_is_booked(siblings: Siblings) -> None:
    fill_shelves(siblings)
    check_out(siblings)
    siblings.carry_events()
    check_out(siblings)

    page = siblings.browser("mara_manager").get(PATH)

    foot = page.text.split("<tfoot>", 1)[1]
    assert "2 shown" in foot
    # 2 x 274.00 taken; one of them booked at 4.12 + 10.50 + 5.00.
    assert all(words in foot for words in ("$548.00", "$19.62", "$254.38"))
    assert "will follow" in page.text


def test_the_filter_is_the_address(siblings: Siblings) -> None:
    first, second = check_out(siblings), check_out(siblings)
    browser = siblings.browser("mara_manager")
    found = siblings.at_billing(DORA).get(f"/v1/invoices/{first['invoice']['id']}").json
    assert found is not None
    day, patient = found["issued_on"], found["patient_number"]

    def shown(query: str) -> list[str]:
        return numbers_on(browser.get(f"{PATH}?{query}").text)

    assert shown(f"number={first['invoice']['number'].lower()}") == [first["invoice"]["number"]]
    assert shown(f"patient=%23{patient}") == [first["invoice"]["number"]]
    assert len(shown(f"from={day}&to={day}")) == 2
    assert shown("from=2099-01-01") == []
    assert shown("") == [second["invoice"]["number"], first["invoice"]["number"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("number=garbage", "number"),
        ("patient=Lopez", "patient"),
        ("patient=99999999999999999999", "patient"),
        ("from=2026-02-30", "from"),
        ("to=tomorrow", "to"),
        ("number=%3Cscript%3Ealert(1)%3C/script%3E", "number"),
    ],
)
def test_a_bad_filter_is_explained_beside_its_field_and_kept(
    siblings: Siblings, query: str, field: str
) -> None:
    page = siblings.browser("mara_manager").get(f"{PATH}?{query}")

    assert page.status_code == 422
    assert "<span>" in page.text.split(f'id="field-{field}-error"', 1)[1].split("</p>", 1)[0]
    assert "<script>alert" not in page.text
    assert "Correct the field above" in page.text


def test_a_clinic_where_one_does_not_work_is_not_there(siblings: Siblings) -> None:
    browser = siblings.browser("mara_manager")

    assert browser.get(f"{PATH}?clinic=harbor").status_code == 404
    assert 'name="clinic"' not in browser.get(PATH).text


def test_who_works_at_several_clinics_chooses_one_or_all(siblings: Siblings) -> None:
    sale = check_out(siblings)
    browser = siblings.browser("abel_accountant")

    everywhere, harbor = browser.get(f"{PATH}?clinic=all"), browser.get(f"{PATH}?clinic=harbor")

    assert numbers_on(everywhere.text) == [sale["invoice"]["number"]]
    assert "All my clinics" in everywhere.text
    assert numbers_on(harbor.text) == []


def test_a_long_list_goes_on_by_key_and_keeps_its_filter(siblings: Siblings) -> None:
    for _ in range(52):
        check_out(siblings)
    browser = siblings.browser("mara_manager")

    first = browser.get(f"{PATH}?from=2020-01-01")
    following = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert following
    second = browser.get(following[1].replace("&amp;", "&"))

    assert "from=2020-01-01" in following[1]
    assert (len(numbers_on(first.text)), len(numbers_on(second.text))) == (50, 2)
    assert not set(numbers_on(first.text)) & set(numbers_on(second.text))
    assert "Back to the first" in second.text


def test_no_invoices_yet_says_what_the_page_is_for(siblings: Siblings) -> None:
    page = siblings.browser("dora_desk").get(PATH)

    assert page.status_code == 200
    assert "No invoices yet" in page.text
    assert 'href="/desk/till"' in page.text


def test_without_billing_the_page_says_so(siblings: Siblings) -> None:
    page = siblings.browser("mara_manager", billing_url=NOWHERE).get(PATH)

    assert page.status_code == 503
    assert "What was taken is safe" in page.text
