"""The journal: double entry, append-only.

Debits are positive, credits negative, and every entry adds up to zero.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.base import Base


class Account(Base):
    """An account of the house's chart."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("kind IN ('asset', 'liability', 'equity', 'revenue', 'expense')", name="kind"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]


class JournalEntry(Base):
    """One fact in the books. One source gives at most one entry of a kind, so nothing is booked twice."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        UniqueConstraint("source_type", "source_id", "kind"),
        UniqueConstraint("reverses_id"),
        Index("ix_journal_entries_newest", "clinic_id", "posted_at", "entry_id"),
        Index("ix_journal_entries_day", "clinic_id", "booked_on"),
        Index("ix_journal_entries_invoice", "invoice_id"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    kind: Mapped[str]
    source_type: Mapped[str]
    source_id: Mapped[UUID]
    invoice_id: Mapped[UUID | None]
    currency: Mapped[str]
    booked_on: Mapped[date]
    posted_at: Mapped[datetime]
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entries.entry_id"))


class JournalLine(Base):
    """A debit (positive) or credit (negative) to one account."""

    __tablename__ = "journal_lines"
    __table_args__ = (
        CheckConstraint("amount_cents <> 0", name="not_zero"),
        Index("ix_journal_lines_account", "account_code", "clinic_id"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entries.entry_id"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    account_code: Mapped[str] = mapped_column(ForeignKey("accounts.code"))
    amount_cents: Mapped[int]
