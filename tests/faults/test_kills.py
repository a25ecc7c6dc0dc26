"""kill -9 at the worst moments of a checkout: nothing acknowledged is lost, nothing is done twice.

The numbers are those of the kill matrix: K1 to K4 in billing, K9 to K12 between the two services.
"""

import json
import threading
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

import pytest

from tests.billing.house import face_and_neck
from tests.cast import DORA, staff_token
from tests.faults.rig import Answer, Rig
from tests.faults.wire import TO_CLIENT, TO_SERVER, Trap
from tests.invariants import assert_books_and_shelves_agree


@dataclass(frozen=True)
class Moment:
    """When to kill: the number in the matrix, the trap, and what is there right afterwards (None: either)."""

    name: str
    trap: Trap
    already_there: int | None = None


class Till:
    """A desk that keeps its key until it has an answer."""

    def __init__(self, rig: Rig, keys_dir: Path) -> None:
        self._rig = rig
        self._keys_dir = keys_dir
        maria = {"clinic_id": "main", "given_name": "Maria", "family_name": "Lopez"}
        self.patient_id = json.loads(self._send("/v1/patients", maria, uuid4().hex).body)["patient_id"]

    def try_checkout(self, key: str) -> Answer | None:
        """Send a checkout once; None when the connection broke before an answer came."""
        try:
            return self._send("/v1/checkouts", face_and_neck(self.patient_id), key)
        except (OSError, HTTPException):
            return None

    def insist(self, key: str) -> Answer:
        """Send a checkout again and again with one key until it is acknowledged."""
        acknowledged: list[Answer] = []

        def accepted() -> bool:
            answer = self.try_checkout(key)
            if answer and answer.status == 201:
                acknowledged.append(answer)
            else:
                assert answer is None or answer.status == 503, answer
            return bool(acknowledged)

        self._rig.until(accepted, "the checkout is acknowledged")
        return acknowledged[0]

    def _send(self, path: str, body: object, key: str) -> Answer:
        token = staff_token(self._keys_dir, DORA)
        return self._rig.send("billing", "POST", path, token=token, body=json.dumps(body).encode(), key=key)


@pytest.fixture
def till(rig: Rig, keys_dir: Path) -> Till:
    return Till(rig, keys_dir)


def invoices_of(rig: Rig, key: str) -> int:
    count = rig.databases.billing.value("SELECT count(*) FROM invoices WHERE idempotency_key = :key", key=key)
    return int(str(count))


def assert_whole(rig: Rig) -> None:
    """Everything arrived once, numbers have no gap, and the books equal the shelves."""
    rig.until_quiet()
    numbers = [row[0] for row in rig.databases.billing.rows("SELECT number FROM invoices ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert_books_and_shelves_agree(rig.databases)


def cartridges_of(rig: Rig, sale: Answer) -> object:
    used = "SELECT count(*) FROM movements WHERE visit_id = :visit AND sku = 'CART-12'"
    return rig.databases.inventory.value(used, visit=json.loads(sale.body)["visit_id"])


@pytest.mark.parametrize(
    "moment",
    [
        Moment("K1: before anything is written", Trap(TO_SERVER, b"FROM charges", False), 0),
        Moment("K2: number taken, not committed", Trap(TO_SERVER, b"INSERT INTO invoice_series", True), 0),
        Moment("K2: all written, COMMIT not sent", Trap(TO_SERVER, b"COMMIT", False), 0),
        Moment("K3: COMMIT sent, perhaps not yet done", Trap(TO_SERVER, b"COMMIT", True)),
        Moment("K4: committed, not yet answered", Trap(TO_CLIENT, b"COMMIT\x00", False), 1),
    ],
    ids=lambda moment: moment.name,
)
def test_billing_killed_during_a_checkout(rig: Rig, till: Till, moment: Moment) -> None:
    key = uuid4().hex
    rig.database_wires["billing"].arm(moment.trap, lambda: rig.kill_workers("billing"))

    unanswered = till.try_checkout(key)

    assert unanswered is None
    assert rig.database_wires["billing"].sprung.is_set()
    if moment.already_there is not None:
        rig.until(lambda: invoices_of(rig, key) == moment.already_there, f"{moment.already_there} there")
    answer = till.insist(key)
    assert invoices_of(rig, key) == 1
    if moment.already_there is not None:
        assert (answer.headers.get("Idempotency-Hit") == "true") == bool(moment.already_there)
    assert_whole(rig)


@pytest.mark.parametrize(
    "moment",
    [
        Moment("K9: leased, not yet sent", Trap(TO_SERVER, b"POST /v1/events", False)),
        Moment("K10: arrived and applied, not yet marked", Trap(TO_CLIENT, b"HTTP/1.1 200", False)),
    ],
    ids=lambda moment: moment.name,
)
def test_the_relay_killed_around_a_delivery(rig: Rig, till: Till, moment: Moment) -> None:
    rig.relay_wire.arm(moment.trap, lambda: rig.kill("billing-worker"))

    sale = till.insist(uuid4().hex)
    assert rig.relay_wire.sprung.wait(20)
    rig.start_process("billing-worker")

    assert_whole(rig)
    assert cartridges_of(rig, sale) == 1


@pytest.mark.parametrize(
    "moment",
    [
        Moment("K11: written, COMMIT not sent", Trap(TO_SERVER, b"COMMIT", False)),
        Moment("K12: committed, not yet answered", Trap(TO_CLIENT, b"COMMIT\x00", False)),
    ],
    ids=lambda moment: moment.name,
)
def test_inventory_killed_while_it_takes_from_the_shelf(rig: Rig, till: Till, moment: Moment) -> None:
    # Inventory's relay commits on the same wire; only the web process is of interest here.
    rig.kill("inventory-worker")
    rig.database_wires["inventory"].arm(moment.trap, lambda: rig.kill_workers("inventory"))

    sale = till.insist(uuid4().hex)
    assert rig.database_wires["inventory"].sprung.wait(20)
    rig.start_process("inventory-worker")

    assert_whole(rig)
    assert cartridges_of(rig, sale) == 1


def test_anything_killed_at_any_moment_under_load(rig: Rig, keys_dir: Path) -> None:
    """Four desks work while one process after the other dies; every acknowledged sale is there, once."""
    keys: list[str] = []
    lock = threading.Lock()
    done = threading.Event()

    def desk() -> None:
        till = Till(rig, keys_dir)
        while not done.is_set():
            key = uuid4().hex
            till.insist(key)
            with lock:
                keys.append(key)

    desks = [threading.Thread(target=desk) for _ in range(4)]
    for thread in desks:
        thread.start()
    for victim in ("billing", "billing-worker", "inventory", "inventory-worker", "billing"):
        done.wait(0.7)
        rig.restart(victim)
        if not victim.endswith("-worker"):
            rig.until_ready(victim)
    done.set()
    for thread in desks:
        thread.join()

    assert len(keys) > 20
    assert_whole(rig)
    for key in keys:
        assert invoices_of(rig, key) == 1
