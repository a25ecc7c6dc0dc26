"""The verifier verified: a green table means nothing unless each promise, broken, turns it red."""

from collections.abc import Mapping

import pytest

from suite.verify.across import ACROSS
from suite.verify.checking import BILLING, INVENTORY, verify
from suite.verify.each import EACH
from tests.suite.corruptions import CORRUPTIONS, Corruption
from tests.suite.drill import Drill


def _name(corruption: Corruption) -> str:
    return f"{corruption.breaks[0]}-{corruption.service}"


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=_name)
def test_a_corruption_is_reported_by_exactly_the_promises_it_breaks(
    drill: Drill, corruption: Corruption
) -> None:
    drill.spoil(corruption.service, corruption.statements)

    report = drill.verify()

    assert set(report.broken) == set(corruption.breaks)


def test_every_promise_has_a_corruption_that_breaks_it() -> None:
    promised = {promise.id for promise in (*BILLING, *INVENTORY, *EACH, *ACROSS)}

    broken_first = {corruption.breaks[0] for corruption in CORRUPTIONS}

    assert promised == broken_first


def test_what_compares_the_services_waits_while_an_event_is_on_its_way(drill: Drill) -> None:
    drill.spoil("billing", "UPDATE outbox SET sent_at = NULL WHERE seq = (SELECT max(seq) FROM outbox)")

    report = drill.verify()

    assert report.under_way == {"billing": 1, "inventory": 0}
    assert report.waiting == ["S12", "X2", "X3", "X5", "X8", "X9"]
    assert "X1" not in report.broken


def test_a_service_with_its_own_role_sees_every_clinics_rows(demo_clinic: Mapping[str, str]) -> None:
    report = verify(demo_clinic["BILLING_DATABASE_URL"], demo_clinic["INVENTORY_DATABASE_URL"])

    rows = {(finding.id, finding.where): finding.rows for finding in report.findings}
    assert rows["M15", "billing"] >= 2  # a series for each clinic
    assert rows["S1", "inventory"] > 40
    assert rows["M6", "billing"] > 300
