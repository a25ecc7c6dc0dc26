"""Which accounts a fact touches. Pure: amounts in, a balanced entry out.

Debits are positive, credits negative.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.billing.ledger import accounts
from shared.ids import new_id


class Unbalanced(Exception):
    """Debits and credits differ. A bug in a rule above, never something a person did."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One balanced fact for the books. `amounts` maps an account to signed cents, without zeros."""

    clinic_id: str
    kind: str
    source_type: str
    source_id: UUID
    invoice_id: UUID | None
    currency: str
    booked_on: date
    posted_at: datetime
    amounts: Mapping[str, int]
    entry_id: UUID = field(default_factory=new_id)


def balanced(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Add up by account and drop zeros.

    Raises:
        Unbalanced: the sum is not zero.
    """
    totals: Counter[str] = Counter()
    for account, cents in amounts:
        totals[account] += cents
    if sum(totals.values()) != 0:
        raise Unbalanced(str(dict(totals)))
    return {account: cents for account, cents in sorted(totals.items()) if cents}


def sale(
    *, total_cents: int, net_by_kind: Iterable[tuple[str, int]], tax_cents: int, tip_cents: int
) -> dict[str, int]:
    """An issued invoice: the patient owes the total; revenue by kind is earned, tax and tip are owed."""
    revenue = [(accounts.REVENUE_ACCOUNTS[kind], -cents) for kind, cents in net_by_kind]
    return balanced(
        [
            (accounts.RECEIVABLE, total_cents),
            *revenue,
            (accounts.SALES_TAX, -tax_cents),
            (accounts.TIPS, -tip_cents),
        ]
    )


def payment(*, kind: str, amount_cents: int) -> dict[str, int]:
    """A tender received: what the patient owed is now cash, a cheque, or with the card processor."""
    return balanced([(accounts.TENDER_ACCOUNTS[kind], amount_cents), (accounts.RECEIVABLE, -amount_cents)])


def stock(values_by_purpose: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Value that reached the shelves (positive) or left them, each against the account of its purpose."""
    amounts: list[tuple[str, int]] = []
    for purpose, cents in values_by_purpose:
        amounts += [(accounts.SUPPLIES_INVENTORY, cents), (accounts.PURPOSE_ACCOUNTS[purpose], -cents)]
    return balanced(amounts)
