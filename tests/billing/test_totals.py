"""The pricing of a visit: sums in the comments are the ones a person would do by hand."""

from dataclasses import replace

import pytest

from services.billing.checkouts.totals import (
    DiscountInput,
    DiscountLineUnknown,
    DiscountTooLarge,
    LineInput,
    TaxRateMissing,
    TotalTooLarge,
    discount_share_basis_points,
    price,
)
from shared.money import MAX_CENTS

UNTAXED = {"service": 0}
CONNECTICUT = {"service": 63_500}

FACE = LineInput("microneedling-face", "Microneedling, face", 1, 19900, "service", depth_mm="1.5")
NECK = LineInput("microneedling-neck", "Microneedling, neck", 1, 7500, "service")
CHEST = LineInput("microneedling-chest", "Microneedling, chest", 1, 19900, "service")
SERUM = LineInput("serum", "Serum", 2, 4500, "retail", kind="retail", sku="serum-30")


def line(unit_cents: int, tax_category: str = "service", quantity: int = 1) -> LineInput:
    return LineInput("charge", "Charge", quantity, unit_cents, tax_category)


def percent_off(basis_points: int, of_line: int | None = None) -> DiscountInput:
    return DiscountInput("reason", line=of_line, basis_points=basis_points)


def cents_off(amount_cents: int, of_line: int | None = None) -> DiscountInput:
    return DiscountInput("reason", line=of_line, amount_cents=amount_cents)


def test_face_and_neck_come_to_274_dollars() -> None:
    totals = price([FACE, NECK], tax_rates=UNTAXED)

    assert totals.total_cents == 27400  # 199.00 + 75.00
    assert (totals.subtotal_cents, totals.discount_cents, totals.tax_cents, totals.tip_cents) == (
        27400,
        0,
        0,
        0,
    )


def test_a_priced_line_keeps_what_it_was_given() -> None:
    (priced,) = price([replace(SERUM, depth_mm="0.5")], tax_rates={"retail": 63_500}).lines

    assert (priced.charge_code, priced.description, priced.quantity, priced.unit_cents) == (
        "serum",
        "Serum",
        2,
        4500,
    )
    assert (priced.tax_category, priced.kind, priced.depth_mm, priced.sku) == (
        "retail",
        "retail",
        "0.5",
        "serum-30",
    )
    assert (priced.gross_cents, priced.discount_cents, priced.net_cents) == (9000, 0, 9000)
    assert (priced.tax_rate_ppm, priced.tax_cents, priced.total_cents) == (63_500, 572, 9572)  # 571.5 half up


@pytest.mark.parametrize(
    ("rounding", "taxes", "total_tax"), [("line", [227, 335], 562), ("invoice", [227, 334], 561)]
)
def test_tax_is_rounded_half_up_per_line_or_once_per_invoice(
    rounding: str, taxes: list[int], total_tax: int
) -> None:
    # 45.30 at 5 % = 2.265; 33.45 at 10 % = 3.345; together 5.61
    lines = [line(4530, "five"), line(3345, "ten")]

    totals = price(lines, tax_rates={"five": 50_000, "ten": 100_000}, tax_rounding=rounding)  # type: ignore[arg-type]

    assert [priced.tax_cents for priced in totals.lines] == taxes
    assert totals.tax_cents == total_tax
    assert totals.total_cents == 7875 + total_tax


@pytest.mark.parametrize("rounding", ["line", "invoice"])
def test_the_rate_of_connecticut_gives_the_published_taxes(rounding: str) -> None:
    face = price([FACE], tax_rates=CONNECTICUT, tax_rounding=rounding)  # type: ignore[arg-type]
    all_areas = price([FACE, NECK, CHEST], tax_rates=CONNECTICUT, tax_rounding=rounding)  # type: ignore[arg-type]

    assert face.tax_cents == 1264  # 199.00 × 6.35 % = 12.6365
    assert all_areas.tax_cents == 3004  # 473.00 × 6.35 % = 30.0355; 12.64 + 4.76 + 12.64


def test_many_small_lines_differ_between_the_two_roundings() -> None:
    lines = [line(8)] * 100  # 8 cents at 6.35 % = 0.508 cents each, 50.8 together

    assert price(lines, tax_rates=CONNECTICUT).tax_cents == 100
    by_invoice = price(lines, tax_rates=CONNECTICUT, tax_rounding="invoice")
    assert by_invoice.tax_cents == 51
    assert [priced.tax_cents for priced in by_invoice.lines] == [1] * 51 + [0] * 49


def test_a_whole_visit_discount_is_spread_over_the_lines_by_what_is_left() -> None:
    totals = price([FACE, NECK], discounts=[cents_off(1000)], tax_rates=UNTAXED)

    # 10.00 × 199/274 = 7.26; 10.00 × 75/274 = 2.74
    assert [priced.discount_cents for priced in totals.lines] == [726, 274]
    assert totals.total_cents == 26400


def test_line_discounts_come_first_whatever_the_order_given() -> None:
    whole, on_face = percent_off(1000), cents_off(9900, of_line=0)

    totals = price([FACE, NECK], discounts=[whole, on_face], tax_rates=UNTAXED)

    # face 199 − 99 = 100, with neck 175; ten percent of that is 17.50, in the parts 10.00 and 7.50
    assert [priced.net_cents for priced in totals.lines] == [9000, 6750]
    assert [applied.applied_cents for applied in totals.discounts] == [1750, 9900]
    assert totals.lines == price([FACE, NECK], discounts=[on_face, whole], tax_rates=UNTAXED).lines


