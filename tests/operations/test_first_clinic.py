"""The guide's way to open the first clinic: its SQL and its commands work on empty databases."""

import re
from datetime import date

from services.billing.charges import service
from suite.environment import ROOT
from tests.databases import Databases

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_after_the_sql_of_the_guide_the_clinic_has_prices_and_tax(databases: Databases) -> None:
    databases.billing.empty()
    (statements,) = re.findall(r"```sql\n(INSERT .*?)```", GUIDE, re.DOTALL)

    databases.billing.execute_as_superuser(statements)

    with databases.billing.app.reading(["main"]) as session:
        found = service.price_list(session, clinic_id="main", on_date=date(2026, 6, 1))
    assert [(charge.code, charge.unit_cents, charge.rate_ppm) for charge in found] == [
        ("microneedling-face", 19900, 0),
        ("microneedling-neck", 7500, 0),
        ("aftercare-serum", 4500, 63500),
    ]


def test_the_query_of_the_guide_shows_what_waits(databases: Databases) -> None:
    databases.billing.empty()
    (query,) = re.findall(r"```sql\n\s*(SELECT .*?);\s*```", GUIDE, re.DOTALL)

    assert databases.billing.rows(query) == []
