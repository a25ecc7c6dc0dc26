"""Money: integer cents, rounded half up, split without losing one; no float ever touches it.

"Cents" is the smallest unit of the currency (a cent of a dollar, a whole yen). Percents are basis points
(12.5 % is 1250). Every division goes through `round_half_up` and every split through an `allocate`.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, is_currency

# A billion dollars: far above any invoice, far below what a bigint and a JavaScript number hold exactly.
MAX_CENTS = 1_000_000_000_00

_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.(?P<fraction>[0-9]+))?")
_LONGEST_AMOUNT = 24


def round_half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to numerator / denominator; a half goes away from zero.

    Away from zero on both sides, so that a credit note is the exact mirror of its invoice (this is the
    "round up if the third decimal is above 4" of the sales tax rules, applied to the amount without sign).
    Raises ValueError if the denominator is not positive.
    """
    if denominator <= 0:
        raise ValueError("The denominator must be positive.")
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -rounded if numerator < 0 else rounded


def percent_of(cents: int, basis_points: int) -> int:
    """That share of the amount, in cents, rounded half up; 10,000 basis points are all of it."""
    return round_half_up(cents * basis_points, 10_000)


def allocate(total_cents: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to the weights; the parts always add up to it (largest remainder).

    Each part is the exact share or the cent beside it. Left-over cents go to the largest remainders, to the
    earlier part on a tie, so the same input gives the same split for ever. A weight of zero gets nothing.
    A negative amount is split as its mirror. Raises ValueError for a negative weight, or if there is an
    amount but no weight to carry it.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("A weight must not be negative.")
    sum_of_weights = sum(weights)
    if total_cents == 0:
        return [0] * len(weights)
    if sum_of_weights == 0:
        raise ValueError("An amount cannot be split over nothing.")

    exact = [divmod(abs(total_cents) * weight, sum_of_weights) for weight in weights]
    parts = [whole for whole, _ in exact]
    left_over = abs(total_cents) - sum(parts)
    by_remainder = sorted(range(len(exact)), key=lambda position: -exact[position][1])
    for position in by_remainder[:left_over]:
        parts[position] += 1
    return [-part for part in parts] if total_cents < 0 else parts


def allocate_evenly_cumulative(total_cents: int, parts: int) -> list[int]:
    """Split an amount into equal parts that follow each other in time, such as the sessions of a package.

    Part i is what brings the running sum to round(total × i / parts): whatever number of sessions has been
    used, the sum of what was recognised is the nearest cent to the exact one. Raises ValueError for no parts.
    """
    if parts < 1:
        raise ValueError("An amount is split into at least one part.")
    reached = [round_half_up(total_cents * part, parts) for part in range(parts + 1)]
    return [after - before for before, after in pairwise(reached)]


@lru_cache(maxsize=64)
def _currency_exponent(currency: str) -> int:
    if not is_currency(currency):
        raise ValueError(f"{currency!r} is not a currency code.")
    return get_currency_precision(currency)


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def format_cents(cents: int, currency: str = "USD", locale: str = "en_US") -> str:
    """The amount as people of that place write it: 123450 is "$1,234.50".

    The decimal handed to Babel already has exactly the currency's digits, because Babel would round
    half-even. Raises ValueError for an unknown currency.
    """
    amount = Decimal(cents).scaleb(-_currency_exponent(currency))
    return format_currency(amount, currency, locale=_locale(locale))


def parse_cents(text: str, *, minimum_cents: int = 0, maximum_cents: int = MAX_CENTS) -> int:
    """The cents of an amount a person typed: "$1,234.50", "1234.5" and ".50" are read, guesses are not made.

    Raises ValueError with a sentence for that person: for anything that is not ASCII digits with at most two
    decimals (no exponent, no NaN, no decimal comma), and outside the bounds.
    """
    stripped = text.strip(" \t\r\n")
    if not stripped:
        raise ValueError("Enter an amount.")
    if stripped.startswith("-"):
        raise ValueError("The amount must not be negative.")
    bare = stripped.removeprefix("$").lstrip(" ")
    matched = _AMOUNT.fullmatch(bare)
    if not bare or matched is None or len(bare) > _LONGEST_AMOUNT:
        raise ValueError("Write the amount in digits, like 1234.50.")
    fraction = matched["fraction"] or ""
    if len(fraction) > 2:
        raise ValueError("An amount has at most two decimals, like 1234.50.")
    cents = int((matched["whole"] or "0").replace(",", "")) * 100 + int(fraction.ljust(2, "0"))
    if cents < minimum_cents:
        raise ValueError(f"The amount must be at least {format_cents(minimum_cents)}.")
    if cents > maximum_cents:
        raise ValueError(f"The amount must be at most {format_cents(maximum_cents)}.")
    return cents
