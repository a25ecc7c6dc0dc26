"""The board: what lies on the shelves, what was used, and who sees what it cost."""

import pytest

from tests.cast import OLGA
from tests.portal.shelves import CARTRIDGE, check_out, days_ahead, fill_shelves, receive
from tests.portal.siblings import NOWHERE, Siblings


def test_a_checkout_shows_the_desk_which_lots_it_took(siblings: Siblings) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings)
    siblings.carry_events()

    page = siblings.browser("dora_desk").get("/stock")

    use = page.text.split("Latest use", 1)[1]
    assert f'href="/books/invoices/{sale["invoice"]["id"]}">{sale["invoice"]["number"]}' in use
    assert [code for code in ("A213B1", "CR-77", "HA-9", "A300") if code in use] == [
        "A213B1",
        "CR-77",
        "HA-9",
    ]
    assert "30 g Numbing cream" in use


def test_supplies_on_their_way_are_said_to_follow(siblings: Siblings) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings)

    page = siblings.browser("dora_desk").get("/stock")

    assert "Supplies will follow" in page.text
    assert sale["invoice"]["number"] in page.text


@pytest.mark.parametrize(
    ("name", "sees_costs"),
    [
        ("dora_desk", False),
        ("cleo_clinician", False),
        ("mara_manager", True),
        ("anna_owner", True),
    ],
)
def test_values_are_for_those_who_may_see_costs(siblings: Siblings, name: str, sees_costs: bool) -> None:
    fill_shelves(siblings)
    browser = siblings.browser(name)
    browser.post("/clinic", {"clinic_id": "main"}, page="/stock")

    by_item, by_lot = browser.get("/stock"), browser.get("/stock?by=lot")

    assert [by_item.status_code, by_lot.status_code] == [200, 200]
    assert ("164.80" in by_lot.text, "226.60" in by_item.text) == (sees_costs, sees_costs)


def test_a_clinician_sees_lots_of_visits_without_their_invoices(siblings: Siblings) -> None:
    fill_shelves(siblings)
    sale = check_out(siblings)
    siblings.carry_events()

    page = siblings.browser("cleo_clinician").get("/stock")

    assert "A visit" in page.text
    assert sale["invoice"]["number"] not in page.text
    assert "/books/" not in page.text


def test_held_and_expired_lots_are_named_in_words(siblings: Siblings) -> None:
    fill_shelves(siblings)

    browser = siblings.browser("mara_manager")

    assert "5 on hold" in browser.get("/stock").text
    blocked = browser.get("/stock?by=lot&show=blocked").text
    assert ("HELD1" in blocked, "Box was open" in blocked, "A300" in blocked) == (True, True, False)
    soon = browser.get("/stock?by=lot&show=soon").text
    assert ("A213B1" in soon, "20 days left" in soon, "CR-77" in soon.split("<table>", 1)[1]) == (
        True,
        True,
        False,
    )


def test_the_filter_finds_by_name_and_by_lot(siblings: Siblings) -> None:
    fill_shelves(siblings)
    browser = siblings.browser("mara_manager")

    by_name, by_lot = browser.get("/stock?query=numbing").text, browser.get("/stock?query=ha-9&by=lot").text

    assert ("CREAM-5" in by_name, "SERUM-HA</small>" in by_name) == (True, False)
    assert ("SERUM-HA" in by_lot, "CREAM-5" in by_lot) == (True, False)
    assert "Nothing matches" in browser.get("/stock?query=zzz").text


def test_a_day_of_the_past_shows_the_shelves_as_they_were(siblings: Siblings) -> None:
    fill_shelves(siblings)

    page = siblings.browser("mara_manager").get(f"/stock?at={days_ahead(-3)}")

    assert page.status_code == 200
    assert "At the end of" in page.text
    assert "226.60" not in page.text


@pytest.mark.parametrize("query", ["at=2026-02-30", "at=yesterday", "at=%3Cscript%3E"])
def test_a_bad_day_is_explained_beside_the_field(siblings: Siblings, query: str) -> None:
    fill_shelves(siblings)

    page = siblings.browser("mara_manager").get(f"/stock?{query}")

    assert page.status_code == 422
    words = page.text.split('id="field-at-error"', 1)[1].split("</p>", 1)[0]
    assert "day" in words
    assert "<script>" not in page.text.replace('<script type="module"', "")


def test_empty_shelves_say_what_they_are_for_and_what_to_do(siblings: Siblings) -> None:
    siblings.databases.inventory.execute_as_superuser(
        "SET session_replication_role = replica;"
        " DELETE FROM recipe_items; DELETE FROM recipes; DELETE FROM items"
    )

    manager, desk = (
        siblings.browser("mara_manager").get("/stock"),
        siblings.browser("dora_desk").get("/stock"),
    )

    assert "The shelves are empty" in manager.text
    assert ("/stock/receive" in manager.text, "/stock/receive" in desk.text) == (True, False)


def test_the_shelves_of_another_clinic_stay_its_own(siblings: Siblings) -> None:
    fill_shelves(siblings)

    page = siblings.browser("mara_manager").get("/stock?by=lot&clinic_id=harbor")

    assert "HARBOR-1" not in page.text


def test_without_inventory_the_page_says_so_and_the_invoices_still_open(siblings: Siblings) -> None:
    sale = check_out(siblings)
    browser = siblings.browser("mara_manager", inventory_url=NOWHERE)

    board, invoice = browser.get("/stock"), browser.get(f"/books/invoices/{sale['invoice']['id']}")

    assert board.status_code == 503
    assert "Go on treating and taking payment" in board.text
    assert invoice.status_code == 200
    assert "Supplies will follow" in invoice.text


def test_without_billing_the_shelves_are_still_shown(siblings: Siblings) -> None:
    fill_shelves(siblings)
    check_out(siblings)
    siblings.carry_events()

    page = siblings.browser("mara_manager", billing_url=NOWHERE).get("/stock")

    assert page.status_code == 200
    assert "Needle cartridge" in page.text
    assert "Invoice of the visit" in page.text


def test_hostile_names_are_text(siblings: Siblings) -> None:
    name = '"><script>alert(1)</script>'
    olga = siblings.at_inventory(OLGA)
    item = {"sku": "EVIL", "name": name, "category": "serum", "base_unit": "each"}
    assert olga.post("/v1/items", item).status_code == 201
    receive(olga, "EVIL", "<img src=x onerror=alert(1)>", "3")
    browser = siblings.browser("mara_manager")

    pages = [browser.get(path).text for path in ("/stock", "/stock?by=lot", "/stock/items/EVIL")]

    assert all("<script>alert" not in page and "<img src=x" not in page for page in pages)
    assert "&lt;script&gt;alert(1)" in pages[0]
    assert "&lt;img src=x" in pages[1]


def test_open_shortages_are_counted_even_of_codes_nobody_knows(siblings: Siblings) -> None:
    fill_shelves(siblings)
    check_out(siblings, supplies=[{"sku": "NOBODY-KNOWS", "quantity": "1"}])
    siblings.carry_events()

    page = siblings.browser("mara_manager").get("/stock")

    tile = page.text.split("Open shortages", 1)[1].split("</a>", 1)[0]
    assert '<span class="value">1</span>' in tile
    assert CARTRIDGE in page.text
