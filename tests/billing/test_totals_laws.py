"""Laws of pricing that hold for any visit, not only for the ones somebody thought of."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.billing.checkouts.totals import (
    DiscountInput,
    DiscountTooLarge,
    LineInput,
    TaxRounding,
    Totals,
    discount_share_basis_points,
    price,
)

RATES = {"none": 0, "low": 40_000, "odd": 63_501, "high": 250_000}


def line(unit_cents: int, tax_category: str, quantity: int) -> LineInput:
    return LineInput("charge", "Charge", quantity, unit_cents, tax_category)


def percent_off(basis_points: int, of_line: int | None) -> DiscountInput:
    return DiscountInput("reason", line=of_line, basis_points=basis_points)


def cents_off(amount_cents: int, of_line: int | None) -> DiscountInput:
    return DiscountInput("reason", line=of_line, amount_cents=amount_cents)


some_lines = st.lists(
    st.builds(line, st.integers(0, 50_000), st.sampled_from(sorted(RATES)), st.integers(1, 9)),
    min_size=1,
    max_size=12,
)
roundings: st.SearchStrategy[TaxRounding] = st.sampled_from(["line", "invoice"])


@st.composite
def visits(draw: st.DrawFn) -> tuple[list[LineInput], list[DiscountInput]]:
    lines = draw(some_lines)
    places = st.none() | st.integers(0, len(lines) - 1)
    percents = st.builds(percent_off, st.integers(1, 10_000), places)
    amounts = st.builds(cents_off, st.integers(1, 2_000), places)
    return lines, draw(st.lists(percents | amounts, max_size=5))


def price_or_none(
    lines: list[LineInput], discounts: list[DiscountInput], rounding: TaxRounding, tip_cents: int = 0
) -> Totals | None:
    try:
        return price(
            lines,
            discounts=discounts,
            tax_rates=RATES,
            tax_rounding=rounding,
            tip_cents=tip_cents,
        )
    except DiscountTooLarge:
        return None


@given(visit=visits(), rounding=roundings, tip_cents=st.integers(0, 10_000))
def test_every_sum_of_an_invoice_is_the_sum_of_its_parts(
    visit: tuple[list[LineInput], list[DiscountInput]], rounding: TaxRounding, tip_cents: int
) -> None:
    totals = price_or_none(*visit, rounding, tip_cents)
    if totals is None:
        return

    assert sum(priced.total_cents for priced in totals.lines) == totals.total_cents - tip_cents
    assert sum(priced.gross_cents for priced in totals.lines) == totals.subtotal_cents
    assert sum(priced.discount_cents for priced in totals.lines) == totals.discount_cents
    assert sum(applied.applied_cents for applied in totals.discounts) == totals.discount_cents
    assert sum(priced.tax_cents for priced in totals.lines) == totals.tax_cents
    assert totals.subtotal_cents - totals.discount_cents + totals.tax_cents + tip_cents == totals.total_cents
    for priced in totals.lines:
        assert priced.net_cents == priced.gross_cents - priced.discount_cents
        assert min(priced.gross_cents, priced.discount_cents, priced.net_cents, priced.tax_cents) >= 0
    assert 0 <= discount_share_basis_points(totals) <= 10_000


@given(visit=visits(), rounding=roundings)
def test_tax_is_within_half_a_cent_of_the_exact_one_on_what_was_rounded(
    visit: tuple[list[LineInput], list[DiscountInput]], rounding: TaxRounding
) -> None:
    totals = price_or_none(*visit, rounding)
    if totals is None:
        return

    exact = [priced.net_cents * priced.tax_rate_ppm for priced in totals.lines]
    if rounding == "invoice":
        assert abs(2 * (totals.tax_cents * 1_000_000 - sum(exact))) <= 1_000_000
    for priced, millionths in zip(totals.lines, exact, strict=True):
        allowed = 1_000_000 if rounding == "line" else 2_000_000
        assert abs(2 * (priced.tax_cents * 1_000_000 - millionths)) <= allowed


@given(visit=visits(), rounding=roundings, seed=st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_neither_subtotal_nor_discount(
    visit: tuple[list[LineInput], list[DiscountInput]], rounding: TaxRounding, seed: Random
) -> None:
    lines, discounts = visit
    order = list(range(len(lines)))
    seed.shuffle(order)
    moved = [
        discount if discount.line is None else replace(discount, line=order.index(discount.line))
        for discount in discounts
    ]

    one = price_or_none(lines, discounts, rounding)
    other = price_or_none([lines[place] for place in order], moved, rounding)

    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.subtotal_cents, one.discount_cents) == (other.subtotal_cents, other.discount_cents)
        if all(discount.line is not None for discount in discounts):
            assert one.total_cents == other.total_cents


@given(visit=visits(), rounding=roundings)
def test_moving_whole_visit_discounts_before_or_behind_line_discounts_changes_nothing(
    visit: tuple[list[LineInput], list[DiscountInput]], rounding: TaxRounding
) -> None:
    lines, discounts = visit
    whole = [discount for discount in discounts if discount.line is None]
    of_lines = [discount for discount in discounts if discount.line is not None]

    one = price_or_none(lines, whole + of_lines, rounding)
    other = price_or_none(lines, of_lines + whole, rounding)

    assert (one and one.lines) == (other and other.lines)
