"""A payment equals what is owed, to the cent, and the change is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.payments.tenders import (
    TenderInput,
    TenderRefused,
    TendersDoNotCover,
    TendersExceed,
    settle,
)
from shared.money import MAX_CENTS, allocate


def cash(amount_cents: int, tendered_cents: int | None = None) -> TenderInput:
    return TenderInput("cash", amount_cents, tendered_cents)


def card(amount_cents: int) -> TenderInput:
    return TenderInput("card_external", amount_cents, card_brand="visa", card_last4="4242", reference="0017")


def test_280_dollars_cash_for_274_give_6_back() -> None:
    settlement = settle(27400, [cash(27400, 28000)])

    assert (settlement.paid_cents, settlement.change_cents) == (27400, 600)
    assert settlement.tenders == (cash(27400, 28000),)


def test_cash_without_a_figure_was_exact() -> None:
    assert settle(27400, [cash(27400)]).change_cents == 0


def test_a_payment_may_be_split_over_several_tenders() -> None:
    settlement = settle(27400, [card(20000), cash(5000, 6000), cash(400, 500), TenderInput("cheque", 2000)])

    assert (settlement.paid_cents, settlement.change_cents) == (27400, 1100)


def test_nothing_owed_needs_no_tender() -> None:
    settlement = settle(0, [])

    assert (settlement.tenders, settlement.paid_cents, settlement.change_cents) == ((), 0, 0)


def test_too_little_says_what_is_missing() -> None:
    with pytest.raises(TendersDoNotCover) as refusal:
        settle(27400, [cash(20000, 30000)])

    assert refusal.value.missing_cents == 7400


def test_no_tender_for_an_amount_says_that_all_is_missing() -> None:
    with pytest.raises(TendersDoNotCover) as refusal:
        settle(1, [])

    assert refusal.value.missing_cents == 1


@pytest.mark.parametrize(("total_cents", "excess_cents"), [(27300, 100), (0, 27400)])
def test_too_much_says_by_how_much(total_cents: int, excess_cents: int) -> None:
    with pytest.raises(TendersExceed) as refusal:
        settle(total_cents, [card(27400)])

    assert refusal.value.excess_cents == excess_cents


@pytest.mark.parametrize(
    ("tender", "field"),
    [
        (cash(0), "amount_cents"),
        (cash(-100), "amount_cents"),
        (cash(MAX_CENTS + 1), "amount_cents"),
        (cash(1000, 999), "tendered_cents"),
        (cash(1000, MAX_CENTS + 1), "tendered_cents"),
        (TenderInput("card_external", 1000, tendered_cents=1000), "tendered_cents"),
        (TenderInput("cheque", 1000, tendered_cents=2000), "tendered_cents"),
        (TenderInput("cash", 1000, card_brand="visa"), "card_brand"),
        (TenderInput("cheque", 1000, card_last4="4242"), "card_last4"),
        (TenderInput("card_external", 1000, card_last4="42"), "card_last4"),
        (TenderInput("card_external", 1000, card_last4="42424"), "card_last4"),
        (TenderInput("card_external", 1000, card_last4="٤٢٤٢"), "card_last4"),
        (TenderInput("card_external", 1000, card_last4="4242\n"), "card_last4"),
        (TenderInput("card_external", 1000, reference="4242424242424242"), "reference"),
        (TenderInput("card_external", 1000, reference="card 4242 4242 4242 4242 ok"), "reference"),
        (TenderInput("cheque", 1000, reference="3782-822463-10005"), "reference"),
    ],
)
def test_a_tender_that_makes_no_sense_is_named_with_its_field(tender: TenderInput, field: str) -> None:
    with pytest.raises(TenderRefused) as refusal:
        settle(2000, [cash(1000), tender])

    assert (refusal.value.index, refusal.value.field) == (1, field)
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize(
    "reference", ["", "auth 004217", "cheque 1042", "4242424242424241", "2026-03-01 17:20"]
)
def test_an_ordinary_reference_is_kept(reference: str) -> None:
    settlement = settle(1000, [TenderInput("card_external", 1000, reference=reference)])

    assert settlement.tenders[0].reference == reference


@given(
    total_cents=st.integers(1, 10_000_000),
    weights=st.lists(st.integers(1, 100), min_size=1, max_size=6),
    extra=st.lists(st.integers(0, 5_000), min_size=6, max_size=6),
)
def test_what_is_handed_over_is_the_total_plus_the_change(
    total_cents: int, weights: list[int], extra: list[int]
) -> None:
    amounts = [amount for amount in allocate(total_cents, weights) if amount]
    tenders = [cash(amount, amount + more) for amount, more in zip(amounts, extra, strict=False)]

    settlement = settle(total_cents, tenders)

    assert settlement.paid_cents == total_cents
    assert sum(tender.tendered_cents or 0 for tender in tenders) == total_cents + settlement.change_cents
