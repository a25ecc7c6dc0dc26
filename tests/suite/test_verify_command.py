"""`python -m suite verify`, as the accountant runs it."""

from collections.abc import Mapping

import pytest
from click.testing import CliRunner, Result

from suite.demo import command as demo_command
from suite.verify import command
from tests.suite.drill import Drill


def _run(monkeypatch: pytest.MonkeyPatch, addresses: Mapping[str, str]) -> Result:
    monkeypatch.setenv("COLUMNS", "160")
    for name, value in addresses.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(command)


def test_a_clean_house_gives_a_table_and_ends_well(
    monkeypatch: pytest.MonkeyPatch, demo_clinic: Mapping[str, str]
) -> None:
    result = _run(monkeypatch, demo_clinic)

    assert result.exit_code == 0, result.output
    assert "The books equal the shelves, to the cent, at every clinic" in result.output
    assert "none is broken." in result.output


def test_a_broken_promise_ends_with_one_and_shows_the_rows(
    monkeypatch: pytest.MonkeyPatch, demo_clinic: Mapping[str, str], drill: Drill
) -> None:
    skipped = "UPDATE invoice_series SET next_number = 9999 WHERE clinic_id = 'main'"
    spoiled = drill.spoiled_copy("billing", skipped)

    result = _run(monkeypatch, {**demo_clinic, "BILLING_DATABASE_URL": spoiled})

    assert result.exit_code == 1
    assert "M15 (billing): Invoice numbers have no gap" in result.output
    assert "next_number 9999" in result.output


def test_events_on_their_way_are_named_with_what_waits_for_them(
    monkeypatch: pytest.MonkeyPatch, demo_clinic: Mapping[str, str], drill: Drill
) -> None:
    unsent = "sent_at = NULL, occurred_at = now() WHERE seq = (SELECT max(seq) FROM outbox)"
    spoiled = drill.spoiled_copy("billing", f"UPDATE outbox SET {unsent}")

    result = _run(monkeypatch, {**demo_clinic, "BILLING_DATABASE_URL": spoiled})

    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Events were still on their way (1 from billing)" in said
    assert "Not judged until they have arrived: S12, X2, X3, X5, X8, X9." in said


def test_the_demo_command_refuses_a_house_with_clinics_in_one_line(
    monkeypatch: pytest.MonkeyPatch, demo_clinic: Mapping[str, str]
) -> None:
    for name, value in demo_clinic.items():
        monkeypatch.setenv(name, value)

    result = CliRunner().invoke(demo_command)

    assert "empty ones only" in str(result.exception)
