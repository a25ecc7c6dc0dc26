"""Billing and inventory, as the pages see them: named questions, asked on behalf of the person signed in."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote
from uuid import UUID

from flask import Flask, current_app, g

from services.portal.tokens import TokenCache, own_token
from shared.errors import AppError, FieldError
from shared.http import Answer, HttpClient, Unreachable
from shared.settings import Settings

Query = str | int | None
Document = dict[str, Any]


class ProblemFromService(AppError):
    """A sibling's refusal, in its own words."""

    def __init__(
        self, status: int, code: str, title: str, detail: str, errors: tuple[FieldError, ...] = ()
    ) -> None:
        super().__init__(detail, errors=errors)
        # Each refusal has the status and code of the sibling it came from.
        self.status, self.code, self.title = status, code, title  # type: ignore[misc]


class ServiceAway(AppError):
    """A sibling gave no usable answer. Whether it acted is unknown; the same key asks again safely."""

    status, code, title = 503, "service-away", "A part of the suite does not answer"


class ServiceClient:
    """One sibling service, spoken to with the token of the person signed in."""

    name: ClassVar[str]
    while_away: ClassVar[str]

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Query] | None = None,
        idempotency_key: str | None = None,
        if_match: int | None = None,
    ) -> Document:
        """Send one request and return the JSON object that came back.

        Raises:
            ProblemFromService: the sibling refused; status, code, words and fields are its own.
            ServiceAway: it gave no usable answer.
        """
        answer = self.fetch(
            method, path, body=body, query=query, idempotency_key=idempotency_key, if_match=if_match
        )
        if not answer.body:
            return {}
        try:
            document = answer.json()
        except Unreachable as garbage:
            raise self._away() from garbage
        if not isinstance(document, dict):
            raise self._away()
        return document

    def fetch(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Query] | None = None,
        idempotency_key: str | None = None,
        if_match: int | None = None,
    ) -> Answer:
        """As `call`, but return the answer as it came: for PDFs."""
        headers = {"X-Request-Id": g.get("request_id", "")}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            answer = self._http.send(
                method, path, token=own_token(), body=body, query=asked or None, headers=headers
            )
        except Unreachable as away:
            raise self._away() from away
        if not answer.ok:
            raise self._refusal(answer)
        return answer

    def _away(self) -> ServiceAway:
        return ServiceAway(self.while_away, headers={"Retry-After": "5"})

    def _refusal(self, answer: Answer) -> AppError:
        try:
            problem = answer.json()
            code = str(problem["type"]).removeprefix("/problems/")
            title, detail = str(problem["title"]), str(problem["detail"])
            errors = tuple(
                FieldError(str(error["pointer"]), str(error["code"]), str(error["detail"]))
                for error in problem.get("errors", [])
            )
        except (Unreachable, KeyError, TypeError, AttributeError):
            return self._away()
        # A failure over there, or our own token refused, is nothing the person can mend.
        if answer.status == 401 or answer.status >= 500 or answer.status < 400:
            return self._away()
        return ProblemFromService(answer.status, code, title, detail, errors)


class BillingClient(ServiceClient):
    """Patients, visits, checkout, invoices and the journal."""

    name = "billing"
    while_away = (
        "Patients, the till and invoices are away for a moment. What was taken is safe."
        " Stock can still be seen; repeat what you did last once this page is back."
    )

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

    def quote(self, body: Document) -> Document:
        return self.call("POST", "/v1/quotes", body=body)

    def check_out(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/checkouts", body=body, idempotency_key=key)

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

    def item(self, sku: str) -> Document:
        return self.call("GET", f"/v1/items/{quote(sku, safe='')}")

    def create_item(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/items", body=body, idempotency_key=key)

    def lots(self, **query: Query) -> Document:
        return self.call("GET", "/v1/lots", query=query)

    def create_lot(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/lots", body=body, idempotency_key=key)

    def receive(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/receipts", body=body, idempotency_key=key)

    def stock(self, **query: Query) -> Document:
        return self.call("GET", "/v1/stock", query=query)

    def movements(self, **query: Query) -> Document:
        return self.call("GET", "/v1/movements", query=query)

    def usage(self, visit_id: UUID) -> Document:
        return self.call("GET", f"/v1/usages/{visit_id}")

    def shortages(self, **query: Query) -> Document:
        return self.call("GET", "/v1/shortages", query=query)

    def settle_shortage(self, body: Document, *, key: str) -> Document:
        return self.call("POST", "/v1/shortages", body=body, idempotency_key=key)


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
