"""Cents are never lost and never invented."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import (
    MAX_CENTS,
    allocate,
    allocate_evenly_cumulative,
    format_cents,
    parse_cents,
    percent_of,
    round_half_up,
)

amounts = st.integers(-MAX_CENTS, MAX_CENTS)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (5, 2, 3),
        (-5, 2, -3),
        (4, 3, 1),
        (5, 3, 2),
        (-4, 3, -1),
        (0, 7, 0),
        (1, 2, 1),
        (-1, 2, -1),
        (49, 100, 0),
    ],
)
def test_a_half_goes_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert round_half_up(numerator, denominator) == expected


@given(numerator=amounts, denominator=st.integers(1, 10**9))
def test_rounding_is_never_off_by_more_than_a_half_and_mirrors_its_negative(
    numerator: int, denominator: int
) -> None:
    rounded = round_half_up(numerator, denominator)

    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
    assert round_half_up(-numerator, denominator) == -rounded


@pytest.mark.parametrize("denominator", [0, -3])
def test_rounding_refuses_a_denominator_that_is_not_positive(denominator: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        round_half_up(1, denominator)


def test_a_percentage_of_an_amount_is_rounded_half_up() -> None:
    assert percent_of(19900, 1000) == 1990
    assert percent_of(4530, 500) == 227  # 226.5: half-even would give 226
    assert percent_of(-4530, 500) == -227
    assert percent_of(12345, 10_000) == 12345


@given(total=amounts, weights=weights)
def test_the_parts_add_up_and_each_is_the_exact_share_or_the_cent_beside_it(
    total: int, weights: list[int]
) -> None:
    parts = allocate(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert weight or part == 0


@given(total=amounts, weights=weights)
def test_a_negative_amount_is_split_as_the_mirror_of_the_positive_one(total: int, weights: list[int]) -> None:
    assert allocate(-total, weights) == [-part for part in allocate(total, weights)]


@given(total=st.integers(0, MAX_CENTS), weights=weights)
def test_a_greater_weight_never_gets_less(total: int, weights: list[int]) -> None:
    shares = sorted(zip(weights, allocate(total, weights), strict=True))

    for (weight, part), (next_weight, next_part) in pairwise(shares):
        assert part <= next_part or weight == next_weight


def test_left_over_cents_go_to_the_largest_remainder_then_to_the_earlier_part() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(10, [1, 2, 4]) == [1, 3, 6]  # 1.43, 2.86, 5.71
    assert allocate(5, [0, 1, 0, 1]) == [0, 3, 0, 2]


def test_nothing_is_split_into_nothing() -> None:
    assert allocate(0, []) == []
    assert allocate(0, [0, 0]) == [0, 0]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [-1]])
def test_an_amount_without_a_weight_to_carry_it_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"weight|nothing"):
        allocate(1, weights)


def test_a_thousand_dollars_over_six_sessions_recognises_the_nearest_cent_each_time() -> None:
    assert allocate_evenly_cumulative(100_000, 6) == [16667, 16666, 16667, 16667, 16666, 16667]


@given(total=amounts, parts=st.integers(1, 60))
def test_the_running_sum_of_sessions_is_always_the_nearest_cent(total: int, parts: int) -> None:
    split = allocate_evenly_cumulative(total, parts)

    assert len(split) == parts
    for used in range(parts + 1):
        assert sum(split[:used]) == round_half_up(total * used, parts)


def test_a_package_of_no_sessions_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        allocate_evenly_cumulative(100, 0)


@pytest.mark.parametrize(
    ("cents", "currency", "locale", "expected"),
    [
        (123450, "USD", "en_US", "$1,234.50"),
        (0, "USD", "en_US", "$0.00"),
        (-500, "USD", "en_US", "-$5.00"),
        (MAX_CENTS, "USD", "en_US", "$1,000,000,000.00"),
        (5, "USD", "en_US", "$0.05"),
        (123450, "EUR", "de_DE", "1.234,50\u00a0€"),
        (1234, "JPY", "en_US", "¥1,234"),
        (1234, "KWD", "en_US", "KWD1.234"),
    ],
)
def test_amounts_are_written_as_the_place_writes_them(
    cents: int, currency: str, locale: str, expected: str
) -> None:
    assert format_cents(cents, currency, locale) == expected


@pytest.mark.parametrize("currency", ["usd", "BTC", "", "$"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        format_cents(1, currency)


@given(cents=st.integers(0, MAX_CENTS))
def test_what_is_written_is_read_back(cents: int) -> None:
    assert parse_cents(format_cents(cents)) == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("$1,234.50", 123450),
        ("1234.5", 123450),
        (" 274 ", 27400),
        ("$ 5", 500),
        (".50", 50),
        ("0", 0),
        ("007", 700),
        ("1,000,000.00", 100_000_000),
    ],
)
def test_what_people_type_is_read(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter an amount"),
        ("  ", "Enter an amount"),
        ("-5", "must not be negative"),
        ("$-5", "in digits"),
        ("10.005", "at most two decimals"),
        ("1.234,50", "in digits"),
        ("1,00", "in digits"),
        ("1,0000.00", "in digits"),
        ("12,34", "in digits"),
        ("5.", "in digits"),
        (".", "in digits"),
        ("$", "in digits"),
        ("$$5", "in digits"),
        ("1e5", "in digits"),
        ("1E+600000", "in digits"),
        ("NaN", "in digits"),
        ("sNaN", "in digits"),
        ("Infinity", "in digits"),
        ("1_000", "in digits"),
        ("+5", "in digits"),
        ("0x10", "in digits"),
        ("١٢٣", "in digits"),
        ("１２", "in digits"),
        ("5\u00a0", "in digits"),
        ("5 5", "in digits"),
        ("9" * 5000, "in digits"),
        ("5\x00", "in digits"),
        ("1000000000.01", "at most \\$1,000,000,000.00"),
    ],
)
def test_what_cannot_be_an_amount_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_cents(text)


def test_the_bounds_are_part_of_the_words() -> None:
    with pytest.raises(ValueError, match=r"at least \$1\.00"):
        parse_cents("0.99", minimum_cents=100)
    with pytest.raises(ValueError, match=r"at most \$2\.00"):
        parse_cents("2.01", maximum_cents=200)


@given(text=st.text(max_size=40))
def test_any_text_is_an_amount_within_bounds_or_refused(text: str) -> None:
    try:
        cents = parse_cents(text)
    except ValueError:
        return

    assert 0 <= cents <= MAX_CENTS
