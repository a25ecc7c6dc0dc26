"""The pricing of a visit: lines, discounts, tax and tip in, an invoice's amounts out. Pure; all in cents.

Order of things: line discounts as given, then whole-visit discounts spread over what is left of each line,
then tax on what is left (our own discounts reduce the taxable base), then the tip, which is never taxed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from shared.money import MAX_CENTS, allocate, percent_of, round_half_up

PPM = 1_000_000
ALL_BASIS_POINTS = 10_000
MAX_LINE_QUANTITY = 10_000

LineKind = Literal["treatment", "retail"]
TaxRounding = Literal["line", "invoice"]


class DiscountTooLarge(Exception):
    """A discount takes more than what is left of its line or visit. `index`: its place in the list given."""

    def __init__(self, index: int) -> None:
        super().__init__(f"Discount {index} is larger than what it applies to.")
        self.index = index


class DiscountLineUnknown(Exception):
    """A discount names a line that the visit does not have. `index`: its place in the list given."""

    def __init__(self, index: int) -> None:
        super().__init__(f"Discount {index} names a line that is not there.")
        self.index = index


class TaxRateMissing(Exception):
    """No tax rate is in force for that category. Zero is a rate; silence is not."""

    def __init__(self, tax_category: str) -> None:
        super().__init__(f"There is no tax rate for {tax_category!r}.")
        self.tax_category = tax_category


class TotalTooLarge(Exception):
    """The visit comes to more than the suite can bill (`shared.money.MAX_CENTS`)."""

    def __init__(self) -> None:
        super().__init__("The visit comes to more than can be billed.")


@dataclass(frozen=True, slots=True)
class LineInput:
    """One thing to bill. `unit_cents` is from the price list in force; `depth_mm` a decimal string or None.

    Raises ValueError for a quantity outside 1..10,000 or a negative or absurd price.
    """

    charge_code: str
    description: str
    quantity: int
    unit_cents: int
    tax_category: str
    kind: LineKind = "treatment"
    depth_mm: str | None = None
    sku: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= MAX_LINE_QUANTITY:
            raise ValueError(f"The quantity of a line must be between 1 and {MAX_LINE_QUANTITY}.")
        if not 0 <= self.unit_cents <= MAX_CENTS:
            raise ValueError("The price of a line must not be negative or beyond what can be billed.")


@dataclass(frozen=True, slots=True)
class DiscountInput:
    """A reduction with its reason: a percent (`basis_points`) or an amount, exactly one of the two.

    `line` is the place of the line it is for; None means the whole visit. Raises ValueError if both or
    neither are given, for a percent outside 0.01..100 and for an amount that is not positive.
    """

    reason: str
    line: int | None = None
    basis_points: int | None = None
    amount_cents: int | None = None

    def __post_init__(self) -> None:
        if (self.basis_points is None) == (self.amount_cents is None):
            raise ValueError("A discount is either a percent or an amount.")
        if self.basis_points is not None and not 1 <= self.basis_points <= ALL_BASIS_POINTS:
            raise ValueError("A discount in percent must be above 0 and at most 100.")
        if self.amount_cents is not None and not 1 <= self.amount_cents <= MAX_CENTS:
            raise ValueError("A discount must be an amount above zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine(LineInput):
    """A line with its amounts: gross (quantity × unit), less discount is net, plus tax is total."""

    gross_cents: int
    discount_cents: int
    net_cents: int
    tax_rate_ppm: int
    tax_cents: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """What one discount took off, in the order of the input, for the invoice and for the books."""

    reason: str
    line: int | None
    basis_points: int | None
    applied_cents: int


@dataclass(frozen=True, slots=True)
class Totals:
    """subtotal − discount + tax + tip = total; the lines' totals add up to total − tip."""

    lines: tuple[PricedLine, ...]
    subtotal_cents: int
    discount_cents: int
    tax_cents: int
    tip_cents: int
    total_cents: int
    discounts: tuple[AppliedDiscount, ...] = ()


