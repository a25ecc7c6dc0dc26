"""Text as the invoice's own font can show it.

The paper is set in Libertinus Serif, which comes inside typst: nothing is taken from the machine, so a
document has the same bytes everywhere. It covers Latin with all its accents (Łukasz, Nguyễn, Þóra), Greek,
Cyrillic and Hebrew. Anything else (Chinese, Arabic, emoji) is romanised, so that a name is always readable:
"李雷" prints as "LiLei", beside the patient's number. PDF/UA forbids an empty box in its place, and typst
0.15 panics on some combinations, so only what `COVERED` lists is ever handed to it.
"""

import re
import unicodedata

from anyascii import anyascii

# The longest text printed in one piece; schemas refuse longer names, this keeps a page a page.
MAX_CHARACTERS = 500
_UNBROKEN_CHARACTERS = 24
_BREAK_HERE = "\N{ZERO WIDTH SPACE}"

# Present in every weight and slope the template uses; a test prints each of them in each.
COVERED: tuple[tuple[int, int], ...] = (
    (0x0020, 0x007E), (0x00A0, 0x00AC), (0x00AE, 0x0233), (0x0259, 0x0259), (0x02B9, 0x02BC),
    (0x0300, 0x0331), (0x0384, 0x038A), (0x038C, 0x038C), (0x038E, 0x03A1), (0x03A3, 0x03CE),
    (0x0400, 0x045F), (0x0490, 0x04B9), (0x04C0, 0x04C0), (0x04D0, 0x04F9), (0x05D0, 0x05EA),
    (0x1E00, 0x1E99), (0x1E9E, 0x1E9E), (0x1EA0, 0x1EF9), (0x2010, 0x2015), (0x2018, 0x201E),
    (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A),
    (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2212, 0x2212),
)  # fmt: skip

_COVERED_SET = frozenset(chr(point) for first, last in COVERED for point in range(first, last + 1))
_STACKED_MARKS = re.compile("([\u0300-\u0331]{2})[\u0300-\u0331]+")
_LONG_WORD = re.compile(rf"(\S{{{_UNBROKEN_CHARACTERS}}})(?=\S)")


def printable(text: str) -> str:
    """One line of text that the paper can show, and that says what was written as closely as it can.

    Composed accents, no control or formatting characters (so no right-to-left override), blanks collapsed, at
    most two stacked marks, at most MAX_CHARACTERS; a very long word may be broken. Never raises for any str.
    """
    composed = unicodedata.normalize("NFC", " ".join(text[: 4 * MAX_CHARACTERS].split()))
    shown = "".join(map(_shown, composed))
    line = _STACKED_MARKS.sub(r"\1", " ".join(shown.split()))
    if len(line) > MAX_CHARACTERS:
        line = line[: MAX_CHARACTERS - 1] + "…"
    return _LONG_WORD.sub(rf"\1{_BREAK_HERE}", line)


def _shown(character: str) -> str:
    if character in _COVERED_SET:
        return character
    if unicodedata.category(character).startswith("C"):
        return ""
    return anyascii(character)
