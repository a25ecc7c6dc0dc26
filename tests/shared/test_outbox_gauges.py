"""What /metrics says about events on their way."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from shared.db import Database
from tests.databases import Databases
from tests.settings import METRICS_TOKEN, settings_for

EVENT = """
    INSERT INTO outbox (id, clinic_id, type, subject, data, occurred_at, next_attempt_at, sent_at, parked_at)
    VALUES (gen_random_uuid(), 'main', 'told', gen_random_uuid(), '{{}}', now() - interval '{age} s',
            now() + interval '5 minutes', {sent_at}, {parked_at})
"""


def gauges(service: str, database: Database, keys_dir: Path, *, folder: str = "") -> dict[str, float]:
    """Scrape the service, and return its outbox gauges by name."""
    settings = settings_for(service, database.address, keys_dir, metrics_dir=folder)
    app = import_module(f"services.{service}.app").create_app(settings, database)
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    app.extensions["waker"].stop()
    assert answer.status_code == 200
    found = re.findall(r'^(clinic_outbox_\w+){service="(\w+)"} (\S+)$', answer.text, re.MULTILINE)
    assert {label for _, label, _ in found} <= {service}
    return {name: float(value) for name, _, value in found}


@pytest.mark.parametrize("service", ["billing", "inventory"])
def test_an_empty_outbox_is_zero_in_both_gauges(databases: Databases, keys_dir: Path, service: str) -> None:
    database = getattr(databases, service)
    database.empty()

    assert gauges(service, database.app, keys_dir) == {
        "clinic_outbox_oldest_seconds": 0,
        "clinic_outbox_parked": 0,
    }


@pytest.mark.parametrize("service", ["billing", "inventory"])
def test_the_oldest_waiting_event_and_the_parked_ones_are_told_with_several_processes(
    databases: Databases, keys_dir: Path, tmp_path: Path, service: str
) -> None:
    database = getattr(databases, service)
    database.empty()
    for age, sent_at, parked_at in (
        (120, "NULL", "NULL"),
        (30, "NULL", "NULL"),
        (7200, "now()", "NULL"),
        (3600, "NULL", "now()"),
        (3600, "NULL", "now()"),
    ):
        database.execute_as_superuser(EVENT.format(age=age, sent_at=sent_at, parked_at=parked_at))

    found = gauges(service, database.app, keys_dir, folder=str(tmp_path))

    assert 120 <= found["clinic_outbox_oldest_seconds"] < 180
    assert found["clinic_outbox_parked"] == 2


def test_without_its_database_a_service_still_answers_the_scrape(keys_dir: Path) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nowhere", pool_size=1)

    assert gauges("billing", away, keys_dir) == {}
