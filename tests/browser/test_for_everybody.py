"""Every page of the desk is usable by everybody, in light and dark, at the desk and on the tablet."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.billing.house import face_and_neck
from tests.browser.conftest import DESK, TABLET, House, complaints
from tests.cast import DORA


def _pages(house: House, maria: str) -> list[str]:
    visit = house.visit(maria, planned=[{"charge": "microneedling-face"}], flag="ask")
    ann = house.patient(given_name="Ann", family_name="Lopez-Berg")
    sale = house.siblings.at_billing(DORA).post("/v1/checkouts", face_and_neck(ann)).json
    return [
        "/desk/today",
        "/desk/till",
        "/desk/till?q=lopez",
        "/desk/till?q=nobody",
        f"/desk/till?visit={visit['visit_id']}",
        f"/desk/till?patient={ann}",
        f"/desk/till?paid={sale['invoice']['id']}",
        "/desk/patients",
        "/desk/patients?q=qqq",
        f"/desk/patients/{maria}",
        f"/desk/patients/{maria}/merge",
        f"/desk/patients/{maria}/merge?duplicate={ann}",
        f"/desk/visits/{visit['visit_id']}",
        f"/desk/visits/{visit['visit_id']}/check-in",
        f"/desk/visits/new?patient={ann}",
        "/search?q=lo",
        "/search?q=qqqq",
    ]


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", TABLET)])
def test_nothing_stands_in_anybodys_way(
    open_page: Callable[..., Page], house: House, maria: str, scheme: str, size: dict[str, int]
) -> None:
    page = open_page(color_scheme=scheme, viewport=size, has_touch=size is TABLET)
    empty = [complaint for path in ("/desk/today", "/desk/patients") for complaint in _look(page, path)]

    found = [complaint for path in _pages(house, maria) for complaint in _look(page, path)]

    assert empty + found == []


def test_nor_where_something_is_wrong_or_open(desk: Page, house: House, maria: str) -> None:
    house.visit(house.patient(given_name="Ann"))
    desk.goto("/desk/today")
    desk.get_by_role("link", name="Screening").click()
    expect(desk.get_by_role("dialog")).to_be_visible()
    found = complaints(desk)
    desk.goto(f"/desk/till?patient={maria}")
    desk.locator("[data-till-pay]").click()
    expect(desk.locator("#field-lines-error")).not_to_be_empty()
    found += complaints(desk)
    desk.goto("/desk/patients")
    desk.get_by_role("button", name="Add").click()
    expect(desk.locator("#field-family_name-error")).not_to_be_empty()
    found += complaints(desk)

    assert found == []


@pytest.mark.parametrize("size", [DESK, TABLET])
def test_no_page_is_wider_than_the_screen(
    open_page: Callable[..., Page], house: House, maria: str, size: dict[str, int]
) -> None:
    page = open_page(viewport=size, has_touch=size is TABLET)
    wide = []
    for path in _pages(house, maria):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)

    assert wide == []


def _look(page: Page, path: str) -> list[str]:
    page.goto(path)
    return complaints(page)
