"""Billing and inventory, as the pages see them: named questions, asked on behalf of the person signed in."""

from urllib.parse import quote
from uuid import UUID

from flask import Flask, current_app

from services.portal.service_client import Document, ProblemFromService, Query, ServiceAway, ServiceClient
from services.portal.tokens import TokenCache
from shared.http import HttpClient
from shared.settings import Settings

__all__ = [
    "BillingClient",
    "Document",
    "InventoryClient",
    "ProblemFromService",
    "Query",
    "ServiceAway",
    "ServiceClient",
    "billing",
    "inventory",
]


class BillingClient(ServiceClient):
    """Patients, visits, checkout, invoices and the journal."""

    name = "billing"
    while_away = (
        "Patients, the till and invoices are away for a moment. What was taken is safe."
        " Stock can still be seen; repeat what you did last once this page is back."
    )

    def clinics(self) -> Document:
        return self.call("GET", "/v1/clinics")

    def screening(self) -> Document:
        return self.call("GET", "/v1/screening")

    def find_patients(self, **query: Query) -> Document:
        return self.call("GET", "/v1/patients", query=query)

    def create_patient(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/patients", body=body, idempotency_key=key)

    def patient(self, patient_id: UUID) -> Document:
        return self.call("GET", f"/v1/patients/{patient_id}")

    def change_patient(self, patient_id: UUID, changes: Document, *, version: int) -> Document:
        return self.call("PATCH", f"/v1/patients/{patient_id}", body=changes, if_match=version)

    def merge_patients(self, kept_id: UUID, duplicate_id: UUID) -> Document:
        return self.call("POST", f"/v1/patients/{kept_id}/merges", body={"duplicate_id": str(duplicate_id)})

    def charges(self, **query: Query) -> Document:
        return self.call("GET", "/v1/charges", query=query)

    def visits(self, **query: Query) -> Document:
        return self.call("GET", "/v1/visits", query=query)

    def open_visit(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/visits", body=body, idempotency_key=key)

    def visit(self, visit_id: UUID) -> Document:
        return self.call("GET", f"/v1/visits/{visit_id}")

    def change_visit(self, visit_id: UUID, changes: Document, *, version: int) -> Document:
        return self.call("PATCH", f"/v1/visits/{visit_id}", body=changes, if_match=version)

    def record_supplies(self, visit_id: UUID, body: Document, *, key: str) -> Document:
        return self.call("POST", f"/v1/visits/{visit_id}/supplies", body=body, idempotency_key=key)

    def remove_supply(self, visit_id: UUID, supply_id: UUID) -> None:
        self.call("DELETE", f"/v1/visits/{visit_id}/supplies/{supply_id}")

    def quote(self, body: Document) -> Document:
        return self.call("POST", "/v1/quotes", body=body)

    def check_out(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/checkouts", body=body, idempotency_key=key)

    def checkout_made(self, key: str, *, clinic_id: str) -> Document:
        """Return what the checkout under this key has made, for when its answer never came."""
        return self.call("GET", f"/v1/checkouts/{quote(key, safe='')}", query={"clinic_id": clinic_id})

    def invoices(self, **query: Query) -> Document:
        return self.call("GET", "/v1/invoices", query=query)

    def invoice(self, invoice_id: UUID) -> Document:
        return self.call("GET", f"/v1/invoices/{invoice_id}")

    def invoice_pdf(self, invoice_id: UUID) -> bytes:
        return self.fetch("GET", f"/v1/invoices/{invoice_id}.pdf").body

    def journal(self, **query: Query) -> Document:
        return self.call("GET", "/v1/journal", query=query)


class InventoryClient(ServiceClient):
    """Items, lots, receipts, stock and what visits took from it."""

    name = "inventory"
    while_away = (
        "Stock cannot be shown for a moment. Go on treating and taking payment:"
        " what visits use is booked as soon as stock is back."
    )

    def items(self, **query: Query) -> Document:
        return self.call("GET", "/v1/items", query=query)

    def create_item(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/items", body=body, idempotency_key=key)

    def recipes(self, **query: Query) -> Document:
        return self.call("GET", "/v1/recipes", query=query)

    def lots(self, **query: Query) -> Document:
        return self.call("GET", "/v1/lots", query=query)

    def create_lot(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/lots", body=body, idempotency_key=key)

    def lot(self, lot_id: UUID) -> Document:
        return self.call("GET", f"/v1/lots/{lot_id}")

    def change_lot(self, lot_id: UUID, changes: Document, *, version: int) -> Document:
        return self.call("PATCH", f"/v1/lots/{lot_id}", body=changes, if_match=version)

    def receive(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/receipts", body=body, idempotency_key=key)

    def stock(self, **query: Query) -> Document:
        return self.call("GET", "/v1/stock", query=query)

    def movements(self, **query: Query) -> Document:
        return self.call("GET", "/v1/movements", query=query)

    def reverse_movement(self, movement_id: UUID, body: Document, *, key: str) -> Document:
        return self.call("POST", f"/v1/movements/{movement_id}/reversals", body=body, idempotency_key=key)

    def usage(self, visit_id: UUID) -> Document:
        return self.call("GET", f"/v1/usages/{visit_id}")

    def shortages(self, **query: Query) -> Document:
        return self.call("GET", "/v1/shortages", query=query)

    def report_shortage(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/shortages", body=body, idempotency_key=key)

    def settle_shortage(self, shortage_id: UUID, body: Document, *, key: str) -> Document:
        return self.call("POST", f"/v1/shortages/{shortage_id}/settlements", body=body, idempotency_key=key)


def install(app: Flask, settings: Settings) -> None:
    """Connect the portal to its siblings; nothing is sent before a page asks."""
    app.extensions["tokens"] = TokenCache(app.extensions["keys"])
    app.extensions["billing"] = BillingClient(HttpClient(settings.billing_url))
    app.extensions["inventory"] = InventoryClient(HttpClient(settings.inventory_url))


def billing() -> BillingClient:
    """Return billing, speaking as the person signed in."""
    found: BillingClient = current_app.extensions["billing"]
    return found


def inventory() -> InventoryClient:
    """Return inventory, speaking as the person signed in."""
    found: InventoryClient = current_app.extensions["inventory"]
    return found
