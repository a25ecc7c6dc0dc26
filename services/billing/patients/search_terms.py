"""How a patient is found: by the beginning of any word, whatever its accents and case."""

import re

from anyascii import anyascii

_WORD = re.compile(r"[a-z0-9]+")
_PHONE = re.compile(r"[0-9 ()+./#-]+")
NATIONAL_DIGITS = 10
MOST_WORDS = 6
SORTED_BY = 100
# Above everything that a folded term can hold, which is ASCII.
LAST_CHARACTER = "\x7f"


def fold(text: str) -> str:
    """Return the text in plain lower-case letters: "Łukasz Müller" is "lukasz muller"."""
    return anyascii(text).casefold()


def sort_name(given_name: str, family_name: str) -> str:
    """Return what lists are ordered by. It has an end, as cursors hold it: an emoji may be forty letters."""
    return f"{fold(family_name)[:SORTED_BY]} {fold(given_name)[:SORTED_BY]}"


def terms(
    *, given_name: str, family_name: str, phone: str | None, email: str | None, number: int
) -> set[str]:
    """Return every word this patient is found by."""
    found = set(_WORD.findall(fold(f"{given_name} {family_name}"))) | {str(number)}
    if phone and (digits := digits_of(phone)):
        # Found with and without the country code.
        found |= {digits, digits[-NATIONAL_DIGITS:]}
    if email:
        found.add(fold(email))
    return found


def prefixes(query: str) -> list[str]:
    """Return the beginnings that all must be found for a patient to match what was typed."""
    if _PHONE.fullmatch(query.strip()):
        digits = digits_of(query)
        return [digits] if digits else []
    words: list[str] = []
    for part in fold(query).split():
        words += [part] if "@" in part else _WORD.findall(part)
    return words[:MOST_WORDS]


def digits_of(phone: str) -> str:
    """Return the ASCII digits of a phone number."""
    return "".join(character for character in phone if "0" <= character <= "9")
