"""Invoice numbers as people read them: "MAIN-2026-000123", counted per clinic and year without gap."""

import re
from dataclasses import dataclass

from shared.dates import FIRST_YEAR, LAST_YEAR

NUMBER_DIGITS = 6
MAX_NUMBER = 999_999_999

_PREFIX = r"[A-Z][A-Z0-9]{0,11}"
_NUMBER = re.compile(rf"(?P<prefix>{_PREFIX})-(?P<year>[0-9]{{4}})-(?P<number>[0-9]{{6,9}})")


@dataclass(frozen=True, slots=True)
class InvoiceNumber:
    """The parts of an invoice number: the clinic's prefix, the business year, the place in the series."""

    prefix: str
    year: int
    number: int


def format_number(prefix: str, year: int, number: int) -> str:
    """The number as printed; past 999,999 in a year it grows a digit rather than starting again.

    Raises ValueError for a prefix that is not 1 to 12 capital letters and digits (a letter first), a year
    outside 2000..2100 and a number below 1.
    """
    if re.fullmatch(_PREFIX, prefix) is None:
        raise ValueError("An invoice prefix is 1 to 12 capital letters and digits, a letter first.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"The year of an invoice is between {FIRST_YEAR} and {LAST_YEAR}.")
    if not 1 <= number <= MAX_NUMBER:
        raise ValueError("Invoices are numbered from 1.")
    return f"{prefix}-{year}-{number:0{NUMBER_DIGITS}d}"


def parse_number(text: str) -> InvoiceNumber:
    """The parts of a printed number. Raises ValueError for what `format_number` would not write."""
    matched = _NUMBER.fullmatch(text)
    if matched is None:
        raise ValueError("An invoice number looks like MAIN-2026-000123.")
    parsed = InvoiceNumber(matched["prefix"], int(matched["year"]), int(matched["number"]))
    if format_number(parsed.prefix, parsed.year, parsed.number) != text:
        raise ValueError("An invoice number looks like MAIN-2026-000123.")
    return parsed