def test_percents_follow_each_other_on_what_is_left() -> None:
    totals = price([line(10_000)], discounts=[percent_off(1000, 0), percent_off(1000, 0)], tax_rates=UNTAXED)

    assert totals.discount_cents == 1900  # 10.00, then 10 % of 90.00


def test_a_discount_lowers_the_taxable_base_and_a_tip_does_not_raise_it() -> None:
    totals = price([FACE], discounts=[cents_off(9900)], tax_rates=CONNECTICUT, tip_cents=2000)

    assert totals.tax_cents == 635  # of 100.00
    assert totals.total_cents == 10000 + 635 + 2000


def test_a_free_visit_costs_the_tip() -> None:
    totals = price(
        [FACE, SERUM], discounts=[percent_off(10_000)], tax_rates=CONNECTICUT | {"retail": 1}, tip_cents=500
    )

    assert [priced.total_cents for priced in totals.lines] == [0, 0]
    assert (totals.discount_cents, totals.tax_cents, totals.total_cents) == (28900, 0, 500)
    assert discount_share_basis_points(totals) == 10_000


def test_a_percent_of_a_visit_that_is_already_free_takes_nothing() -> None:
    totals = price([FACE], discounts=[percent_off(10_000), percent_off(500)], tax_rates=UNTAXED)

    assert [applied.applied_cents for applied in totals.discounts] == [19900, 0]


@pytest.mark.parametrize(
    ("discounts", "index"),
    [
        ([cents_off(27401)], 0),
        ([cents_off(7501, of_line=1)], 0),
        ([cents_off(100), cents_off(27301)], 1),
        (
            [cents_off(27400), cents_off(1, of_line=0)],
            0,
        ),  # the line's own goes first: the whole one is too large
        ([percent_off(10_000, of_line=1), cents_off(1, of_line=1)], 1),
    ],
)
def test_a_discount_larger_than_what_it_applies_to_is_named(
    discounts: list[DiscountInput], index: int
) -> None:
    with pytest.raises(DiscountTooLarge) as refusal:
        price([FACE, NECK], discounts=discounts, tax_rates=UNTAXED)

    assert refusal.value.index == index


@pytest.mark.parametrize("place", [2, -1, 10**9])
def test_a_discount_on_a_line_that_is_not_there_is_named(place: int) -> None:
    with pytest.raises(DiscountLineUnknown) as refusal:
        price([FACE, NECK], discounts=[percent_off(1), cents_off(1, of_line=place)], tax_rates=UNTAXED)

    assert refusal.value.index == 1


def test_a_discount_of_nothing_at_all_is_too_large() -> None:
    with pytest.raises(DiscountTooLarge):
        price([], discounts=[cents_off(1)], tax_rates=UNTAXED)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"basis_points": 100, "amount_cents": 100},
        {"basis_points": 0},
        {"basis_points": -500},
        {"basis_points": 10_100},
        {"amount_cents": 0},
        {"amount_cents": -1},
        {"amount_cents": MAX_CENTS + 1},
    ],
)
def test_a_discount_is_either_a_sound_percent_or_a_sound_amount(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="discount"):
        DiscountInput("reason", **values)


@pytest.mark.parametrize(
    ("quantity", "unit_cents"), [(0, 100), (-1, 100), (10_001, 100), (1, -1), (1, MAX_CENTS + 1)]
)
def test_a_line_has_a_sound_quantity_and_price(quantity: int, unit_cents: int) -> None:
    with pytest.raises(ValueError, match="of a line"):
        line(unit_cents, quantity=quantity)


def test_a_category_without_a_rate_is_refused_rather_than_untaxed() -> None:
    with pytest.raises(TaxRateMissing) as refusal:
        price([FACE, SERUM], tax_rates=UNTAXED)

    assert refusal.value.tax_category == "retail"


@pytest.mark.parametrize("rate_ppm", [-1, 10_000_000])
def test_an_absurd_rate_is_refused(rate_ppm: int) -> None:
    with pytest.raises(ValueError, match="tax rate"):
        price([FACE], tax_rates={"service": rate_ppm})


def test_a_negative_tip_is_refused() -> None:
    with pytest.raises(ValueError, match="tip"):
        price([FACE], tax_rates=UNTAXED, tip_cents=-1)


def test_a_visit_beyond_what_can_be_billed_is_refused() -> None:
    with pytest.raises(TotalTooLarge):
        price([line(MAX_CENTS, quantity=10_000)], tax_rates=UNTAXED)
    with pytest.raises(TotalTooLarge):
        price([line(MAX_CENTS)], tax_rates=UNTAXED, tip_cents=1)


def test_a_share_a_hair_over_the_limit_is_over_it() -> None:
    exactly_ten_percent = price([FACE], discounts=[cents_off(1990)], tax_rates=UNTAXED)
    one_cent_more = price([FACE], discounts=[cents_off(1991)], tax_rates=UNTAXED)

    assert discount_share_basis_points(exactly_ten_percent) == 1000
    assert discount_share_basis_points(one_cent_more) == 1001  # 10.005 %
    assert discount_share_basis_points(price([line(0)], tax_rates=UNTAXED)) == 0
