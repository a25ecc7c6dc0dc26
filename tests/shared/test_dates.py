"""A date is a day of the calendar, and today is the clinic's own."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.dates import business_date, parse_date


def test_an_iso_date_is_read() -> None:
    assert parse_date("2026-02-28") == date(2026, 2, 28)
    assert parse_date("2000-01-01") == date(2000, 1, 1)
    assert parse_date("2100-12-31") == date(2100, 12, 31)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("20240230", "year-month-day"),
        ("2024-W01-1", "year-month-day"),
        ("12/11/26", "year-month-day"),
        ("2026-2-8", "year-month-day"),
        ("2026-02-28\n", "year-month-day"),
        ("2026-02-28T00:00", "year-month-day"),
        ("٢٠٢٦-٠٢-٢٨", "year-month-day"),
        ("10000-01-01", "year-month-day"),
        ("", "year-month-day"),
        (20260228, "year-month-day"),
        (None, "year-month-day"),
        ("0000-00-00", "not a day"),
        ("2026-02-30", "not a day"),
        ("2025-02-29", "not a day"),
        ("0001-01-01", "between 2000 and 2100"),
        ("1999-12-31", "between 2000 and 2100"),
        ("2101-01-01", "between 2000 and 2100"),
        ("9999-12-31", "between 2000 and 2100"),
    ],
)
def test_anything_else_is_refused_in_words(text: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_date(text)  # type: ignore[arg-type]


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_of_the_century_is_read_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day


def test_the_business_day_is_the_one_on_the_wall_of_the_clinic() -> None:
    late_evening_in_new_york = datetime(2026, 3, 1, 4, 59, tzinfo=UTC)

    assert business_date(late_evening_in_new_york, "America/New_York") == date(2026, 2, 28)
    assert business_date(late_evening_in_new_york + timedelta(minutes=1), "America/New_York") == date(
        2026, 3, 1
    )
    assert business_date(late_evening_in_new_york, "UTC") == date(2026, 3, 1)
    assert business_date(datetime(2026, 2, 28, 11, 0, tzinfo=UTC), "Pacific/Auckland") == date(2026, 3, 1)


def test_the_business_day_follows_daylight_saving() -> None:
    # New York is four hours behind UTC in July, five in January.
    assert business_date(datetime(2026, 7, 2, 4, 0, tzinfo=UTC), "America/New_York") == date(2026, 7, 2)
    assert business_date(datetime(2026, 1, 2, 4, 0, tzinfo=UTC), "America/New_York") == date(2026, 1, 1)


def test_any_aware_time_is_understood() -> None:
    tokyo = timezone(timedelta(hours=9))

    assert business_date(datetime(2026, 3, 1, 13, 0, tzinfo=tokyo), "America/New_York") == date(2026, 2, 28)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        business_date(datetime(2026, 3, 1), "UTC")  # noqa: DTZ001 - the naive time is the point


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "America", "a\x00b"]
)
def test_a_name_that_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        business_date(datetime(2026, 3, 1, tzinfo=UTC), name)
