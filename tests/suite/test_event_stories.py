"""Events twice, out of order, poisoned, and carried by two at once: each has its effect exactly once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shared.events.cloud import CONTENT_TYPE
from tests.billing.house import new_patient
from tests.invariants import assert_books_and_shelves_agree
from tests.suite.house import Suite


def _outbox(suite: Suite) -> list[dict[str, Any]]:
    """Return what billing is about to send, as it would send it."""
    rows = suite.databases.billing.rows(
        "SELECT id, type, subject, clinic_id, occurred_at, data FROM outbox ORDER BY seq"
    )
    return [
        {
            "specversion": "1.0",
            "id": str(id_),
            "source": "/billing",
            "type": type_,
            "subject": str(subject),
            "clinicid": clinic_id,
            "time": occurred_at.isoformat(),  # type: ignore[attr-defined]
            "data": data,
        }
        for id_, type_, subject, clinic_id, occurred_at, data in rows
    ]


def _post(suite: Suite, events: list[dict[str, Any]]) -> list[str]:
    """Send events to inventory as billing, and return what became of each."""
    billing = suite.inventory.as_service("billing")
    answer = billing.post("/v1/events", events, content_type=CONTENT_TYPE, key=None)
    assert answer.status_code == 200, answer.json
    return [result["status"] for result in answer.json["results"]]


def test_doubles_and_the_wrong_order_change_nothing(suite: Suite) -> None:
    suite.stock_up()
    for _ in range(4):
        suite.check_out()
    events = _outbox(suite)

    backwards = _post(suite, list(reversed(events)))
    again = _post(suite, [events[2], events[0], events[2], events[3]])
    suite.deliver()

    assert backwards == ["applied"] * 4
    assert set(again) == {"duplicate"}
    assert suite.databases.inventory.value("SELECT count(*) FROM usages") == 4
    assert suite.databases.inventory.value("SELECT count(*) FROM movements WHERE kind = 'use'") == 16
    assert_books_and_shelves_agree(suite.databases)


def test_a_poisoned_event_is_parked_holds_up_only_its_own_visit_and_can_be_repaired(suite: Suite) -> None:
    suite.stock_up()
    poisoned, healthy = suite.check_out(), suite.check_out()
    billing = suite.databases.billing
    billing.execute_as_superuser(
        "UPDATE outbox SET data = jsonb_set(data, '{business_date}', '\"never\"')"
        f" WHERE subject = '{poisoned['visit_id']}';"
        "INSERT INTO outbox (id, clinic_id, type, subject, data, occurred_at)"
        " VALUES (gen_random_uuid(), 'main',"
        f" 'supplies.corrected', '{poisoned['visit_id']}', '{{}}', now())"
    )

    suite.deliver()

    parked = billing.rows("SELECT type, last_error FROM outbox WHERE parked_at IS NOT NULL")
    unsent = billing.rows("SELECT type FROM outbox WHERE sent_at IS NULL AND parked_at IS NULL")
    assert [row[0] for row in parked] == ["supplies.used"]
    assert "never" in str(parked[0][1]) or "year-month-day" in str(parked[0][1])
    assert unsent == [("supplies.corrected",)]
    assert len(suite.used(healthy["visit_id"])) == 4
    assert_books_and_shelves_agree(suite.databases, still_broken={"X7"})

    billing.execute_as_superuser(
        "DELETE FROM outbox WHERE type = 'supplies.corrected';"
        "UPDATE outbox SET parked_at = NULL,"
        " data = jsonb_set(data, '{business_date}', to_jsonb(current_date))"
        " WHERE parked_at IS NOT NULL"
    )
    suite.deliver()

    assert len(suite.used(poisoned["visit_id"])) == 4
    assert_books_and_shelves_agree(suite.databases)


def test_two_relays_at_once_carry_everything_exactly_once(suite: Suite) -> None:
    suite.stock_up()
    patient_id = new_patient(suite.desk())["patient_id"]
    with ThreadPoolExecutor(4) as desks:
        list(desks.map(lambda _: suite.check_out(patient_id=patient_id), range(40)))

    with ThreadPoolExecutor(2) as relays:
        carried = sum(relays.map(lambda _: suite.relay("billing").drain(), range(2)))
    suite.deliver()

    assert carried == 40
    assert suite.databases.inventory.value("SELECT count(*) FROM usages") == 40
    assert (
        suite.databases.inventory.value(
            "SELECT sum(on_hand_thousandths)::bigint FROM lots WHERE sku = 'NC-12'"
        )
        == 0
    )
    assert suite.databases.inventory.value("SELECT count(*) FROM shortages WHERE sku = 'NC-12'") == 30
    assert_books_and_shelves_agree(suite.databases)
