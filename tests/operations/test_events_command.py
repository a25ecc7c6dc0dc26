"""`python -m suite events`: what was set aside can be seen, and sent again."""

from uuid import uuid4

from suite.events import parked, send_again
from tests.databases import Databases

PARK = """
    INSERT INTO outbox (id, clinic_id, type, subject, data, occurred_at, attempts, parked_at, last_error)
    VALUES ('{id}', 'main', 'supplies.used', '{subject}', '{{}}', now(), 8, {parked_at}, 'cannot be read')
"""


def addresses(databases: Databases) -> dict[str, str]:
    return {
        "BILLING_DATABASE_URL": databases.billing.app_url,
        "INVENTORY_DATABASE_URL": databases.inventory.app_url,
    }


def test_an_event_that_was_set_aside_is_listed_with_its_reason(databases: Databases) -> None:
    databases.empty()
    aside, waiting = uuid4(), uuid4()
    databases.billing.execute_as_superuser(PARK.format(id=aside, subject=uuid4(), parked_at="now()"))
    databases.billing.execute_as_superuser(PARK.format(id=waiting, subject=uuid4(), parked_at="NULL"))

    found = parked(addresses(databases))

    assert [(sender, row.id, row.last_error) for sender, row in found] == [
        ("billing", aside, "cannot be read")
    ]


def test_sending_it_again_makes_it_due_at_once_and_counts_from_nothing(databases: Databases) -> None:
    databases.empty()
    aside = uuid4()
    databases.inventory.execute_as_superuser(PARK.format(id=aside, subject=uuid4(), parked_at="now()"))

    assert send_again(addresses(databases), aside)

    due = "SELECT attempts FROM outbox WHERE parked_at IS NULL AND next_attempt_at <= now()"
    assert databases.inventory.value(due) == 0
    assert parked(addresses(databases)) == []
    assert not send_again(addresses(databases), aside)
    assert not send_again(addresses(databases), uuid4())
