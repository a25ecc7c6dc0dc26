"""The APIs as somebody hostile finds them: doors, something of value behind each, what is stored."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from services.billing.app import create_app as create_billing
from services.inventory.app import create_app as create_inventory
from shared.auth.decorators import Access
from shared.auth.permissions import Role
from shared.auth.tokens import SERVICE, STAFF, Actor
from shared.db import libpq_address
from shared.errors import PROBLEM
from shared.events.cloud import CONTENT_TYPE
from tests.billing import house as billing_house
from tests.cast import ABEL, CLEO, DORA, MARA, OLGA
from tests.clients import Client, Clients
from tests.databases import Databases, ServiceDatabase
from tests.inventory import house as inventory_house
from tests.settings import settings_for

APIS = ("billing", "inventory")
SIBLING = {"billing": "inventory", "inventory": "billing"}
BY_ROLE = {
    Role.FRONT_DESK: DORA,
    Role.CLINICIAN: CLEO,
    Role.MANAGER: MARA,
    Role.ACCOUNTANT: ABEL,
    Role.OWNER: OLGA,
}
# What a route cannot do without, besides its path.
NEEDED_QUERY = {"/v1/checkouts/<string:key>": "?clinic_id=main"}
_CREATE = {"billing": create_billing, "inventory": create_inventory}
_INSIDE = re.compile(
    r"Traceback|File \"|\.py\b|psycopg|sqlalchemy|SELECT |INSERT |UPDATE |DETAIL:|site-packages|werkzeug",
    re.IGNORECASE,
)


@dataclass
class Door:
    """One API, and the ids of what lies behind it at the clinic Main."""

    service: str
    clients: Clients
    database: ServiceDatabase
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        return self.clients.app

    @property
    def owner(self) -> Client:
        return self.clients.as_(OLGA)

    def stored(self) -> dict[str, tuple[int, str]]:
        """Return the number of rows of each table and a digest of them, past every wall."""
        with psycopg.connect(libpq_address(self.database.superuser_url)) as connection:
            tables = [
                row[0]
                for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ]
            digest = "coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
            one = f"SELECT '{{0}}', count(*), {digest} FROM {{0}} t"
            rows = connection.execute(" UNION ALL ".join(one.format(table) for table in sorted(tables)))
            return {name: (count, digest) for name, count, digest in rows}


@contextmanager
def opened(service: str, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    """Open one API on a furnished database with something in it at Main."""
    database: ServiceDatabase = getattr(databases, service)
    database.empty()
    house = billing_house if service == "billing" else inventory_house
    house.furnish(database.app)
    app = _CREATE[service](settings_for(service, database.app_url, keys_dir), database.app)
    door = Door(service, Clients(app, keys_dir), database)
    try:
        door.ids = _fill_billing(door.owner) if service == "billing" else _fill_inventory(door.clients)
        yield door
    finally:
        app.extensions["waker"].stop()


def _fill_billing(olga: Client) -> dict[str, str]:
    """Patients, a visit with something scanned into it, and an invoice."""
    ids = {
        "patient_id": billing_house.new_patient(olga)["patient_id"],
        "duplicate_id": billing_house.new_patient(olga, given_name="Mary")["patient_id"],
    }
    visit = _made(olga.post("/v1/visits", {"clinic_id": "main", "patient_id": ids["patient_id"]}))
    supplies = _made(
        olga.post(
            f"/v1/visits/{visit['visit_id']}/supplies", {"supplies": [{"sku": "CREAM-30", "quantity": "8.5"}]}
        )
    )
    key = uuid4().hex
    sale = _made(olga.post("/v1/checkouts", billing_house.face_and_neck(ids["patient_id"]), key=key))
    return {
        **ids,
        "key": key,
        "visit_id": visit["visit_id"],
        "supply_id": supplies["supplies"][0]["supply_id"],
        "invoice_id": sale["invoice"]["id"],
        "done_visit_id": sale["visit_id"],
    }


def _fill_inventory(clients: Clients) -> dict[str, str]:
    """A lot with a receipt, a usage of it, another that nothing was taken from, and a shortage."""
    olga = clients.as_(OLGA)
    receipt = _made(olga.post("/v1/receipts", {**RECEIPT, "lot": "A1"}))
    untouched = _made(olga.post("/v1/receipts", {**RECEIPT, "sku": inventory_house.AFTERCARE, "lot": "R1"}))
    shortage = _made(
        olga.post(
            "/v1/shortages",
            {"clinic_id": "main", "sku": inventory_house.SERUM, "quantity": "2", "note": "spilt"},
        )
    )
    event = inventory_house.usage(inventory_house.FACE)
    told = clients.as_service("billing").post(
        "/v1/events", [event.to_wire()], key=None, content_type=CONTENT_TYPE
    )
    assert told.json["results"][0]["status"] == "applied", told.json
    return {
        "lot_id": receipt["lot_id"],
        "movement_id": untouched["movement_id"],
        "receipt_id": receipt["receipt_id"],
        "shortage_id": shortage["shortage_id"],
        "visit_id": str(event.subject),
    }


RECEIPT = {
    "clinic_id": "main",
    "sku": inventory_house.SERUM,
    "expires_on": "2027-06-30",
    "quantity": "100",
    "cost_cents": 12345,
}


def _made(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def rules(app: Flask) -> list[tuple[str, Rule, Access]]:
    """Return every way in: method, rule, and what the route asks of the caller."""
    found = []
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        assert isinstance(access, Access), f"{rule.rule} names no permission"
        found += [(method, rule, access) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def path_of(rule: Rule, ids: dict[str, str]) -> str:
    """Return a path for a rule, with known ids where there are some and unknown ones elsewhere."""
    path = re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", lambda found: _part(found[1], found[2], ids), rule.rule
    )
    return path + NEEDED_QUERY.get(rule.rule, "")


def _part(converter: str | None, name: str, ids: dict[str, str]) -> str:
    return ids.get(name, str(uuid4()) if converter == "uuid" else "some-key")


def flaw_of(answer: TestResponse, *statuses: int) -> str:
    """Say what is wrong with a refusal, or nothing: a problem document that tells nothing of the inside."""
    if answer.status_code >= 500 or answer.status_code not in (statuses or (400, 404, 409, 413, 415, 422)):
        return f"answered {answer.status_code}: {answer.text[:200]}"
    if answer.content_type != PROBLEM:
        return f"{answer.status_code} is {answer.content_type}"
    body = answer.json
    if (
        set(body) < {"type", "title", "status", "detail", "instance", "request_id"}
        or body["status"] != answer.status_code
    ):
        return f"not a whole problem document: {sorted(body)}"
    if inside := _INSIDE.search(answer.text):
        return f"tells of the inside: {inside[0]!r} in {answer.text[:300]}"
    return ""


def guarded(door: Door) -> list[tuple[str, Rule, Access]]:
    """Return the ways in that ask who is there."""
    return [
        (method, rule, access) for method, rule, access in rules(door.app) if access.kind in {STAFF, SERVICE}
    ]


def call(client: Client, method: str, path: str) -> TestResponse:
    """Send nothing: whoever may come in is told what is missing, everybody else is stopped before."""
    return client._send(method, path, headers={"Idempotency-Key": uuid4().hex})


def may(actor: Actor, access: Access) -> bool:
    """Tell whether a route is meant for this person."""
    return access.kind == STAFF and (access.permission is None or access.permission in actor.permissions)
