"""The patient's copy: complete, the same every time, accessible, and never refused for what a name is."""

import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import BooleanObject

from services.billing.invoices.paper import InvoicePaper, PaperLine, PaperTender, render_pdf
from services.billing.visits.aftercare import AFTERCARE_RULES, NextVisitWindow

FACE = PaperLine(
    description="Microneedling, face",
    quantity=1,
    unit_cents=19900,
    discount_cents=0,
    tax_cents=0,
    total_cents=19900,
    depth_mm="1.5",
)
NECK = replace(FACE, description="Microneedling, neck", unit_cents=7500, total_cents=7500, depth_mm=None)

PAPER = InvoicePaper(
    clinic_name="Main Street Skin Clinic",
    address_lines=("12 Main Street", "Hartford, CT 06103"),
    number="MAIN-2026-000123",
    issued_on=date(2026, 3, 1),
    patient_name="Maria Lopez",
    patient_number="1042",
    provider="Rana Haddad, RN",
    lines=(FACE, NECK),
    subtotal_cents=27400,
    discount_cents=0,
    tax_cents=0,
    tip_cents=0,
    total_cents=27400,
    paid_cents=27400,
    change_cents=600,
    tenders=(PaperTender(words="Cash, $280.00 handed over", amount_cents=27400),),
    next_visit=NextVisitWindow(date(2026, 3, 29), date(2026, 4, 12)),
)

GOLDEN_SHA256 = "c18522f56b264604ae457853c8d42508dbe8011a4e4ca99e6514ce2d090820f3"


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(paper: InvoicePaper) -> str:
    """The text a person could copy out of the document, on one line."""
    text = "\n".join(page.extract_text() for page in read(render_pdf(paper)).pages)
    return " ".join(text.replace("\u200b", "").split())


def test_the_paper_says_who_what_how_much_and_when_to_come_back() -> None:
    text = text_of(PAPER)

    for expected in (
        "Main Street Skin Clinic", "12 Main Street", "Hartford, CT 06103", "MAIN-2026-000123",
        "March 1, 2026", "Maria Lopez", "No. 1042", "Rana Haddad, RN", "Microneedling, face",
        "Needle depth 1.5 mm", "$199.00",
        "Microneedling, neck", "$75.00", "Total $274.00", "Cash, $280.00 handed over", "Paid $274.00",
        "Change given $6.00", "March 29, 2026", "to April 12, 2026", "Page 1 of 1",
    ):  # fmt: skip
        assert expected in text


def test_every_rule_of_aftercare_is_printed() -> None:
    text = text_of(PAPER)

    assert [rule for rule in AFTERCARE_RULES if rule.rule not in text or rule.duration not in text] == []


def test_what_is_nothing_is_not_mentioned() -> None:
    text = text_of(replace(PAPER, change_cents=0, next_visit=None, aftercare=(), provider=None))

    for absent in (
        "DISCOUNT",
        "TAX",
        "Subtotal",
        "Tip",
        "Change",
        "due",
        "VISIT",
        "SKIN",
        "PROVIDER",
        "NOTES",
    ):
        assert absent not in text


def test_discount_tax_tip_and_what_is_still_due_are_shown_when_there_are_any() -> None:
    line = replace(FACE, discount_cents=1990, tax_cents=1137, total_cents=19047)

    text = text_of(
        replace(
            PAPER,
            lines=(line,),
            subtotal_cents=19900,
            discount_cents=1990,
            tax_cents=1137,
            tip_cents=2000,
            total_cents=21047,
            paid_cents=20000,
            change_cents=0,
            notes="Thank you.\r\n\r\nSee you soon.",
        )
    )

    for expected in (
        "−$19.90", "$11.37", "$190.47", "Subtotal $199.00", "Discount −$19.90", "Tax $11.37", "Tip $20.00",
        "Total $210.47", "Paid $200.00", "Still due $10.47", "NOTES Thank you. See you soon.",
    ):  # fmt: skip
        assert expected in text


