"""What the patient takes home after a session."""

from datetime import date

import pytest

from services.billing.visits.aftercare import AFTERCARE_RULES, next_visit_window


@pytest.mark.parametrize(
    ("treated_on", "from_on", "to_on"),
    [
        (date(2026, 3, 1), date(2026, 3, 29), date(2026, 4, 12)),
        (date(2026, 12, 20), date(2027, 1, 17), date(2027, 1, 31)),
        (date(2028, 2, 1), date(2028, 2, 29), date(2028, 3, 14)),
    ],
)
def test_the_next_session_is_four_to_six_weeks_later(treated_on: date, from_on: date, to_on: date) -> None:
    assert next_visit_window(treated_on) == (from_on, to_on)


@pytest.mark.parametrize(
    ("subject", "duration"),
    [
        ("make-up", "rest of today"),
        ("Wash", "from tomorrow"),
        ("moisturizer", "dry"),
        ("sport", "48 hours"),
        ("retinol", "few days"),
        ("sun", "1 week"),
        ("pain relief", "as needed"),
    ],
)
def test_each_rule_of_aftercare_says_for_how_long(subject: str, duration: str) -> None:
    matching = [rule for rule in AFTERCARE_RULES if subject in rule.rule]

    assert [duration in rule.duration for rule in matching] == [True]
