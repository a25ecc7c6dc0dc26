"""`make pictures`: walks the demo clinic through one day in a real browser and keeps what each person sees.

The suite runs in a scratch folder, on ports of its own; nothing that runs beside it is touched.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.rig import Rig, running
from suite.demo.password import PASSWORD

FOLDER = Path(__file__).parent / "pictures"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# No sandbox: a build machine is root, and only our own pages are opened.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--enable-features=OverlayScrollbar"]
SIZE = {"width": 1280, "height": 800}
PATIENCE_MS = 20_000
# Longer than a scanner takes between two letters, or the till would take typing for a scan.
TYPING_MS = 90


def main() -> None:
    """Take all pictures anew."""
    if not CHROMIUM:
        raise SystemExit("pictures: chromium is not there; install it, or name it in CHROMIUM")
    with running() as rig, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for walk in (_front_desk, _clinician, _manager, _accountant, _owner):
            walk(browser, rig)
        browser.close()


def _front_desk(browser: Browser, rig: Rig) -> None:
    visit_id, patient_id = rig.query(
        "billing",
        "SELECT visit_id, patient_id FROM visits WHERE clinic_id = 'main' AND status = 'to_pay' LIMIT 1",
    )[0]
    with _signed_in(browser, rig, "desk") as page:
        expect(page.locator("[data-visit]").first).to_be_visible()
        _keep(page, "desk-today")
        page.goto(f"/desk/till?visit={visit_id}")
        expect(page.locator("[data-till-total]")).to_have_text("274.00")
        expect(page.locator("[data-supplies] li").first).to_be_visible()
        page.keyboard.press("c")
        expect(page.get_by_label("Handed over")).to_be_focused()
        page.keyboard.type("280", delay=TYPING_MS)
        expect(page.locator("[data-till-change]")).to_have_text("6.00")
        _keep(page, "desk-till")
        page.keyboard.press("Enter")
        expect(page.locator(".till-done")).to_contain_text("Change due")
        _keep(page, "desk-paid")
        page.goto(f"/desk/patients/{patient_id}")
        _keep(page, "desk-patient")


def _clinician(browser: Browser, rig: Rig) -> None:
    visit_id = rig.query(
        "billing",
        "SELECT visit_id FROM visits JOIN visit_supplies USING (visit_id)"
        " WHERE visits.clinic_id = 'main' AND status = 'in_treatment' LIMIT 1",
    )[0][0]
    with _signed_in(browser, rig, "clinician") as page:
        page.goto(f"/desk/visits/{visit_id}")
        _keep(page, "clinician-tray")
        page.goto(f"/desk/visits/{visit_id}/check-in")
        _keep(page, "clinician-screening")


def _manager(browser: Browser, rig: Rig) -> None:
    with _signed_in(browser, rig, "manager") as page:
        page.goto("/stock")
        _keep(page, "manager-stock")
        page.goto("/stock?by=lot")
        _keep(page, "manager-lots")
        page.goto("/stock/items/CART-12")
        _keep(page, "manager-item")
        page.goto("/stock/shortages")
        _keep(page, "manager-shortages")
        page.goto("/stock/receive")
        _keep(page, "manager-receive")


def _accountant(browser: Browser, rig: Rig) -> None:
    invoice_id = rig.query(
        "billing",
        "SELECT invoice_id FROM invoices WHERE clinic_id = 'main' ORDER BY issued_at DESC LIMIT 1",
    )[0][0]
    with _signed_in(browser, rig, "accountant") as page:
        page.goto("/books/invoices")
        _keep(page, "accountant-invoices")
        page.goto(f"/books/invoices/{invoice_id}")
        _keep(page, "accountant-invoice")
        page.goto("/books/journal")
        _keep(page, "accountant-journal")


def _owner(browser: Browser, rig: Rig) -> None:
    with _signed_in(browser, rig, "owner") as page:
        page.goto("/admin/staff")
        _keep(page, "owner-staff")


@contextmanager
def _signed_in(browser: Browser, rig: Rig, who: str) -> Iterator[Page]:
    """Yield the page of one person."""
    address = f"http://127.0.0.1:{rig.port('portal')}"
    context = browser.new_context(
        viewport=SIZE, base_url=address, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=email]", f"{who}@demo.clinic")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")


if __name__ == "__main__":
    main()
