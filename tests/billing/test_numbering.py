"""An invoice number reads the same way it was written, and no other text is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.invoices.numbering import MAX_NUMBER, InvoiceNumber, format_number, parse_number


def test_a_number_names_clinic_year_and_place() -> None:
    assert format_number("MAIN", 2026, 123) == "MAIN-2026-000123"
    assert parse_number("MAIN-2026-000123") == InvoiceNumber("MAIN", 2026, 123)


def test_the_millionth_invoice_of_a_year_grows_a_digit() -> None:
    assert format_number("MAIN", 2026, 1_000_000) == "MAIN-2026-1000000"


@given(
    prefix=st.from_regex(r"[A-Z][A-Z0-9]{0,11}", fullmatch=True),
    year=st.integers(2000, 2100),
    number=st.integers(1, MAX_NUMBER),
)
def test_what_is_written_is_read_back(prefix: str, year: int, number: int) -> None:
    assert parse_number(format_number(prefix, year, number)) == InvoiceNumber(prefix, year, number)


@pytest.mark.parametrize(
    "text",
    [
        "", "MAIN", "MAIN-2026", "MAIN-2026-123", "MAIN-2026-0000123", "MAIN-2026-000000", "main-2026-000123",
        "MAIN-1999-000123", "MAIN-2101-000123", "MAIN-2026-000123\n", " MAIN-2026-000123",
        "MAIN-2026-00012３", "MAIN--2026-000123", "1MAIN-2026-000123", "MAIN-2026-000123-1",
        "MAIN-2026-1234567890",
        "A" * 50_000,
    ],
)  # fmt: skip
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"invoice|Invoices|year"):
        parse_number(text)


@pytest.mark.parametrize(
    ("prefix", "year", "number"),
    [
        ("", 2026, 1),
        ("main", 2026, 1),
        ("MA-IN", 2026, 1),
        ("M" * 13, 2026, 1),
        ("MAIN\n", 2026, 1),
        ("MAIN", 1999, 1),
        ("MAIN", 2101, 1),
        ("MAIN", 2026, 0),
        ("MAIN", 2026, -1),
        ("MAIN", 2026, MAX_NUMBER + 1),
    ],
)
def test_parts_that_cannot_be_read_back_are_not_written(prefix: str, year: int, number: int) -> None:
    with pytest.raises(ValueError, match=r"invoice|Invoices"):
        format_number(prefix, year, number)
