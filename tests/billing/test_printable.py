"""Whatever a name is made of, the paper can show it."""

import json
import unicodedata

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.invoices.printable import COVERED, MAX_CHARACTERS, printable

EMBEDDED = typst.Fonts(include_system_fonts=False)
STYLES = ["weight: 400", "weight: 600", "weight: 700", 'number-width: "tabular"']


def typeset(texts: list[str], style: str) -> None:
    """Set each text in the paper's font alone; PDF/UA refuses a character that the font does not have."""
    source = f"""
        #set document(title: "Coverage")
        #set text(font: "Libertinus Serif", fallback: false, lang: "en", {style})
        #json(bytes(sys.inputs.texts)).join(parbreak())
    """
    compiler = typst.Compiler(font_paths=EMBEDDED, ignore_system_fonts=True)
    compiler.compile(
        source.encode(), pdf_standards="ua-1", sys_inputs={"texts": json.dumps(texts)}, format="pdf"
    )


def test_the_font_of_the_paper_is_inside_typst() -> None:
    assert "Libertinus Serif" in EMBEDDED.families()


@pytest.mark.parametrize("style", STYLES)
def test_every_covered_character_is_in_the_font_in_every_style(style: str) -> None:
    typeset([chr(point) for first, last in COVERED for point in range(first, last + 1)], style)


def test_a_character_outside_the_font_would_be_noticed() -> None:
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typeset(["李"], STYLES[0])


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Żółć",
        "Nguyễn Thị Hồng",
        "Þóra Ægisdóttir",
        "José",
        "Ὀρέστης"[1:],
        "Ольга Щёткина",
        "שרה לוי",
        "O’Brien",
    ],
)
def test_names_in_the_scripts_of_the_font_stay_as_they_are(name: str) -> None:
    assert printable(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("李雷", "LiLei"),
        ("محمد", "mhmd"),
        ("Ann 😀", "Ann :grinning:"),
        ("Jose\u0301", "José"),
        ("Ann\r\nLee", "Ann Lee"),
        ("  Ann\t Lee ", "Ann Lee"),
        ("Ann\u202eeeL", "AnneeL"),
        ("An\u00adn\u200b\ufeff\x00\x1b[1m", "Ann[1m"),
        ("a" + "\u0300" * 50, "à\u0300\u0300"),
        ("\ud800", ""),
        ("", ""),
        ("<b>bold", "<b>bold"),
        ('#eval("1") $x$ *b* _i_ @r <l> \\', '#eval("1") $x$ *b* _i_ @r <l> \\'),
    ],
)
def test_other_text_is_shown_as_closely_as_it_can_be(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_text_is_cut_with_a_mark_and_a_long_word_may_be_broken() -> None:
    shown = printable("A" * 100_000)

    assert shown.replace("\u200b", "") == "A" * (MAX_CHARACTERS - 1) + "…"
    assert max(map(len, shown.split("\u200b"))) == 24


@given(text=st.text(max_size=80))
def test_printing_twice_changes_nothing_more(text: str) -> None:
    once = printable(text)

    assert printable(once) == once


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(max_size=80), max_size=10))
def test_any_text_can_be_typeset(texts: list[str]) -> None:
    typeset([printable(text) for text in texts], STYLES[1])


COVERED_TEXT = st.text(
    st.sampled_from([chr(point) for first, last in COVERED for point in range(first, last + 1)])
)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(COVERED_TEXT, max_size=10))
def test_any_mixture_of_covered_characters_can_be_typeset(texts: list[str]) -> None:
    typeset([printable(text) for text in texts], STYLES[0])
