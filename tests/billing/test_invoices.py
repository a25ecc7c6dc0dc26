"""Invoices: read, listed, printed; cost and names only for those who may see them."""

import io
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pypdf
import pytest

from services.billing.base import InboxEvent
from services.billing.events import stock_valued
from shared.events.cloud import Event
from shared.events.inbox import Receiver
from tests.billing.house import FACE, SERUM_RETAIL, face_and_neck, new_patient
from tests.cast import ABEL, CLEO, DORA, HAL, MARA, OLGA
from tests.clients import Client, Clients
from tests.databases import ServiceDatabase


def valued(
    sale: dict[str, object], lines: list[dict[str, object]], /, **changes: object
) -> dict[str, object]:
    """Return the event with which inventory answers a sale."""
    data = {
        "clinic_id": "main",
        "reason": "usage",
        "visit_id": sale["visit_id"],
        "invoice_id": sale["invoice"]["id"],
        "occurred_at": "2026-11-20T12:00:00+00:00",
        "business_date": "2026-11-20",
        "lines": lines,
        **changes,
    }
    return Event(
        id=uuid4(),
        source="/inventory",
        type="stock.valued",
        subject=UUID(str(sale["visit_id"])),
        clinic_id="main",
        time=datetime(2026, 11, 20, 12, tzinfo=UTC),
        data=data,
    ).to_wire()


def line(sku: str, quantity: str, value_cents: int, purpose: str = "treatment") -> dict[str, object]:
    return {
        "movement_id": str(uuid4()),
        "sku": sku,
        "name": sku.title(),
        "lot": "L1",
        "expires_on": "2027-07-31",
        "quantity": quantity,
        "value_cents": value_cents,
        "purpose": purpose,
    }


@pytest.fixture
def dora(billing: Clients) -> Client:
    return billing.as_(DORA)


@pytest.fixture
def receiver(billing_database: ServiceDatabase) -> Receiver:
    return Receiver(billing_database.app, InboxEvent, {"stock.valued": stock_valued.apply})


def test_cost_and_margin_follow_when_inventory_has_answered(
    billing: Clients, dora: Client, receiver: Receiver
) -> None:
    sale = dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"])).json
    path = f"/v1/invoices/{sale['invoice']['id']}"
    before = billing.as_(MARA).get(path).json

    receiver.receive("/inventory", [valued(sale, [line("CART", "-1", -450), line("CREAM", "-15", -612)])])
    after = billing.as_(MARA).get(path).json

    assert (before["supplies_status"], before["cost_cents"]) == ("will_follow", 0)
    assert (after["supplies_status"], after["cost_cents"]) == ("booked", 1062)
    assert after["margin_cents"] == 26338  # 274.00 - 10.62
    assert [(supply["sku"], supply["quantity"], supply["cost_cents"]) for supply in after["supplies"]] == [
        ("CART", "1", 450),
        ("CREAM", "15", 612),
    ]


def test_the_books_follow_the_lots_once_however_often_they_are_told(
    dora: Client, receiver: Receiver, billing_database: ServiceDatabase
) -> None:
    sale = dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"])).json
    event = valued(sale, [line("CART", "-1", -450), line("AFT", "-1", -900, "retail")])

    statuses = [receiver.receive("/inventory", [event, event])[0]["status"] for _ in range(3)]

    assert statuses == ["applied", "duplicate", "duplicate"]
    entries = billing_database.rows(
        "SELECT account_code, amount_cents FROM journal_lines JOIN journal_entries USING (entry_id)"
        " WHERE kind = 'stock' ORDER BY account_code"
    )
    assert entries == [("1200", -1350), ("5000", 450), ("5010", 900)]


@pytest.mark.parametrize(
    "spoil",
    [
        {"lines": None},
        {"lines": [{"sku": "x"}]},
        {"business_date": "2026-02-30"},
        {"invoice_id": str(uuid4())},
        {"lines": [line("X", "-1", -1, "gift")]},
        {"lines": [{**line("X", "-1", -1), "value_cents": 1.5}]},
    ],
)
def test_an_event_that_makes_no_sense_is_set_aside_and_the_others_are_applied(
    dora: Client, receiver: Receiver, billing_database: ServiceDatabase, spoil: dict[str, object]
) -> None:
    sale = dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"])).json
    good = valued(sale, [line("CART", "-1", -450)])
    bad = valued(sale, [], **spoil)

    results = receiver.receive("/inventory", [bad, good, "nonsense", {"id": "x"}])

    assert {result["id"]: result["status"] for result in results}[good["id"]] == "applied"
    assert {result["id"]: result["status"] for result in results}[bad["id"]] == "rejected"
    assert billing_database.value("SELECT count(*) FROM inbox") == 1


def test_only_inventory_may_tell_billing_what_things_cost(billing: Clients, dora: Client) -> None:
    headers = {"Content-Type": "application/cloudevents-batch+json"}

    assert dora.post("/v1/events", data="[]", headers=headers).status_code == 403
    assert billing.as_service("portal").post("/v1/events", data="[]", headers=headers).status_code == 403
    assert billing.as_service("inventory").post("/v1/events", data="[]", headers=headers).status_code == 200
    assert billing.as_service("inventory").post("/v1/events", json=[]).status_code == 415


