"""Double clicks, lost sessions, silent services, the Back button: charged once, and nothing typed is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, scan, sign_in, write


@pytest.fixture
def till(desk: Page, maria: str) -> Page:
    """Maria at the till with face and neck on the bill, 280 in the hand, nothing sent."""
    desk.goto(f"/desk/till?patient={maria}")
    return _fill(desk)


def _fill(page: Page) -> Page:
    page.keyboard.press("F1")
    page.keyboard.press("F2")
    expect(page.locator("[data-till-total]")).to_have_text("274.00")
    page.keyboard.press("c")
    expect(page.get_by_label("Handed over")).to_be_focused()
    write(page, "280")
    expect(page.locator("[data-till-change]")).to_have_text("6.00")
    return page


def _kept(page: Page) -> None:
    expect(page.locator("[data-draft-status]")).to_have_text("Kept. You can leave and come back.")


def test_a_double_click_charges_once(till: Page, house: House) -> None:
    till.locator("[data-till-pay]").dblclick()

    expect(till.locator(".till-done")).to_contain_text("6.00")
    assert house.sold() == 1


def test_two_windows_charge_once(till: Page, house: House) -> None:
    _kept(till)
    other = till.context.new_page()
    other.goto(till.url)
    expect(other.get_by_label("Handed over")).to_have_value("280")

    till.keyboard.press("Enter")
    expect(till.locator(".till-done")).to_contain_text("6.00")
    other.locator("[data-till-pay]").click()

    expect(other.locator(".till-done")).to_contain_text("6.00")
    assert house.sold() == 1


def test_back_and_pay_again_charges_nothing_more(till: Page, house: House) -> None:
    till.keyboard.press("Enter")
    expect(till.locator(".till-done")).to_be_visible()
    till.go_back()
    till.reload()
    till.locator("[data-till-pay]").click()

    expect(till.locator("#field-lines-error")).to_contain_text("Nothing to pay for yet")
    assert house.sold() == 1


def test_a_reload_brings_everything_back(till: Page) -> None:
    _kept(till)
    till.reload()

    expect(till.locator("[data-till-total]")).to_have_text("274.00")
    expect(till.get_by_label("Handed over")).to_have_value("280")
    expect(till.locator("[data-draft-status]")).to_have_text("What was typed before is still here.")


def test_an_expired_session_keeps_the_form_and_the_payment_is_one(till: Page, house: House) -> None:
    _kept(till)
    house.end_sessions_by_time()
    till.keyboard.press("Enter")
    expect(till.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(till)
    expect(till.locator("[data-till-total]")).to_have_text("274.00")
    expect(till.get_by_label("Handed over")).to_have_value("280")
    till.locator("[data-till-pay]").click()

    expect(till.locator(".till-done")).to_contain_text("6.00")
    assert house.sold() == 1


def test_after_an_error_a_reload_comes_back_to_the_same_patient(desk: Page, maria: str) -> None:
    desk.goto(f"/desk/till?patient={maria}")
    _fill(desk)
    _kept(desk)
    desk.evaluate("document.querySelector('form[data-till]').elements.expected_total_cents.value = '26400'")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("The total is another one now")
    desk.goto(desk.url)

    expect(desk.locator("[data-till-total]")).to_have_text("274.00")


def test_a_silent_billing_is_said_and_the_same_form_is_sent_again(till: Page, house: House) -> None:
    house.billing.is_away = True
    till.keyboard.press("Enter")
    expect(till.locator("main")).to_contain_text("it cannot be charged twice")
    house.billing.is_away = False
    till.get_by_role("button", name="Send it again").click()

    expect(till.locator(".till-done")).to_contain_text("6.00")
    assert house.sold() == 1


def test_a_silent_inventory_stops_nobody_from_paying(desk: Page, house: House, maria: str) -> None:
    house.inventory.is_away = True
    desk.goto(f"/desk/till?patient={maria}")
    _fill(desk)
    expect(desk.locator("[data-till-supplies-note]")).to_contain_text("stock will follow")
    desk.keyboard.press("Enter")

    expect(desk.locator(".till-done")).to_contain_text("Stock will follow")
    assert house.sold() == 1


def test_a_scan_sets_the_lot_wherever_the_focus_is(till: Page) -> None:
    scan(till, "CART-12 A300")

    expect(till.locator("[data-till-scan]")).to_have_text("Needle cartridge, 12 pins, lot A300: taken.")
    expect(till.get_by_label("Lot of Needle cartridge, 12 pins")).to_have_value("A300")
    expect(till.locator("[data-supplies] li")).to_have_count(3)
    # What the scanner typed into the field with the focus is taken out again.
    expect(till.get_by_label("Handed over")).to_have_value("280")


def test_escape_takes_the_last_step_back(till: Page) -> None:
    scan(till, "CART-12 A300")
    expect(till.get_by_label("Lot of Needle cartridge, 12 pins")).to_have_value("A300")
    till.keyboard.press("Escape")

    expect(till.get_by_label("Lot of Needle cartridge, 12 pins")).to_have_value("")


def test_the_till_works_without_script(open_page: Callable[..., Page], house: House, maria: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"/desk/till?patient={maria}")
    page.get_by_label("Microneedling face", exact=True).check()
    page.get_by_role("button", name="Work out the total").click()
    expect(page.locator("[data-till-total]")).to_have_text("199.00")
    page.locator("[name=pay][value=cash]").check(force=True)
    page.get_by_label("Handed over").fill("200")
    page.get_by_role("button", name="Take payment").click()

    expect(page.locator(".till-done")).to_contain_text("1.00")
    assert house.sold() == 1


def test_the_board_renews_itself_and_leaves_the_chosen_visit_chosen(
    desk: Page, house: House, maria: str
) -> None:
    house.visit(maria, status="expected")
    desk.reload()
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("link", name="Maria Lopez")).to_be_focused()
    house.visit(house.patient(given_name="Zoë", family_name="Adler"))
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(desk.locator("[data-board]")).to_contain_text("Zoë Adler")
    expect(desk.get_by_role("link", name="Maria Lopez")).to_be_focused()


def test_a_board_that_is_out_of_date_says_so(desk: Page, house: House) -> None:
    house.billing.is_away = True
    for _ in range(2):
        desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(desk.locator("[data-board-state]")).to_contain_text("Out of date")


def test_the_tray_takes_scans_one_after_the_other(
    open_page: Callable[..., Page], house: House, maria: str
) -> None:
    visit = house.visit(maria, planned=[{"charge": "microneedling-face"}])
    tray = open_page("cleo_clinician", viewport={"width": 820, "height": 1180}, has_touch=True)
    tray.goto(f"/desk/visits/{visit['visit_id']}")
    scan(tray, "A213B1")
    scan(tray, "CREAM-5 CR-77")

    expect(tray.locator("[data-tray]")).to_contain_text("CR-77")
    expect(tray.locator("[data-tray]")).to_contain_text("A213B1")
    tray.get_by_role("button", name="Take back Needle cartridge, 12 pins, lot A213B1").click()
    expect(tray.locator("[data-tray]")).not_to_contain_text("A213B1")
