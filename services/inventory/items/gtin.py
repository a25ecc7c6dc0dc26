"""Trade item numbers (GTIN): 8, 12, 13 or 14 digits with a check digit, kept and compared as 14. Pure."""

import re

_DIGITS = re.compile(r"(?:[0-9]{8}|[0-9]{12,14})")
LENGTH = 14


def check_digit(body: str) -> int:
    """Return the last digit of a number that begins with `body`: weights 3, 1, 3, ... from the right."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body)))
    return -total % 10


def normalise_gtin(written: str) -> str:
    """Return the number as 14 digits, so that a UPC and the GTIN-14 of the same thing compare equal.

    Raises ValueError with a sentence for whoever typed it.
    """
    if _DIGITS.fullmatch(written) is None:
        raise ValueError("A GTIN has 8, 12, 13 or 14 digits.")
    expected = check_digit(written[:-1])
    if int(written[-1]) != expected:
        raise ValueError(f"The check digit should be {expected}, not {written[-1]}.")
    return written.zfill(LENGTH)


def looks_like_gtin(text: str) -> str | None:
    """Return the 14 digits if the text is a valid number, None if it is anything else."""
    try:
        return normalise_gtin(text)
    except ValueError:
        return None
