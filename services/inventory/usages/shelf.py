"""The locked lots of a batch, from which one need after another is taken. Pure once filled."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.inventory.lots.codes import fold_code
from services.inventory.lots.models import HOLD, RECALLED
from services.inventory.movements.models import EXPIRED_LOT, HELD_LOT, RECALLED_LOT
from services.inventory.shortages.models import (
    LOT_EXHAUSTED,
    ONLY_EXPIRED,
    ONLY_HELD,
    OUT_OF_STOCK,
    UNKNOWN_LOT,
)
from services.inventory.usages.fefo import EXPIRED, Issue, LotOnShelf, left_after, pick, pick_scanned

FLAGS = {EXPIRED: EXPIRED_LOT, HOLD: HELD_LOT, RECALLED: RECALLED_LOT}


@dataclass(frozen=True, slots=True)
class Taken:
    """What left the shelf for one need, what is missing, and why."""

    issues: Sequence[Issue]
    short_thousandths: int
    cause: str | None


class Shelf:
    """The lots of every item that a batch needs, at every clinic it is about."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._lots: dict[tuple[str, str], list[LotOnShelf]] = defaultdict(list)
        self._codes: dict[tuple[str, str, str], str] = {}
        self.labels: dict[str, Any] = {}
        self._quantities: dict[str, int] = defaultdict(int)
        self._values: dict[str, int] = defaultdict(int)
        for row in rows:
            lot = LotOnShelf(
                str(row.lot_id),
                row.code,
                row.expires_on,
                row.status,
                row.on_hand_thousandths,
                row.value_cents,
            )
            self._lots[row.clinic_id, row.sku].append(lot)
            self._codes[row.clinic_id, row.sku, row.code_key] = lot.lot_id
            self.labels[lot.lot_id] = row

    def take(
        self, clinic_id: str, sku: str, lot: str | None, needed_thousandths: int, on_date: date
    ) -> Taken:
        """Take a need from the scanned lot, or from whichever expires first; say what is missing and why."""
        lots = self._lots[clinic_id, sku]
        if lot is None:
            picks = pick(lots, needed_thousandths, on_date)
            left = self._issue(clinic_id, sku, picks.issues)
            cause = _why_short(left, on_date)
        else:
            lot_id = self._codes.get((clinic_id, sku, fold_code(lot)))
            if lot_id is None:
                return Taken((), needed_thousandths, UNKNOWN_LOT)
            scanned = next(one for one in lots if one.lot_id == lot_id)
            picks = pick_scanned(scanned, needed_thousandths, on_date)
            self._issue(clinic_id, sku, picks.issues)
            cause = LOT_EXHAUSTED
        return Taken(picks.issues, picks.short_thousandths, cause if picks.short_thousandths else None)

    def changes(self) -> list[dict[str, Any]]:
        """Return what left each lot, for the one statement that takes it."""
        return [
            {"lot_id": lot_id, "quantity": self._quantities[lot_id], "value": self._values[lot_id]}
            for lot_id in sorted(self._quantities)
        ]

    def _issue(self, clinic_id: str, sku: str, issues: Sequence[Issue]) -> list[LotOnShelf]:
        lots = self._lots[clinic_id, sku]
        for issue in issues:
            self._quantities[issue.lot_id] += issue.quantity_thousandths
            self._values[issue.lot_id] += issue.value_cents
            place = next(place for place, lot in enumerate(lots) if lot.lot_id == issue.lot_id)
            lots[place : place + 1] = left_after(lots[place : place + 1], [issue])
        return lots


def _why_short(left: Sequence[LotOnShelf], on_date: date) -> str:
    blocked = [lot for lot in left if lot.on_hand_thousandths > 0]
    if not blocked:
        return OUT_OF_STOCK
    return ONLY_EXPIRED if all(lot.is_expired(on_date) for lot in blocked) else ONLY_HELD


def flags_of(issue: Issue) -> list[str]:
    """Return why this lot should not have been used, in the ledger's words."""
    return [FLAGS[flag] for flag in issue.flags]