@pytest.mark.parametrize(
    ("actor", "sees_cost", "sees_name"), [(DORA, False, True), (ABEL, True, False), (MARA, True, True)]
)
def test_everyone_sees_what_their_work_needs(
    billing: Clients, dora: Client, actor: object, sees_cost: bool, sees_name: bool
) -> None:
    sale = dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"])).json
    client = billing.as_(actor)

    one = client.get(f"/v1/invoices/{sale['invoice']['id']}").json
    listed = client.get("/v1/invoices").json["items"][0]

    for shown in (one, listed):
        assert ("cost_cents" in shown, "margin_cents" in shown) == (sees_cost, sees_cost)
        assert ("patient_name" in shown) == sees_name


def test_invoices_are_found_by_number_patient_and_day(billing: Clients, dora: Client) -> None:
    maria, ana = new_patient(dora)["patient_id"], new_patient(dora, given_name="Ana")["patient_id"]
    first = dora.post("/v1/checkouts", face_and_neck(maria)).json["invoice"]
    second = dora.post("/v1/checkouts", face_and_neck(ana)).json["invoice"]

    def numbers(**query: str) -> list[str]:
        return [invoice["number"] for invoice in dora.get("/v1/invoices", query_string=query).json["items"]]

    assert numbers() == [second["number"], first["number"]]
    assert numbers(number=first["number"].lower()) == [first["number"]]
    assert numbers(patient_id=ana) == [second["number"]]
    assert numbers(**{"from": "2099-01-01"}) == []
    assert numbers(to=first["issued_on"], limit="1") == [second["number"]]
    assert dora.get("/v1/invoices", query_string={"number": "1 OR 1=1"}).status_code == 422


def test_invoices_are_paged_newest_first_without_loss(dora: Client) -> None:
    patient_id = new_patient(dora)["patient_id"]
    made = [dora.post("/v1/checkouts", face_and_neck(patient_id)).json["invoice"]["number"] for _ in range(5)]

    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = dora.get("/v1/invoices", query_string=query).json
        seen += [invoice["number"] for invoice in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == made[::-1]


def test_the_patients_copy_carries_areas_depths_payment_and_aftercare(dora: Client) -> None:
    patient_id = new_patient(dora, given_name="Łukasz", family_name="<b>Bold")["patient_id"]
    tenders = [
        {"kind": "cash", "amount_cents": 7400, "tendered_cents": 8000},
        {"kind": "card_external", "amount_cents": 20000, "card_brand": "Visa", "card_last4": "4242"},
    ]
    sale = dora.post("/v1/checkouts", face_and_neck(patient_id, tenders=tenders)).json

    answer = dora.get(f"/v1/invoices/{sale['invoice']['id']}.pdf")

    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    printed = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    for words in (
        sale["invoice"]["number"],
        "Łukasz <b>Bold",
        "Microneedling face",
        "1.5",
        "$274.00",
        "4242",
        "$6.00",
    ):
        assert words in printed, words


def test_a_retail_sale_alone_prints_no_aftercare(billing: Clients, dora: Client) -> None:
    patient_id = new_patient(dora)["patient_id"]
    body = face_and_neck(
        patient_id, lines=[{"charge": SERUM_RETAIL}], tenders=[{"kind": "cash", "amount_cents": 4786}]
    )  # 45.00 + 6.35 % = 47.86 (47.8575 half up)
    sale = dora.post("/v1/checkouts", body)
    assert sale.status_code == 201, sale.json

    pdf = dora.get(f"/v1/invoices/{sale.json['invoice']['id']}.pdf").data

    printed = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "make-up" not in printed


def test_another_clinics_invoice_is_not_there_in_any_form(billing: Clients, dora: Client) -> None:
    sale = dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"])).json
    hal = billing.as_(HAL)
    path = f"/v1/invoices/{sale['invoice']['id']}"

    assert (hal.get(path).status_code, hal.get(f"{path}.pdf").status_code) == (404, 404)
    assert hal.get("/v1/invoices").json["items"] == []
    assert hal.get("/v1/invoices", query_string={"number": sale["invoice"]["number"]}).json["items"] == []
    assert billing.as_(CLEO).get(path).status_code == 403


def test_the_journal_shows_balanced_entries_to_the_accountant(billing: Clients, dora: Client) -> None:
    sale = dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"])).json

    entries = (
        billing.as_(ABEL).get("/v1/journal", query_string={"invoice_id": sale["invoice"]["id"]}).json["items"]
    )

    assert sorted(entry["kind"] for entry in entries) == ["payment", "sale"]
    for entry in entries:
        assert sum(row["debit_cents"] for row in entry["lines"]) == 27400
        assert sum(row["credit_cents"] for row in entry["lines"]) == 27400
    assert dora.get("/v1/journal").status_code == 403
    assert billing.as_(OLGA).get("/v1/journal").status_code == 200


def test_the_price_list_is_the_clinics_own(billing: Clients) -> None:
    olga = billing.as_(OLGA)

    prices = {
        (charge["clinic_id"], charge["code"]): charge["unit_cents"]
        for charge in olga.get("/v1/charges").json["items"]
    }

    assert prices["main", FACE] == 19900
    assert prices["harbor", FACE] == 20900
    assert billing.as_(HAL).get("/v1/charges", query_string={"clinic_id": "main"}).status_code == 404
