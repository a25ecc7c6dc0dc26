"""Post to the journal and read it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.billing.base import Clinic
from services.billing.invoices.models import Invoice
from services.billing.invoices.numbering import format_number
from services.billing.ledger.entries import Entry
from services.billing.ledger.models import Account, JournalEntry, JournalLine
from shared.rows import Rows
from shared.web.pagination import page, read_cursor


def post(session: Session, entries: Sequence[Entry]) -> None:
    """Write entries into the books at once."""
    rows = Rows()
    add_entries(rows, entries)
    rows.insert(session)


def add_entries(rows: Rows, entries: Sequence[Entry]) -> None:
    """Add entries to what is about to be written. One without amounts (nothing moved) leaves no trace.

    The database refuses an unbalanced entry and a second entry of one kind for one source.
    """
    worth_posting = [entry for entry in entries if entry.amounts]
    rows.add(
        "journal_entries",
        (
            {
                "entry_id": entry.entry_id,
                "clinic_id": entry.clinic_id,
                "kind": entry.kind,
                "source_type": entry.source_type,
                "source_id": entry.source_id,
                "invoice_id": entry.invoice_id,
                "currency": entry.currency,
                "booked_on": entry.booked_on,
                "posted_at": entry.posted_at,
            }
            for entry in worth_posting
        ),
    )
    rows.add(
        "journal_lines",
        (
            {
                "entry_id": entry.entry_id,
                "line_no": number,
                "clinic_id": entry.clinic_id,
                "account_code": account,
                "amount_cents": cents,
            }
            for entry in worth_posting
            for number, (account, cents) in enumerate(entry.amounts.items(), start=1)
        ),
    )


def find(
    session: Session,
    *,
    clinics: Iterable[str],
    invoice_id: UUID | None,
    from_date: date | None,
    to_date: date | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of entries with their lines, newest first. Cost: the rows of the page, three times."""
    statement = select(JournalEntry).where(JournalEntry.clinic_id.in_(list(clinics)))
    if invoice_id:
        statement = statement.where(JournalEntry.invoice_id == invoice_id)
    if from_date:
        statement = statement.where(JournalEntry.booked_on >= from_date)
    if to_date:
        statement = statement.where(JournalEntry.booked_on <= to_date)
    if before := read_cursor(cursor, datetime, UUID):
        statement = statement.where(tuple_(JournalEntry.posted_at, JournalEntry.entry_id) < before)
    statement = statement.order_by(JournalEntry.posted_at.desc(), JournalEntry.entry_id.desc()).limit(
        limit + 1
    )
    rows = session.execute(statement).scalars().all()
    found = page(rows, limit, lambda entry: (entry.posted_at, entry.entry_id))
    lines = _lines(session, [entry.entry_id for entry in found["items"]])
    numbers = _numbers(session, {entry.invoice_id for entry in found["items"] if entry.invoice_id})
    found["items"] = [
        _shown(entry, lines[entry.entry_id], numbers.get(entry.invoice_id)) for entry in found["items"]
    ]
    return found


def _numbers(session: Session, invoice_ids: set[UUID]) -> dict[UUID | None, str]:
    statement = (
        select(Invoice.invoice_id, Clinic.invoice_prefix, Invoice.year, Invoice.number)
        .join(Clinic, Clinic.clinic_id == Invoice.clinic_id)
        .where(Invoice.invoice_id.in_(invoice_ids))
    )
    return {
        row.invoice_id: format_number(row.invoice_prefix, row.year, row.number)
        for row in session.execute(statement)
    }


def _lines(session: Session, entry_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {entry_id: [] for entry_id in entry_ids}
    statement = (
        select(JournalLine, Account.name)
        .join(Account, Account.code == JournalLine.account_code)
        .where(JournalLine.entry_id.in_(entry_ids))
        .order_by(JournalLine.entry_id, JournalLine.line_no)
    )
    for line, account_name in session.execute(statement):
        found[line.entry_id].append(
            {
                "account_code": line.account_code,
                "account_name": account_name,
                "debit_cents": max(line.amount_cents, 0),
                "credit_cents": max(-line.amount_cents, 0),
            }
        )
    return found


def _shown(entry: JournalEntry, lines: list[dict[str, Any]], invoice_number: str | None) -> dict[str, Any]:
    return {
        "entry_id": entry.entry_id,
        "clinic_id": entry.clinic_id,
        "kind": entry.kind,
        "source_type": entry.source_type,
        "source_id": entry.source_id,
        "invoice_id": entry.invoice_id,
        "invoice_number": invoice_number,
        "currency": entry.currency,
        "booked_on": entry.booked_on,
        "posted_at": entry.posted_at,
        "reverses_id": entry.reverses_id,
        "lines": lines,
    }
