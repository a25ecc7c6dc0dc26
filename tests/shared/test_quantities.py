"""Quantities keep their thousandths from the wire to the shelf and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.quantities import (
    MAX_THOUSANDTHS,
    format_quantity,
    format_signed_quantity,
    from_whole,
    parse_quantity,
    parse_signed_quantity,
)


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("1", 1000),
        ("12.5", 12500),
        ("0.001", 1),
        ("0", 0),
        ("999999999.999", MAX_THOUSANDTHS),
        ("1.10", 1100),
    ],
)
def test_a_decimal_string_is_counted_in_thousandths(text: str, thousandths: int) -> None:
    assert parse_quantity(text) == thousandths


@pytest.mark.parametrize(
    "text",
    [
        "", " 1", "1 ", "1\n", "-1", "+1", ".5", "1.", "1.2345", "1234567890", "1e3", "1E+600000", "NaN",
        "sNaN", "Infinity", "1,5", "1_000", "١٢٣", "１２", "0x1", "9" * 5000, "1.5\x00",
        1, 1.5, True, None, ["1"],
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(text: object) -> None:
    with pytest.raises(ValueError, match="in digits"):
        parse_quantity(text)  # type: ignore[arg-type]


def test_the_bounds_are_part_of_the_words() -> None:
    with pytest.raises(ValueError, match=r"at least 0\.001\."):
        parse_quantity("0", minimum_thousandths=1)
    with pytest.raises(ValueError, match=r"at most 12\.5\."):
        parse_quantity("12.501", maximum_thousandths=12500)
    assert parse_quantity("12.5", minimum_thousandths=12500, maximum_thousandths=12500) == 12500


@pytest.mark.parametrize(
    ("thousandths", "written"),
    [(12500, "12.5"), (1000, "1"), (10_000, "10"), (0, "0"), (1, "0.001"), (-250, "-0.25"), (-1000, "-1")],
)
def test_a_quantity_is_written_without_trailing_zeros(thousandths: int, written: str) -> None:
    assert format_quantity(thousandths) == written


def test_a_movement_shows_its_direction() -> None:
    assert format_signed_quantity(12500) == "+12.5"
    assert format_signed_quantity(-1000) == "−1"
    assert format_signed_quantity(0) == "0"


def test_a_whole_number_of_pieces_is_counted_in_thousandths() -> None:
    assert from_whole(3) == parse_quantity("3")


@given(thousandths=st.integers(0, MAX_THOUSANDTHS))
def test_what_is_written_is_read_back(thousandths: int) -> None:
    assert parse_quantity(format_quantity(thousandths)) == thousandths


@given(thousandths=st.integers(-MAX_THOUSANDTHS, MAX_THOUSANDTHS))
def test_a_signed_movement_survives_the_wire(thousandths: int) -> None:
    assert parse_signed_quantity(format_quantity(thousandths)) == thousandths


@pytest.mark.parametrize("text", ["-0", "-0.000", "--1", "- 1", "−1", "-", None])
def test_a_sign_without_a_movement_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"digits|no sign"):
        parse_signed_quantity(text)  # type: ignore[arg-type]


@given(text=st.text(max_size=30))
def test_any_text_is_a_quantity_within_bounds_or_refused(text: str) -> None:
    try:
        thousandths = parse_quantity(text)
    except ValueError:
        return

    assert 0 <= thousandths <= MAX_THOUSANDTHS