def price(
    lines: Sequence[LineInput],
    *,
    discounts: Sequence[DiscountInput] = (),
    tax_rates: Mapping[str, int],
    tax_rounding: TaxRounding = "line",
    tip_cents: int = 0,
) -> Totals:
    """Price a visit. `tax_rates`: parts per million by tax category, all jurisdictions already summed.

    Raises DiscountTooLarge, DiscountLineUnknown, TaxRateMissing or TotalTooLarge, and ValueError
    for a negative tip or an absurd rate.
    """
    if not 0 <= tip_cents <= MAX_CENTS:
        raise ValueError("The tip must not be negative or beyond what can be billed.")
    gross = [line.quantity * line.unit_cents for line in lines]
    if sum(gross) > MAX_CENTS:
        raise TotalTooLarge

    net, applied = _discount(gross, discounts)
    rates = [_rate_of(line.tax_category, tax_rates) for line in lines]
    taxes = _tax(net, rates, tax_rounding)
    total_cents = sum(net) + sum(taxes) + tip_cents
    if total_cents > MAX_CENTS:
        raise TotalTooLarge

    return Totals(
        lines=tuple(map(_priced, lines, gross, net, rates, taxes)),
        subtotal_cents=sum(gross),
        discount_cents=sum(gross) - sum(net),
        tax_cents=sum(taxes),
        tip_cents=tip_cents,
        total_cents=total_cents,
        discounts=applied,
    )


def discount_share_basis_points(totals: Totals) -> int:
    """The discounts as a share of the subtotal, rounded up: a hair over the limit is over it."""
    if totals.subtotal_cents == 0:
        return 0
    return -(-totals.discount_cents * ALL_BASIS_POINTS // totals.subtotal_cents)


def _discount(
    gross: Sequence[int], discounts: Sequence[DiscountInput]
) -> tuple[list[int], tuple[AppliedDiscount, ...]]:
    """What is left of each line, and what each discount took: those of one line first, in the order given."""
    left = list(gross)
    applied = [0] * len(discounts)
    for index in sorted(range(len(discounts)), key=lambda index: discounts[index].line is None):
        discount = discounts[index]
        if discount.line is not None and not 0 <= discount.line < len(left):
            raise DiscountLineUnknown(index)
        reach = range(len(left)) if discount.line is None else range(discount.line, discount.line + 1)
        base_cents = sum(left[place] for place in reach)
        off_cents = _amount_off(discount, base_cents)
        if off_cents > base_cents:
            raise DiscountTooLarge(index)
        for place, part in zip(reach, allocate(off_cents, [left[place] for place in reach]), strict=True):
            left[place] -= part
        applied[index] = off_cents
    return left, tuple(
        AppliedDiscount(given.reason, given.line, given.basis_points, off_cents)
        for given, off_cents in zip(discounts, applied, strict=True)
    )


def _amount_off(discount: DiscountInput, base_cents: int) -> int:
    if discount.basis_points is not None:
        return percent_of(base_cents, discount.basis_points)
    return discount.amount_cents or 0


def _rate_of(tax_category: str, tax_rates: Mapping[str, int]) -> int:
    rate_ppm = tax_rates.get(tax_category)
    if rate_ppm is None:
        raise TaxRateMissing(tax_category)
    if not 0 <= rate_ppm <= PPM:
        raise ValueError("A tax rate must be between 0 and 100 %.")
    return rate_ppm


def _tax(net: Sequence[int], rates: Sequence[int], tax_rounding: TaxRounding) -> list[int]:
    """The tax of each line, half up: rounded line by line, or once on the exact sum and then spread."""
    exact_ppm = [cents * rate for cents, rate in zip(net, rates, strict=True)]
    if tax_rounding == "line":
        return [round_half_up(millionths, PPM) for millionths in exact_ppm]
    return allocate(round_half_up(sum(exact_ppm), PPM), exact_ppm)


def _priced(
    line: LineInput, gross_cents: int, net_cents: int, tax_rate_ppm: int, tax_cents: int
) -> PricedLine:
    return PricedLine(
        **{field.name: getattr(line, field.name) for field in fields(LineInput)},
        gross_cents=gross_cents,
        discount_cents=gross_cents - net_cents,
        net_cents=net_cents,
        tax_rate_ppm=tax_rate_ppm,
        tax_cents=tax_cents,
        total_cents=net_cents + tax_cents,
    )
