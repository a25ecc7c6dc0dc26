"""The patient's copy of an invoice as an accessible PDF (PDF/UA-1, US Letter), the same bytes every time.

Texts reach the template as JSON data, never as markup, so whatever a name contains is shown as it is.
Never call this before a fork: typst starts threads of its own that the child would wait for.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date

from services.billing.invoices.printable import printable
from services.billing.visits.aftercare import AFTERCARE_RULES, AftercareRule, NextVisitWindow
from shared.money import format_cents

TEMPLATE = Path(__file__).with_name("paper.typ")
_MINUS = "\N{MINUS SIGN}"
_MAX_NOTE_LINES = 40
_AGEING_COMPILATIONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One billed line. `depth_mm` is a decimal string, shown below the description."""

    description: str
    quantity: int
    unit_cents: int
    discount_cents: int
    tax_cents: int
    total_cents: int
    depth_mm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTender:
    """One tender in words ("Cash", "Visa ending 4242") and the part of the total it pays."""

    words: str
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaper:
    """Everything on the paper: nothing is looked up, so an old invoice prints as it was issued."""

    clinic_name: str
    address_lines: tuple[str, ...]
    number: str
    issued_on: date
    patient_name: str
    patient_number: str
    provider: str | None
    lines: tuple[PaperLine, ...]
    subtotal_cents: int
    discount_cents: int
    tax_cents: int
    tip_cents: int
    total_cents: int
    paid_cents: int
    change_cents: int
    tenders: tuple[PaperTender, ...]
    next_visit: NextVisitWindow | None = None
    aftercare: tuple[AftercareRule, ...] = AFTERCARE_RULES
    notes: str = ""
    currency: str = "USD"
    locale: str = "en_US"


class _PerThread(threading.local):
    """A typst compiler holds the world of one document: each thread has its own."""

    compiler: typst.Compiler | None = None


_per_thread = _PerThread()


@cache
def _embedded_fonts() -> typst.Fonts:
    """The fonts inside typst, loaded once for all threads; those of the machine would change the bytes."""
    return typst.Fonts(include_system_fonts=False)


def render_pdf(paper: InvoicePaper) -> bytes:
    """The PDF. Two renders of equal papers are identical: even its creation time is the date of issue.

    Raises typst.TypstError only if the template itself is broken; no text in the data can cause that.
    """
    compiler = _compiler_of_this_thread()
    pdf = compiler.compile(
        TEMPLATE,
        format="pdf",
        sys_inputs={"paper": json.dumps(_texts_of(paper))},
        pdf_standards="ua-1",
        timestamp=datetime.combine(paper.issued_on, time(), UTC),
    )
    _forget(compiler)
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single document.")
    return pdf


def _compiler_of_this_thread() -> typst.Compiler:
    if _per_thread.compiler is None:
        _per_thread.compiler = typst.Compiler(
            root=TEMPLATE.parent, font_paths=_embedded_fonts(), ignore_system_fonts=True
        )
    return _per_thread.compiler


def _forget(compiler: typst.Compiler) -> None:
    """Let go of the patient's data, and soon of the layouts that typst keeps for ten more compilations.

    Compiling nothing takes microseconds and is what ages them. After a hundred long invoices a process had
    grown by 90 MB without this and by 40 MB with it; the parts all invoices share stay warm.
    """
    for _ in range(_AGEING_COMPILATIONS):
        compiler.compile(b" ", format="svg", sys_inputs=None)


def _texts_of(paper: InvoicePaper) -> dict[str, Any]:
    """The paper as the template reads it: texts only, amounts already written, empty parts left out."""

    def amount(cents: int) -> str:
        return format_cents(cents, paper.currency, paper.locale).replace("-", _MINUS)

    def day(on_date: date) -> str:
        return printable(format_date(on_date, "long", locale=paper.locale))

    return {
        "clinic": printable(paper.clinic_name),
        "address": [printable(line) for line in paper.address_lines],
        "number": printable(paper.number),
        "issued": [paper.issued_on.year, paper.issued_on.month, paper.issued_on.day],
        "patient": printable(paper.patient_name),
        "patient_number": printable(paper.patient_number),
        "date": day(paper.issued_on),
        "provider": printable(paper.provider or ""),
        "lines": [_line(line, amount) for line in paper.lines],
        "columns": {
            "discount": any(line.discount_cents for line in paper.lines),
            "tax": any(line.tax_cents for line in paper.lines),
        },
        "sums": _sums(paper, amount),
        "total": amount(paper.total_cents),
        "payments": [
            {"name": printable(tender.words), "amount": amount(tender.amount_cents)}
            for tender in paper.tenders
        ],
        "paid": amount(paper.paid_cents),
        "change": amount(paper.change_cents) if paper.change_cents else None,
        "due": amount(paper.total_cents - paper.paid_cents) if paper.total_cents > paper.paid_cents else None,
        "next_visit": [day(on_date) for on_date in paper.next_visit] if paper.next_visit else None,
        "aftercare": [[printable(rule.rule), printable(rule.duration)] for rule in paper.aftercare],
        "notes": [printable(line) for line in paper.notes.splitlines()[:_MAX_NOTE_LINES] if printable(line)],
    }


def _line(line: PaperLine, amount: Callable[[int], str]) -> dict[str, Any]:
    return {
        "description": printable(line.description),
        "depth": printable(line.depth_mm) if line.depth_mm else None,
        "quantity": str(line.quantity),
        "unit": amount(line.unit_cents),
        "discount": amount(-line.discount_cents) if line.discount_cents else "",
        "tax": amount(line.tax_cents),
        "total": amount(line.total_cents),
    }


def _sums(paper: InvoicePaper, amount: Callable[[int], str]) -> list[dict[str, str]]:
    """What leads from the prices to the total; a part that is nothing is not mentioned."""
    parts = (
        ("Discount", -paper.discount_cents),
        ("Tax", paper.tax_cents),
        ("Tip", paper.tip_cents),
    )
    mentioned = [{"name": name, "amount": amount(cents)} for name, cents in parts if cents]
    return [{"name": "Subtotal", "amount": amount(paper.subtotal_cents)}, *mentioned] if mentioned else []
