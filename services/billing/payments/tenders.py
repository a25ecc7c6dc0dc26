"""How a visit is paid: cash with change, a card at the external terminal, a cheque, or several of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.money import MAX_CENTS

TenderKind = Literal["cash", "card_external", "cheque"]
CARD: TenderKind = "card_external"

_LAST_FOUR = re.compile(r"[0-9]{4}")
_LONG_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){12,18}")


class TendersDoNotCover(Exception):
    """The tenders come to less than the total. `missing_cents` is what is still to be paid."""

    def __init__(self, missing_cents: int) -> None:
        super().__init__(f"{missing_cents} cents are still to be paid.")
        self.missing_cents = missing_cents


class TendersExceed(Exception):
    """The tenders come to more than the total. `excess_cents` is what nobody owes."""

    def __init__(self, excess_cents: int) -> None:
        super().__init__(f"{excess_cents} cents more than the total.")
        self.excess_cents = excess_cents


class TenderRefused(Exception):
    """One tender makes no sense by itself: its place, the field, and a sentence for the person."""

    def __init__(self, index: int, field: str, detail: str) -> None:
        super().__init__(f"Tender {index}, {field}: {detail}")
        self.index = index
        self.field = field
        self.detail = detail


@dataclass(frozen=True, slots=True)
class TenderInput:
    """Part of a payment. `amount_cents` goes to the invoice; `tendered_cents` is the cash put on the desk."""

    kind: TenderKind
    amount_cents: int
    tendered_cents: int | None = None
    card_brand: str | None = None
    card_last4: str | None = None
    reference: str | None = None

    @property
    def change_cents(self) -> int:
        """What goes back over the desk: cash tendered beyond the amount; cash without a figure was exact."""
        return 0 if self.tendered_cents is None else self.tendered_cents - self.amount_cents


@dataclass(frozen=True, slots=True)
class Settlement:
    """The tenders that pay an invoice exactly, and the change due."""

    tenders: tuple[TenderInput, ...]
    paid_cents: int
    change_cents: int


def settle(total_cents: int, tenders: Sequence[TenderInput]) -> Settlement:
    """Accept tenders whose amounts equal the total exactly; nothing owed needs no tender.

    Raises TenderRefused for a tender that makes no sense, TendersDoNotCover or TendersExceed for the sum.
    """
    for index, tender in enumerate(tenders):
        _check(index, tender)
    paid_cents = sum(tender.amount_cents for tender in tenders)
    if paid_cents < total_cents:
        raise TendersDoNotCover(total_cents - paid_cents)
    if paid_cents > total_cents:
        raise TendersExceed(paid_cents - total_cents)
    return Settlement(tuple(tenders), paid_cents, sum(tender.change_cents for tender in tenders))


def _check(index: int, tender: TenderInput) -> None:
    if not 1 <= tender.amount_cents <= MAX_CENTS:
        raise TenderRefused(index, "amount_cents", "A payment must be an amount above zero.")
    _check_cash(index, tender)
    _check_card(index, tender)
    if tender.reference is not None and _looks_like_a_card_number(tender.reference):
        raise TenderRefused(index, "reference", "Never write a whole card number here.")


def _check_cash(index: int, tender: TenderInput) -> None:
    if tender.tendered_cents is None:
        return
    if tender.kind != "cash":
        raise TenderRefused(index, "tendered_cents", "Only cash is handed over with change to give back.")
    if tender.tendered_cents < tender.amount_cents:
        raise TenderRefused(index, "tendered_cents", "The cash handed over is less than the amount.")
    if tender.tendered_cents > MAX_CENTS:
        raise TenderRefused(index, "tendered_cents", "That is more cash than a desk can hold.")


def _check_card(index: int, tender: TenderInput) -> None:
    for field, given in (("card_brand", tender.card_brand), ("card_last4", tender.card_last4)):
        if given is not None and tender.kind != CARD:
            raise TenderRefused(index, field, "Only a card has a brand and last digits.")
    if tender.card_last4 is not None and _LAST_FOUR.fullmatch(tender.card_last4) is None:
        raise TenderRefused(index, "card_last4", "Write the last four digits of the card.")


def _looks_like_a_card_number(text: str) -> bool:
    """13 to 19 digits that pass the card check digit: the one thing this suite must never keep."""
    for candidate in _LONG_NUMBER.finditer(text):
        digits = [int(digit) for digit in candidate.group() if digit.isdigit()]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0:
            return True
    return False
