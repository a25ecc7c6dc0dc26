"""The main job in a real browser, by keyboard: paid with change, the paper is there, the shelf goes down."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import House, write


def test_a_patient_pays_face_and_neck_in_cash_without_a_mouse(desk: Page, house: House, maria: str) -> None:
    desk.keyboard.press("Alt+2")
    expect(desk.get_by_label("Who is at the desk?")).to_be_focused()

    write(desk, "lope")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="Maria Lopez")).to_be_visible()
    desk.keyboard.press("F1")
    desk.keyboard.press("F2")
    expect(desk.locator("[data-till-total]")).to_have_text("274.00")
    expect(desk.locator("[data-supplies] li")).to_have_count(3)
    desk.keyboard.press("c")
    expect(desk.get_by_label("Handed over")).to_be_focused()
    write(desk, "280")
    expect(desk.locator("[data-till-change]")).to_have_text("6.00")
    desk.keyboard.press("Enter")

    done = desk.get_by_role("status").filter(has_text="Change due")
    expect(done).to_contain_text("6.00")
    expect(done).to_contain_text("Maria Lopez")
    expect(desk.get_by_label("Who is next?")).to_be_focused()
    assert house.sold() == 1


def test_the_paper_and_the_lots_follow(desk: Page, house: House, maria: str) -> None:
    _pay(desk, maria)
    house.siblings.carry_events()
    with desk.expect_popup() as opened:
        desk.keyboard.press("Alt+i")
    invoice = opened.value
    number = invoice.get_by_role("heading", level=1)

    expect(number).to_contain_text(re.compile(r"MAIN-\d{4}-000001"))
    expect(invoice.locator("main")).to_contain_text("274.00")
    # First expired, first out: the cartridge of the lot that ends first.
    expect(invoice.locator("main")).to_contain_text("A213B1")
    expect(invoice.locator("main")).to_contain_text("CR-77")
    expect(invoice.locator("main")).to_contain_text("HA-9")
    pdf = desk.request.get(desk.get_by_role("link", name="Print").get_attribute("href") or "")
    assert pdf.status == 200
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.body().startswith(b"%PDF-")
    desk.goto("/stock")
    expect(desk.locator("main")).to_contain_text("Needle cartridge, 12 pins")


def test_a_visit_goes_from_the_door_to_the_till(desk: Page, house: House, maria: str) -> None:
    desk.keyboard.press("n")
    expect(desk.get_by_label("Open a visit for")).to_be_focused()
    write(desk, "maria")
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name="Visit for Maria Lopez").click()
    desk.get_by_label("Face", exact=True).check()
    desk.get_by_label("Depth of Microneedling face").select_option("1.5")
    desk.get_by_role("button", name="Open the visit").click()
    card = desk.locator("[data-visit]", has_text="Maria Lopez")
    # The page comes back to the visit, so its keys work at once.
    expect(card.get_by_role("link", name="Maria Lopez")).to_be_focused()
    desk.keyboard.press("s")
    expect(desk.get_by_role("dialog")).to_contain_text("Does anything on this list apply to you today?")
    desk.keyboard.press("n")
    expect(card).to_contain_text("Screening OK")
    desk.keyboard.press("i")
    expect(desk.locator("[aria-labelledby=column-in_treatment]")).to_contain_text("Maria Lopez")
    desk.keyboard.press("p")
    expect(desk.locator("[aria-labelledby=column-to_pay]")).to_contain_text("Maria Lopez")
    desk.keyboard.press("t")
    expect(desk.locator("[data-till-total]")).to_have_text("199.00")
    # The amounts are there before the script; its keys are there when it has named them.
    desk.wait_for_selector("[aria-keyshortcuts]", state="attached")
    desk.keyboard.press("k")
    expect(desk.get_by_label("Last four").first).to_be_focused()
    write(desk, "4242")
    desk.keyboard.press("Enter")

    expect(desk.locator(".till-done")).to_contain_text("Paid by card")
    assert house.sold() == 1


def _pay(page: Page, patient_id: str) -> None:
    page.goto(f"/desk/till?patient={patient_id}")
    page.keyboard.press("F1")
    page.keyboard.press("F2")
    expect(page.locator("[data-till-total]")).to_have_text("274.00")
    page.keyboard.press("c")
    expect(page.get_by_label("Handed over")).to_be_focused()
    write(page, "280")
    page.keyboard.press("Enter")
    expect(page.locator(".till-done")).to_contain_text("Change due")
