"""The screening list is complete, and only a flag of it is kept."""

from collections import Counter

from services.billing.visits.screening import SCREENING_ANSWERS, SCREENING_LIST


def test_the_list_runs_from_c01_to_c14_without_a_gap() -> None:
    assert [item.code for item in SCREENING_LIST] == [f"C{number:02d}" for number in range(1, 15)]


def test_each_condition_has_the_severity_of_the_source() -> None:
    by_severity = Counter(item.severity for item in SCREENING_LIST)

    assert by_severity == {"stop": 10, "postpone": 2, "caution": 2}
    assert [item.code for item in SCREENING_LIST if item.severity == "postpone"] == ["C07", "C08"]
    assert [item.code for item in SCREENING_LIST if item.severity == "caution"] == ["C13", "C14"]


def test_the_answer_is_yes_no_or_ask_and_never_a_condition() -> None:
    assert SCREENING_ANSWERS == ("yes", "no", "ask")
