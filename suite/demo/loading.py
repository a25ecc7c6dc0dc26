"""From empty databases to a clinic four months old, in the order in which it would have happened."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, text

from services.inventory.clinics import create_clinic
from shared.db import EVERY_CLINIC, Database
from suite.databases import variable
from suite.demo import catalogue, clinics, history, patients, staff, today
from suite.demo.house import Courier, House
from suite.errors import CannotStart
from suite.keys import SERVICES

# Accounts and catalogue are a little older than the first delivery.
_OPENED_DAYS_AGO = 130


def load_into(variables: Mapping[str, str], *, now: datetime) -> int:
    """Load the demo and return how many visits it has."""
    with _databases(variables) as databases:
        for database in databases.values():
            _refuse_filled(database)
        house = House(databases["portal"], databases["billing"], databases["inventory"], now)
        _furnish(house)
        with house.billing.transaction(EVERY_CLINIC) as session:
            known = patients.register(session, house)
        courier = Courier(house)
        visits = history.relive(house, known, courier) + today.begin(house, known, courier)
        courier.refuse_leftovers()
        return visits


def _furnish(house: House) -> None:
    opened = house.now - timedelta(days=_OPENED_DAYS_AGO)
    with house.portal.transaction(EVERY_CLINIC) as session:
        house.people = staff.hire(session, now=opened)
    with house.billing.transaction(EVERY_CLINIC) as session:
        clinics.open_at_billing(session)
        catalogue.set_prices(session, today=clinics.PLACES[0].today(house.now))
    with house.inventory.transaction(EVERY_CLINIC) as session:
        for place in clinics.PLACES:
            create_clinic(session, clinic_id=place.clinic_id, name=place.name, time_zone=place.time_zone)
        catalogue.list_items(session, house, now=opened)
        catalogue.write_recipes(session, house, now=opened)


@contextmanager
def _databases(variables: Mapping[str, str]) -> Iterator[dict[str, Database]]:
    opened = {
        service: Database(variables[variable(service)], pool_size=2, application_name="demo-loader")
        for service in SERVICES
    }
    for database in opened.values():
        # All of it is on disk before preparation notes, by a commit that does wait, that the demo is there.
        event.listen(database.engine, "connect", _do_not_wait_for_the_disk)
    try:
        yield opened
    finally:
        for database in opened.values():
            database.engine.dispose()


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    connection.execute("SET synchronous_commit = off")
    connection.autocommit = False


def _refuse_filled(database: Database) -> None:
    with database.reading(EVERY_CLINIC) as session:
        if session.execute(text("SELECT EXISTS (SELECT FROM clinics)")).scalar_one():
            raise CannotStart("The databases have clinics already: the demo is loaded into empty ones only.")
