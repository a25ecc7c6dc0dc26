"""Two services as they really run beside each other: a port each, and relays that carry events."""

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from services.billing.app import create_app as create_billing
from services.inventory.app import create_app as create_inventory
from services.inventory.clinics import create_clinic
from services.inventory.items.service import create_item
from services.inventory.recipes.service import Ingredient, write_recipe
from shared.auth.tokens import Actor
from shared.clock import utc_now
from shared.db import EVERY_CLINIC
from shared.events.relay import Relay
from shared.events.worker import build_relay
from shared.quantities import parse_quantity
from tests.billing.house import LONG_AGO, face_and_neck, new_patient
from tests.billing.house import furnish as furnish_billing
from tests.cast import DORA, MARA
from tests.clients import Client, Clients
from tests.databases import Databases
from tests.inventory.house import (
    AFTERCARE,
    CARTRIDGE,
    CREAM,
    DEFAULTS,
    ITEMS,
    RECIPES,
    SERUM,
    SHEATH,
    some_key,
)
from tests.settings import settings_for

TIME_ZONE = "America/New_York"
STOCK = (
    (CARTRIDGE, "10", 9500),
    (SHEATH, "10", 870),
    (CREAM, "100", 1333),
    (SERUM, "50", 2411),
    (AFTERCARE, "5", 9100),
)


def furnish(databases: Databases) -> None:
    """Open the two clinics at both services. The shelves are empty."""
    furnish_billing(databases.billing.app)
    with databases.inventory.app.transaction(EVERY_CLINIC) as session:
        for clinic_id in ("main", "harbor"):
            create_clinic(session, clinic_id=clinic_id, name=clinic_id.title(), time_zone=TIME_ZONE)
        for sku, name, category, base_unit, more in ITEMS:
            item = {"sku": sku, "name": name, "category": category, "base_unit": base_unit}
            create_item(session, details={**DEFAULTS, **item, **more}, key=some_key(), now=utc_now())
        for charge, lines in RECIPES.items():
            write_recipe(
                session,
                charge_code=charge,
                effective_from=LONG_AGO,
                ingredients=[Ingredient(sku, basis, parse_quantity(qty)) for sku, basis, qty in lines],  # type: ignore[arg-type]
                written_by="tests",
                now=utc_now(),
            )


class Served:
    """One app behind a real socket."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.app.extensions["waker"].stop()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (the name it overrides)
        pass


class Suite:
    """Billing and inventory with their people and their relays."""

    def __init__(self, databases: Databases, keys_dir: Path) -> None:
        self.databases = databases
        self.keys_dir = keys_dir
        self._served = {
            "billing": Served(create_billing(self._settings("billing"), databases.billing.app)),
            "inventory": Served(create_inventory(self._settings("inventory"), databases.inventory.app)),
        }
        self.billing = Clients(self._served["billing"].app, keys_dir)
        self.inventory = Clients(self._served["inventory"].app, keys_dir)

    def stop(self) -> None:
        for served in self._served.values():
            served.stop()

    def relay(self, sender: str, *, address: str | None = None) -> Relay:
        """Return the sender's relay to the other service, or to whatever answers at `address`."""
        destination = "inventory" if sender == "billing" else "billing"
        settings = self._settings(sender, **{f"{destination}_url": address or self._served[destination].url})
        return build_relay(settings, getattr(self.databases, sender).app, destination)

    def deliver(self) -> None:
        """Let the relays carry everything, there and back."""
        for sender in ("billing", "inventory"):
            # What was put off after a failure is due at once.
            getattr(self.databases, sender).execute_as_superuser(
                "UPDATE outbox SET next_attempt_at = now(), leased_until = NULL WHERE sent_at IS NULL"
            )
            self.relay(sender).drain()

    def desk(self, actor: Actor = DORA) -> Client:
        return self.billing.as_(actor)

    def check_out(self, actor: Actor = DORA, **changes: Any) -> dict[str, Any]:
        """Check a new patient out for face and neck, and return the answer."""
        patient_id = changes.pop("patient_id", None) or new_patient(self.desk())["patient_id"]
        answer = self.desk(actor).post("/v1/checkouts", face_and_neck(patient_id, **changes))
        assert answer.status_code == 201, answer.json
        told: dict[str, Any] = answer.json
        return told

    def receive(
        self, sku: str, lot: str, quantity: str, cost_cents: int, *, expires_in_days: int = 400
    ) -> UUID:
        """Let the manager receive goods at Main, and return the lot."""
        body = {"clinic_id": "main", "sku": sku, "lot": lot, "quantity": quantity, "cost_cents": cost_cents}
        expires_on = (date.today() + timedelta(days=expires_in_days)).isoformat()  # noqa: DTZ011 (days away)
        answer = self.inventory.as_(MARA).post("/v1/receipts", {**body, "expires_on": expires_on})
        assert answer.status_code == 201, answer.json
        return UUID(answer.json["lot_id"])

    def stock_up(self) -> None:
        """Fill the shelves of Main with one lot of everything, L1."""
        for sku, quantity, cost_cents in STOCK:
            self.receive(sku, "L1", quantity, cost_cents)

    def used(self, visit_id: str) -> dict[str, str]:
        """Return what left the shelves for a visit: quantity by sku and lot."""
        answer = self.inventory.as_(MARA).get(f"/v1/usages/{visit_id}")
        assert answer.status_code == 200, answer.json
        return {f"{supply['sku']} {supply['lot']}": supply["quantity"] for supply in answer.json["supplies"]}

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        """Return an invoice as the manager sees it."""
        answer = self.desk(MARA).get(f"/v1/invoices/{invoice_id}")
        assert answer.status_code == 200, answer.json
        shown: dict[str, Any] = answer.json
        return shown

    def _settings(self, service: str, **changes: object) -> Any:
        url = getattr(self.databases, service).app_url
        return settings_for(service, url, self.keys_dir, **changes)
