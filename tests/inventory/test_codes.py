"""How lot codes, expiry dates and trade item numbers are read. Pure."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.items.gtin import check_digit, looks_like_gtin, normalise_gtin
from services.inventory.lots.codes import Expiry, fold_code, parse_expiry


@pytest.mark.parametrize("code", ["a1", "A1", " A1 ", "A1\u00a0"])
def test_case_and_blanks_around_it_do_not_make_another_lot(code: str) -> None:
    assert fold_code(code) == "a1"


@pytest.mark.parametrize(("one", "other"), [("O1", "01"), ("A-1", "A1"), ("A 1", "A1")])
def test_another_letter_digit_or_dash_makes_another_lot(one: str, other: str) -> None:
    assert fold_code(one) != fold_code(other)


@given(st.text())
def test_folding_twice_changes_nothing(code: str) -> None:
    assert fold_code(fold_code(code)) == fold_code(code)


@pytest.mark.parametrize(
    ("text", "expiry"),
    [
        ("2026-11-20", Expiry(date(2026, 11, 20), "day")),
        ("2026-11", Expiry(date(2026, 11, 30), "month")),
        ("2028-02", Expiry(date(2028, 2, 29), "month")),
        ("2100-12", Expiry(date(2100, 12, 31), "month")),
    ],
)
def test_a_label_with_the_month_only_is_good_until_the_end_of_it(text: str, expiry: Expiry) -> None:
    assert parse_expiry(text) == expiry


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-02-30", "26-11", "2101-01", "11/2026", None, 5]
)
def test_anything_else_is_no_expiry(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar|year"):
        parse_expiry(text)


@pytest.mark.parametrize(
    "gtin",
    [
        "07032069804988",
        "00305912070302",
        "00305912070722",
        "51022222233336",
        "00643169001763",
        "00614141123452",
    ],
)
def test_real_numbers_pass_their_check(gtin: str) -> None:
    assert normalise_gtin(gtin) == gtin


def test_a_wrong_check_digit_is_named() -> None:
    with pytest.raises(ValueError, match="should be 8, not 7"):
        normalise_gtin("07032069804987")


@given(st.integers(0, 10**13 - 1).map(lambda number: f"{number:013d}"), st.integers(1, 9))
def test_one_wrong_digit_at_the_end_is_always_noticed(body: str, change: int) -> None:
    right = check_digit(body)

    assert looks_like_gtin(f"{body}{right}") == f"{body}{right}"
    assert looks_like_gtin(f"{body}{(right + change) % 10}") is None
