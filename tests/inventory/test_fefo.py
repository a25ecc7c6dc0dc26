"""The lot that expires first leaves first, and its value leaves with it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.usages.fefo import (
    Issue,
    LotOnShelf,
    Picks,
    issue_value,
    left_after,
    pick,
    pick_scanned,
)

TODAY = date(2026, 3, 1)
TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)


def lot(
    lot_id: str,
    expires_on: date | None = TOMORROW,
    on_hand: int = 10_000,
    value_cents: int = 1000,
    status: str = "available",
) -> LotOnShelf:
    return LotOnShelf(lot_id, lot_id.upper(), expires_on, status, on_hand, value_cents)


def test_the_lot_that_expires_first_leaves_first() -> None:
    picks = pick([lot("late", date(2027, 1, 1)), lot("early", date(2026, 4, 1))], 4_000, TODAY)

    assert picks == Picks((Issue("early", 4_000, 400),), 0)


def test_a_need_may_take_several_lots_and_the_last_of_one_takes_all_its_value() -> None:
    lots = [lot("b", date(2026, 5, 1), 10_000, 999), lot("a", date(2026, 4, 1), 3_000, 1000)]

    picks = pick(lots, 8_000, TODAY)

    # all 3 of a for 10.00; 5 of the 10 of b for 4.995, half up
    assert picks == Picks((Issue("a", 3_000, 1000), Issue("b", 5_000, 500)), 0)


def test_what_no_lot_covers_is_short() -> None:
    assert pick([lot("a", on_hand=3_000)], 8_000, TODAY) == Picks((Issue("a", 3_000, 1000),), 5_000)
    assert pick([], 1, TODAY) == Picks((), 1)


def test_a_lot_may_be_used_on_the_day_it_expires_and_not_on_the_next() -> None:
    assert pick([lot("a", TODAY)], 1_000, TODAY).short_thousandths == 0
    assert pick([lot("a", YESTERDAY)], 1_000, TODAY) == Picks((), 1_000)


@pytest.mark.parametrize("status", ["on_hold", "recalled", "closed", "", "AVAILABLE"])
def test_only_available_lots_are_picked(status: str) -> None:
    assert pick([lot("a", status=status)], 1_000, TODAY) == Picks((), 1_000)


def test_a_lot_that_keeps_for_ever_leaves_last() -> None:
    picks = pick([lot("keeps", None), lot("late", date(2099, 12, 31))], 12_000, TODAY)

    assert [issue.lot_id for issue in picks.issues] == ["late", "keeps"]


def test_lots_of_one_expiry_leave_in_the_order_they_came() -> None:
    picks = pick([lot("second-by-name"), lot("first-by-name")], 11_000, TODAY)

    assert [issue.lot_id for issue in picks.issues] == ["second-by-name", "first-by-name"]


def test_an_empty_lot_is_passed_over() -> None:
    picks = pick([lot("empty", YESTERDAY, 0, 0), lot("none", TODAY, 0, 0), lot("full")], 1_000, TODAY)

    assert [issue.lot_id for issue in picks.issues] == ["full"]


def test_a_scanned_lot_is_taken_even_where_another_expires_first() -> None:
    assert pick_scanned(lot("scanned", date(2027, 1, 1)), 2_000, TODAY) == Picks(
        (Issue("scanned", 2_000, 200),), 0
    )


@pytest.mark.parametrize(
    ("expires_on", "status", "flags"),
    [
        (TOMORROW, "available", ()),
        (None, "available", ()),
        (TODAY, "available", ()),
        (YESTERDAY, "available", ("expired",)),
        (TOMORROW, "on_hold", ("on_hold",)),
        (YESTERDAY, "recalled", ("expired", "recalled")),
        (YESTERDAY, "expired", ("expired",)),
    ],
)
def test_a_scanned_lot_says_why_it_should_not_have_been_used(
    expires_on: date | None, status: str, flags: tuple[str, ...]
) -> None:
    (issue,) = pick_scanned(lot("a", expires_on, status=status), 1_000, TODAY).issues

    assert issue.flags == flags


def test_what_a_scanned_lot_does_not_hold_is_short_and_taken_from_no_other() -> None:
    assert pick_scanned(lot("a", on_hand=400), 1_000, TODAY) == Picks((Issue("a", 400, 1000),), 600)
    assert pick_scanned(lot("a", on_hand=0, value_cents=0), 1_000, TODAY) == Picks((), 1_000)


@pytest.mark.parametrize("needed", [0, -1])
def test_a_need_of_nothing_is_refused(needed: int) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        pick([lot("a")], needed, TODAY)
    with pytest.raises(ValueError, match="more than nothing"):
        pick_scanned(lot("a"), needed, TODAY)


@pytest.mark.parametrize(("on_hand", "quantity"), [(10, 0), (10, -1), (10, 11), (0, 0), (0, 1)])
def test_an_issue_beyond_the_stock_has_no_value(on_hand: int, quantity: int) -> None:
    with pytest.raises(ValueError, match="issue"):
        issue_value(100, on_hand, quantity)


def test_a_lot_is_never_worth_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="worth"):
        issue_value(-1, 10, 1)


def test_taking_more_than_a_lot_held_is_refused() -> None:
    with pytest.raises(ValueError, match="than the lot held"):
        left_after([lot("a", on_hand=1)], [Issue("a", 1, 0), Issue("a", 1, 0)])


def test_issues_of_other_lots_leave_these_as_they_are() -> None:
    assert left_after([lot("a")], [Issue("b", 1_000, 1)]) == [lot("a")]


shelves = st.lists(
    st.builds(
        LotOnShelf,
        lot_id=st.uuids().map(str),
        code=st.just("L"),
        expires_on=st.none() | st.dates(date(2026, 2, 1), date(2026, 4, 1)),
        status=st.sampled_from(["available", "available", "on_hold"]),
        on_hand_thousandths=st.integers(0, 50_000),
        value_cents=st.integers(0, 1_000_000),
    ),
    max_size=8,
    unique_by=lambda one: one.lot_id,
)


@given(value=st.integers(0, 10**9), on_hand=st.integers(1, 200), data=st.data())
def test_the_value_of_a_lot_reaches_zero_exactly_with_its_stock(
    value: int, on_hand: int, data: st.DataObject
) -> None:
    while on_hand:
        quantity = data.draw(st.integers(1, on_hand))
        issued = issue_value(value, on_hand, quantity)
        assert 0 <= issued <= value
        value, on_hand = value - issued, on_hand - quantity

    assert value == 0


@given(lots=shelves, needed=st.integers(1, 200_000))
def test_a_need_is_covered_or_short_and_goods_and_value_are_conserved(
    lots: list[LotOnShelf], needed: int
) -> None:
    picks = pick(lots, needed, TODAY)
    left = left_after(lots, picks.issues)

    assert sum(issue.quantity_thousandths for issue in picks.issues) + picks.short_thousandths == needed
    assert sum(one.value_cents for one in lots) == sum(one.value_cents for one in left) + sum(
        issue.value_cents for issue in picks.issues
    )
    usable = [one for one in left if one.status == "available" and not one.is_expired(TODAY)]
    if picks.short_thousandths:
        assert all(one.on_hand_thousandths == 0 for one in usable)


@given(lots=shelves, needed=st.integers(1, 200_000))
def test_nothing_is_taken_while_an_earlier_expiry_is_left(lots: list[LotOnShelf], needed: int) -> None:
    picks = pick(lots, needed, TODAY)
    taken = {issue.lot_id for issue in picks.issues}
    left = left_after(lots, picks.issues)

    latest_taken = max((one.expires_on or date.max for one in lots if one.lot_id in taken), default=None)
    for one in left:
        if latest_taken and one.status == "available" and not one.is_expired(TODAY):
            assert one.on_hand_thousandths == 0 or (one.expires_on or date.max) >= latest_taken
