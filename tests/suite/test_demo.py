"""The demo clinic: real input, whole and clean."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from services.billing.patients.search_terms import fold
from shared.auth.passwords import matches
from shared.db import libpq_address
from suite import demo
from suite.cluster import Cluster
from suite.demo.password import PASSWORD
from suite.errors import CannotStart
from suite.verify.checking import verify


@pytest.fixture(scope="module")
def ask(cluster: Cluster, demo_clinic: Mapping[str, str]) -> Any:
    """Read what is stored in one of the demo's databases."""

    def rows(service: str, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(libpq_address(cluster.admin_url(f"demo_{service}"))) as connection:
            return connection.execute(statement).fetchall()

    return rows


def test_the_demo_keeps_every_promise_and_leaves_nothing_on_its_way(demo_clinic: Mapping[str, str]) -> None:
    report = verify(demo_clinic["BILLING_DATABASE_URL"], demo_clinic["INVENTORY_DATABASE_URL"])

    assert report.broken == {}
    assert report.under_way == {"billing": 0, "inventory": 0}


def test_it_is_loaded_only_into_empty_databases(demo_clinic: Mapping[str, str]) -> None:
    with pytest.raises(CannotStart, match="empty"):
        demo.load(demo_clinic)


def test_it_is_never_loaded_in_production(demo_clinic: Mapping[str, str]) -> None:
    with pytest.raises(CannotStart, match="password is public"):
        demo.load({**demo_clinic, "CLINIC_ENV": "production"})


def test_the_five_accounts_have_the_demo_password_and_their_clinics(ask: Any) -> None:
    accounts = {
        email: (role, clinics)
        for email, role, clinics in ask(
            "portal",
            "SELECT email, role, array_agg(clinic_id ORDER BY clinic_id)"
            " FROM staff JOIN staff_roles USING (staff_id) JOIN staff_clinics USING (staff_id)"
            " WHERE active AND NOT must_change_password GROUP BY 1, 2",
        )
    }

    assert accounts["desk@demo.clinic"] == ("front_desk", ["main"])
    assert accounts["clinician@demo.clinic"] == ("clinician", ["main"])
    assert accounts["manager@demo.clinic"] == ("manager", ["main"])
    assert accounts["accountant@demo.clinic"] == ("accountant", ["main"])
    assert accounts["owner@demo.clinic"] == ("owner", ["harbor", "main"])
    assert matches(ask("portal", "SELECT password_hash FROM staff LIMIT 1")[0][0], PASSWORD)


def test_the_treatments_cost_what_the_source_documents_say(ask: Any) -> None:
    prices = dict(
        ask(
            "billing",
            "SELECT DISTINCT ON (charge_code) charge_code, unit_cents FROM prices WHERE clinic_id = 'main'"
            " ORDER BY charge_code, effective_from DESC",
        )
    )
    minutes = dict(ask("billing", "SELECT code, duration_minutes FROM charges WHERE kind = 'treatment'"))

    assert prices["microneedling-face"] == 19900
    assert prices["microneedling-neck"] == 7500
    assert prices["microneedling-chest"] == 19900
    assert minutes == {"microneedling-face": 45, "microneedling-neck": 30, "microneedling-chest": 60}


def test_months_of_visits_lie_behind_it_and_nothing_ahead(ask: Any) -> None:
    done, first, latest = ask("billing", "SELECT count(*), min(issued_at), max(issued_at) FROM invoices")[0]

    assert 300 <= done <= 420
    assert (datetime.now(UTC) - first).days >= 115
    assert latest <= datetime.now(UTC)


def test_today_somebody_is_in_every_stage(ask: Any) -> None:
    latest = "(SELECT max(visit_on) FROM visits WHERE clinic_id = 'main')"
    stages = ask(
        "billing", f"SELECT DISTINCT status FROM visits WHERE clinic_id = 'main' AND visit_on = {latest}"
    )

    assert {"expected", "arrived", "in_treatment", "to_pay", "done", "cancelled"} <= {
        row[0] for row in stages
    }


def test_patients_are_written_as_people_write_themselves_and_some_twice(ask: Any) -> None:
    names = ask("billing", "SELECT given_name, family_name, merged_into FROM patients")
    folded = [fold(f"{given} {family}") for given, family, _ in names]

    assert len(names) >= 60
    assert ("Siobhán", "O'Brien", None) in names
    assert any(ord(given[0]) > 0x3000 for given, _, _ in names)
    assert len(folded) - len(set(folded)) >= 2
    assert sum(merged is not None for *_, merged in names) == 1


def test_the_shelves_have_lots_that_expire_soon_are_expired_and_are_on_hold(ask: Any) -> None:
    shelf = ask(
        "inventory",
        "SELECT status, expires_on - current_date FROM lots"
        " WHERE on_hand_thousandths > 0 AND clinic_id = 'main'",
    )

    assert any(status == "hold" for status, _ in shelf)
    assert any(days < 0 for _, days in shelf)
    assert sum(0 <= days <= 35 for _, days in shelf) >= 2


def test_tretinoin_is_prescription_only_and_in_no_recipe(ask: Any) -> None:
    assert ask("inventory", "SELECT prescription_only FROM items WHERE sku = 'TRET-025'") == [(True,)]
    assert ask("inventory", "SELECT count(*) FROM recipe_items WHERE sku = 'TRET-025'") == [(0,)]


def test_one_shortage_was_settled_and_one_waits_for_the_manager(ask: Any) -> None:
    found = dict(ask("inventory", "SELECT cause, state FROM shortages WHERE clinic_id = 'main'"))

    assert found["out-of-stock"] == "closed"
    assert found["unknown-lot"] == "open"