def test_two_renders_are_identical_to_the_byte_in_any_thread() -> None:
    renders: list[bytes] = []
    threads = [threading.Thread(target=lambda: renders.append(render_pdf(PAPER))) for _ in range(3)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert renders == [render_pdf(PAPER)] * 3


def test_the_paper_of_a_known_invoice_has_not_changed_unnoticed() -> None:
    # After a wanted change of the template, or of typst: look at the page, then write the new digest here.
    assert sha256(render_pdf(PAPER)).hexdigest() == GOLDEN_SHA256


def test_another_render_between_leaves_no_trace() -> None:
    before = render_pdf(PAPER)
    render_pdf(replace(PAPER, patient_name="Somebody Else", issued_on=date(2027, 1, 1)))

    assert render_pdf(PAPER) == before
    assert "Somebody" not in text_of(PAPER)


def test_the_document_says_what_it_is_when_it_was_issued_and_that_it_is_accessible() -> None:
    reader = read(render_pdf(PAPER))

    assert reader.metadata is not None
    assert reader.metadata.title == "Main Street Skin Clinic, invoice MAIN-2026-000123"
    assert reader.metadata.author == "Main Street Skin Clinic"
    assert str(reader.metadata.creation_date_raw).startswith("D:20260301")
    catalog = reader.root_object
    assert catalog["/Lang"] == "en"
    assert catalog["/MarkInfo"]["/Marked"] == BooleanObject(True)
    assert b"pdfuaid:part>1<" in catalog["/Metadata"].get_object().get_data()


def test_the_page_is_us_letter_and_its_fonts_travel_with_it() -> None:
    page = read(render_pdf(PAPER)).pages[0]

    assert (float(page.mediabox.width), float(page.mediabox.height)) == (612, 792)
    fonts: dict[str, Any] = page["/Resources"]["/Font"]
    names = [font.get_object()["/BaseFont"] for font in fonts.values()]
    assert names
    assert [name for name in names if "LibertinusSerif" not in name] == []
    descendants = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts.values()]
    assert all("/FontFile3" in one["/FontDescriptor"].get_object() for one in descendants)


def test_forty_lines_break_over_pages_with_the_header_on_each() -> None:
    lines = tuple(replace(FACE, description=f"Treatment number {number}") for number in range(1, 41))

    pages = [page.extract_text() for page in read(render_pdf(replace(PAPER, lines=lines))).pages]

    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert "DESCRIPTION" in page
        assert f"Page {number} of 3" in page
        assert "Invoice MAIN-2026-000123" in page
    whole = "\n".join(pages)
    assert [number for number in range(1, 41) if f"Treatment number {number}\n" not in whole] == []
    assert whole.count("$274.00") == 3  # total, tender and paid, once each


HOSTILE = [
    "<b>bold", "</title><svg onload=alert(1)>", '#eval("1")', '#read("/etc/passwd")', "$x$",
    "*a* _b_ `c` @d <e>", '"; #panic()', "\\u{41} \\", "// comment", "/* comment", "= Heading", "- item",
    "{{7*7}} ${7*7} %s%n", "A & B <Jr>", "Łukasz", "Ann -- Lee --- ...", "it's \"quoted\"",
    "[content] {code}", "~", "https://example.com",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_printed_as_it_is(name: str) -> None:
    assert f"PATIENT {name} No. 1042" in _patient_part(text_of(replace(PAPER, patient_name=name)))


def _patient_part(text: str) -> str:
    """Move the other facts of the row away: they are read in columns."""
    for fact in ("INVOICE MAIN-2026-000123", "DATE March 1, 2026", "PROVIDER Rana Haddad, RN"):
        text = text.replace(fact + " ", "")
    return text


@pytest.mark.parametrize(
    "name", ["A" * 200, "Ann " * 50, "\u0300" * 200, "李雷" * 100, "😀" * 50, "\r\n\x00", ""]
)
def test_an_endless_or_empty_name_still_gives_one_page(name: str) -> None:
    assert len(read(render_pdf(replace(PAPER, patient_name=name))).pages) == 1


EVERY_TEXT: list[Callable[[str], InvoicePaper]] = [
    lambda text: replace(PAPER, clinic_name=text, address_lines=(text, text), number=text),
    lambda text: replace(PAPER, patient_number=text, provider=text, notes=f"{text}\r\n{text}"),
    lambda text: replace(PAPER, lines=(replace(FACE, description=text, depth_mm=text),)),
    lambda text: replace(PAPER, tenders=(PaperTender(words=text, amount_cents=1),)),
]


@pytest.mark.parametrize("place", EVERY_TEXT)
@pytest.mark.parametrize(
    "text", [*HOSTILE, "", " ", "A" * 200, "李雷", "محمد", "😀", "a\r\nb", "\x00", "\ud800", "\u00ad"]
)
def test_no_text_anywhere_can_stop_the_paper(place: Callable[[str], InvoicePaper], text: str) -> None:
    assert render_pdf(place(text)).startswith(b"%PDF-")


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=120), place=st.sampled_from(EVERY_TEXT))
def test_no_text_anybody_can_think_of_can_stop_the_paper(
    text: str, place: Callable[[str], InvoicePaper]
) -> None:
    assert render_pdf(place(text)).startswith(b"%PDF-")


def test_a_free_visit_without_lines_or_tenders_has_a_paper() -> None:
    empty = replace(
        PAPER, lines=(), tenders=(), subtotal_cents=0, total_cents=0, paid_cents=0, change_cents=0
    )

    assert "Total $0.00" in text_of(empty)


def test_amounts_are_written_in_the_currency_and_manner_of_the_clinic() -> None:
    text = text_of(replace(PAPER, currency="EUR", locale="de_DE"))

    assert "274,00 €" in text
    assert "1. März 2026" in text
