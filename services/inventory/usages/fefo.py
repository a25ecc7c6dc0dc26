"""Which lots a treatment used: first expired, first out; and what the goods that left were worth. Pure.

Usage is never refused: the treatment has happened. What no lot covers is reported as short.
Quantities in thousandths of the base unit, values in cents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.money import round_half_up

AVAILABLE = "available"
EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class LotOnShelf:
    """What is left of a lot and what that is worth. No `expires_on`: it keeps for ever."""

    lot_id: str
    code: str
    expires_on: date | None
    status: str
    on_hand_thousandths: int
    value_cents: int

    def is_expired(self, on_date: date) -> bool:
        """Goods may still be used on the day of their expiry, not on the day after."""
        return self.expires_on is not None and self.expires_on < on_date


@dataclass(frozen=True, slots=True)
class Issue:
    """A quantity that leaves one lot, with its value. `flags`: why it should not have been used, if so."""

    lot_id: str
    quantity_thousandths: int
    value_cents: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picks:
    """The issues that cover a need, and what stays uncovered."""

    issues: tuple[Issue, ...]
    short_thousandths: int


def issue_value(value_cents: int, on_hand_thousandths: int, quantity_thousandths: int) -> int:
    """The worth of a part of a lot: round_half_up(value × quantity / on hand); the last issue takes the rest.

    So the value of a lot reaches zero exactly with its stock. Raises ValueError for a quantity that is not
    above zero and within the stock, or for a negative value.
    """
    if not 0 < quantity_thousandths <= on_hand_thousandths:
        raise ValueError("An issue takes more than nothing and no more than is there.")
    if value_cents < 0:
        raise ValueError("A lot is worth nothing or something.")
    return round_half_up(value_cents * quantity_thousandths, on_hand_thousandths)


def pick(lots: Sequence[LotOnShelf], needed_thousandths: int, on_date: date) -> Picks:
    """Cover a need from available, unexpired lots: earliest expiry first, those that keep for ever last.

    Lots of one expiry go in the order given (the order they were received). Raises ValueError for a need that
    is not above zero.
    """
    usable = [lot for lot in lots if lot.status == AVAILABLE and not lot.is_expired(on_date)]
    return _issue_from(sorted(usable, key=_expiry_order), needed_thousandths, on_date)


def pick_scanned(lot: LotOnShelf, needed_thousandths: int, on_date: date) -> Picks:
    """Cover a need from the lot that was scanned, and from no other: what was scanned is what was used.

    A lot that is expired or not available is taken too; its issue carries "expired" and the lot's status as
    flags. Raises ValueError for a need that is not above zero.
    """
    return _issue_from([lot], needed_thousandths, on_date)


def left_after(lots: Sequence[LotOnShelf], issues: Iterable[Issue]) -> list[LotOnShelf]:
    """The same lots in the same order once the issues have left, for the next need of the same visit.

    Raises ValueError if an issue takes more of a lot than is there.
    """
    taken = {lot.lot_id: [0, 0] for lot in lots}
    for issue in issues:
        if issue.lot_id in taken:
            taken[issue.lot_id][0] += issue.quantity_thousandths
            taken[issue.lot_id][1] += issue.value_cents
    left = [
        replace(
            lot,
            on_hand_thousandths=lot.on_hand_thousandths - taken[lot.lot_id][0],
            value_cents=lot.value_cents - taken[lot.lot_id][1],
        )
        for lot in lots
    ]
    if any(lot.on_hand_thousandths < 0 or lot.value_cents < 0 for lot in left):
        raise ValueError("More was issued than the lot held.")
    return left


def _expiry_order(lot: LotOnShelf) -> tuple[bool, date]:
    return lot.expires_on is None, lot.expires_on or date.max


def _issue_from(lots: Sequence[LotOnShelf], needed_thousandths: int, on_date: date) -> Picks:
    if needed_thousandths <= 0:
        raise ValueError("A need is more than nothing.")
    short_thousandths = needed_thousandths
    issues: list[Issue] = []
    for lot in lots:
        quantity_thousandths = min(short_thousandths, lot.on_hand_thousandths)
        if quantity_thousandths <= 0:
            continue
        issues.append(
            Issue(
                lot.lot_id,
                quantity_thousandths,
                issue_value(lot.value_cents, lot.on_hand_thousandths, quantity_thousandths),
                _flags(lot, on_date),
            )
        )
        short_thousandths -= quantity_thousandths
    return Picks(tuple(issues), short_thousandths)


def _flags(lot: LotOnShelf, on_date: date) -> tuple[str, ...]:
    expired = (EXPIRED,) if lot.is_expired(on_date) else ()
    return expired if lot.status == AVAILABLE or lot.status in expired else (*expired, lot.status)
