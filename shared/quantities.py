"""Quantities: exact decimals with at most three places in an item's base unit (each, g, ml).

They travel as strings ("12.5") and are counted in thousandths of the base unit (12500), so that sums,
comparisons and the database's checks are those of integers.
"""

import re

THOUSANDTHS = 1_000
MAX_THOUSANDTHS = 999_999_999_999  # 999,999,999.999, the most the wire format can say

_UNSIGNED = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,3})?")
_MINUS = "\N{MINUS SIGN}"


def parse_quantity(
    text: str, *, minimum_thousandths: int = 0, maximum_thousandths: int = MAX_THOUSANDTHS
) -> int:
    """The thousandths of a decimal string: "12.5" is 12500.

    The shape is checked before any number is made of it: plain ASCII digits, at most nine before the
    point and three behind. "1E+600000" would otherwise cost seconds, and int() reads "١٢٣" and "1_000".
    Raises ValueError with a sentence for the person who typed it, also outside the bounds.
    """
    if not isinstance(text, str) or _UNSIGNED.fullmatch(text) is None:
        raise ValueError("Write the quantity in digits with at most three decimals, like 12.5.")
    whole, _, fraction = text.partition(".")
    thousandths = int(whole) * THOUSANDTHS + int(fraction.ljust(3, "0"))
    if thousandths < minimum_thousandths:
        raise ValueError(f"The quantity must be at least {format_quantity(minimum_thousandths)}.")
    if thousandths > maximum_thousandths:
        raise ValueError(f"The quantity must be at most {format_quantity(maximum_thousandths)}.")
    return thousandths


def parse_signed_quantity(text: str) -> int:
    """The thousandths of a movement on the wire: "-1" is -1000. A minus zero is refused: it moves nothing."""
    negative = isinstance(text, str) and text.startswith("-")
    thousandths = parse_quantity(text[1:] if negative else text)
    if negative and thousandths == 0:
        raise ValueError("A quantity of zero has no sign.")
    return -thousandths if negative else thousandths


def from_whole(units: int) -> int:
    """The thousandths of a whole number of base units."""
    return units * THOUSANDTHS


def format_quantity(thousandths: int) -> str:
    """The decimal string of a quantity, without trailing zeros: "12.5", "1", "-0.25" (as on the wire)."""
    whole, fraction = divmod(abs(thousandths), THOUSANDTHS)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{whole}.{fraction:03d}".rstrip("0").removesuffix(".") if fraction else f"{sign}{whole}"


def format_signed_quantity(thousandths: int) -> str:
    """A movement as people read it: "+12.5" came in, "−1" went out (a true minus sign), "0" neither."""
    if thousandths > 0:
        return "+" + format_quantity(thousandths)
    return format_quantity(thousandths).replace("-", _MINUS)
