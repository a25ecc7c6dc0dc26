"""POST /v1/checkouts: the whole sale in one step."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from services.billing.charges.models import Price
from shared.clock import utc_now
from shared.db import EVERY_CLINIC
from tests.billing.house import CHEST, FACE, NECK, SERUM_RETAIL, face_and_neck, new_patient
from tests.cast import ABEL, CLEO, DORA, HAL, MARA, OLGA
from tests.clients import Clients
from tests.databases import ServiceDatabase


def paid_in_cash(cents: int) -> list[dict[str, object]]:
    return [{"kind": "cash", "amount_cents": cents}]


def test_a_checkout_bills_face_and_neck_and_gives_change(billing: Clients) -> None:
    dora = billing.as_(DORA)
    patient = new_patient(dora)

    answer = dora.post("/v1/checkouts", face_and_neck(patient["patient_id"], expected_total_cents=27400))

    assert answer.status_code == 201, answer.json
    invoice = answer.json["invoice"]
    assert invoice["total_cents"] == 27400  # 199.00 + 75.00
    assert invoice["paid_cents"] == 27400
    assert invoice["status"] == "paid"
    assert [line["unit_cents"] for line in invoice["lines"]] == [19900, 7500]
    assert answer.json["change_cents"] == 600  # 280.00 - 274.00
    assert invoice["number"] == f"MAIN-{invoice['issued_on'][:4]}-000001"


def test_the_sale_is_booked_and_told_to_inventory_in_the_same_breath(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    body = face_and_neck(
        new_patient(dora)["patient_id"],
        lines=[{"charge": FACE}, {"charge": SERUM_RETAIL, "quantity": 2}],
        supplies=[{"sku": "CART-36", "quantity": "1", "lot": "A213B1"}],
        tip_cents=2000,
        # 199.00 + 2 x 45.00 = 289.00; tax 6.35 % of 90.00 = 5.72 (5.715 half up); tip 20.00
        tenders=[{"kind": "cash", "amount_cents": 10000}, {"kind": "card_external", "amount_cents": 21472}],
    )

    answer = dora.post("/v1/checkouts", body)

    assert answer.status_code == 201, answer.json
    booked = dict(
        billing_database.rows("SELECT account_code, sum(amount_cents)::bigint FROM journal_lines GROUP BY 1")
    )
    assert {account: cents for account, cents in booked.items() if cents} == {
        "1000": 10000,  # cash drawer
        "1050": 21472,  # card clearing
        "2200": -572,  # sales tax
        "2400": -2000,  # tip
        "4000": -19900,  # microneedling
        "4100": -9000,  # retail
    }
    event = billing_database.value("SELECT data FROM outbox")
    assert event["charges"] == [{"charge": FACE, "quantity": 1}]
    assert event["scanned"] == [{"sku": "CART-36", "quantity": "1", "lot": "A213B1"}]
    assert event["sold"] == [{"sku": "AFT-SERUM-30", "quantity": "2", "lot": None}]
    assert event["visit_id"] == answer.json["visit_id"]


def test_numbers_have_no_gap_and_no_double_under_parallel_desks_and_refusals(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    refused = face_and_neck(patient_id, tenders=paid_in_cash(1))

    def desk(turn: int) -> int:
        return dora.post("/v1/checkouts", refused if turn % 5 == 0 else face_and_neck(patient_id)).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(desk, range(60)))

    assert statuses.count(201) == 48
    numbers = [row[0] for row in billing_database.rows("SELECT number FROM invoices ORDER BY number")]
    assert numbers == list(range(1, 49))
    assert billing_database.value("SELECT next_number FROM invoice_series WHERE clinic_id = 'main'") == 49


def test_a_failure_after_the_number_was_taken_gives_it_back(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    body = face_and_neck(new_patient(dora)["patient_id"])
    billing_database.execute_as_superuser(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'power cut'; END $$;"
        "CREATE TRIGGER fail AFTER INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION fail()"
    )
    try:
        assert dora.post("/v1/checkouts", body).status_code == 500
    finally:
        billing_database.execute_as_superuser("DROP FUNCTION fail() CASCADE")

    answer = dora.post("/v1/checkouts", body)

    assert answer.json["invoice"]["number"].endswith("-000001")


def test_each_clinic_counts_for_itself_and_charges_its_own_price(billing: Clients) -> None:
    olga = billing.as_(OLGA)
    at_main = new_patient(olga)["patient_id"]
    at_harbor = new_patient(olga, clinic_id="harbor")["patient_id"]

    main = olga.post("/v1/checkouts", face_and_neck(at_main)).json["invoice"]
    harbor = olga.post(
        "/v1/checkouts", face_and_neck(at_harbor, clinic_id="harbor", tenders=paid_in_cash(29400))
    ).json["invoice"]

    assert main["number"].startswith("MAIN-")
    assert harbor["number"].startswith("HARBOR-")
    assert harbor["number"].endswith("-000001")
    assert harbor["total_cents"] == 29400  # 209.00 + 85.00


def test_the_newest_price_that_has_begun_counts(billing: Clients, billing_database: ServiceDatabase) -> None:
    dora = billing.as_(DORA)
    patient_id = new_patient(dora)["patient_id"]
    with billing_database.app.transaction(EVERY_CLINIC) as session:
        session.add(
            Price(clinic_id="main", charge_code=NECK, effective_from=date(2025, 1, 1), unit_cents=8000)
        )
        session.add(
            Price(clinic_id="main", charge_code=NECK, effective_from=date(2099, 1, 1), unit_cents=9900)
        )

    answer = dora.post("/v1/checkouts", face_and_neck(patient_id, tenders=paid_in_cash(27900)))

    assert answer.json["invoice"]["total_cents"] == 27900  # 199.00 + 80.00


def test_another_total_than_expected_is_refused_with_the_real_one(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    body = face_and_neck(new_patient(dora)["patient_id"], expected_total_cents=27300)

    answer = dora.post("/v1/checkouts", body)

    assert answer.status_code == 409
    assert answer.json["type"] == "/problems/price-changed"
    assert answer.json["total_cents"] == 27400
    assert billing_database.value("SELECT count(*) FROM invoices") == 0


def test_the_desk_grants_small_discounts_and_the_manager_large_ones(billing: Clients) -> None:
    dora, mara = billing.as_(DORA), billing.as_(MARA)
    patient_id = new_patient(dora)["patient_id"]

    def discounted(percent: str, cents: int) -> dict[str, object]:
        discounts = [{"percent": percent, "reason": "Birthday"}]
        return face_and_neck(patient_id, discounts=discounts, tenders=paid_in_cash(cents))

    small = dora.post("/v1/checkouts", discounted("15", 23290))  # 274.00 - 41.10
    refused = dora.post("/v1/checkouts", discounted("15.01", 23287))
    large = mara.post("/v1/checkouts", discounted("50", 13700))

    assert small.status_code == 201, small.json
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/needs-approval")
    assert large.status_code == 201, large.json


def test_a_discount_on_one_line_is_kept_with_its_reason(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    body = face_and_neck(
        new_patient(dora)["patient_id"],
        discounts=[{"line": 1, "amount_cents": 500, "reason": "Small area"}],
        tenders=paid_in_cash(26900),
    )

    answer = dora.post("/v1/checkouts", body)

    assert [line["discount_cents"] for line in answer.json["invoice"]["lines"]] == [0, 500]
    assert billing_database.rows(
        "SELECT line_no, amount_cents, reason, granted_by FROM invoice_discounts"
    ) == [(2, 500, "Small area", DORA.subject)]


def test_everything_off_needs_no_tender(billing: Clients) -> None:
    mara = billing.as_(MARA)
    body = face_and_neck(
        new_patient(mara)["patient_id"], discounts=[{"percent": "100", "reason": "Model day"}], tenders=[]
    )

    answer = mara.post("/v1/checkouts", body)

    assert answer.status_code == 201, answer.json
    assert answer.json["invoice"]["total_cents"] == 0
    assert answer.json["invoice"]["status"] == "paid"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [{"charge": "botox"}]}, "/lines/0/charge"),
        ({"lines": [{"charge": FACE, "depth_mm": "2.6"}]}, "/lines/0/depth_mm"),
        ({"lines": [{"charge": FACE, "depth_mm": "0.4"}]}, "/lines/0/depth_mm"),
        ({"lines": [{"charge": FACE, "quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [{"charge": FACE, "quantity": 1.5}]}, "/lines/0/quantity"),
        ({"lines": [{"charge": FACE, "quantity": True}]}, "/lines/0/quantity"),
        ({"lines": [{"charge": CHEST}] * 51}, "/lines"),
        ({"tip_cents": -1}, "/tip_cents"),
        ({"tip_cents": 10**15}, "/tip_cents"),
        ({"tip_cents": "5"}, "/tip_cents"),
        ({"discounts": [{"percent": "101", "reason": "x"}]}, "/discounts/0/percent"),
        ({"discounts": [{"percent": "1E+600000", "reason": "x"}]}, "/discounts/0/percent"),
        ({"discounts": [{"amount_cents": 99999, "reason": "x"}]}, "/discounts/0"),
        ({"discounts": [{"line": 7, "percent": "5", "reason": "x"}]}, "/discounts/0"),
        ({"discounts": [{"percent": "5", "reason": " "}]}, "/discounts/0/reason"),
        ({"tenders": [{"kind": "cash", "amount_cents": 27399}]}, "/tenders"),
        ({"tenders": [{"kind": "cash", "amount_cents": 27401}]}, "/tenders"),
        ({"tenders": [{"kind": "gold", "amount_cents": 27400}]}, "/tenders/0/kind"),
        (
            {"tenders": [{"kind": "cash", "amount_cents": 27400, "tendered_cents": 1}]},
            "/tenders/0/tendered_cents",
        ),
        (
            {"tenders": [{"kind": "card_external", "amount_cents": 27400, "card_last4": "12a4"}]},
            "/tenders/0/card_last4",
        ),
        ({"supplies": [{"sku": "X", "quantity": "1E+9"}]}, "/supplies/0/quantity"),
        ({"supplies": [{"sku": "X", "quantity": 1}]}, "/supplies/0/quantity"),
        ({"supplies": [{"sku": "X", "quantity": "0"}]}, "/supplies/0/quantity"),
        ({"supplies": [{"sku": "X", "quantity": "1", "lot": "a\u0000b"}]}, "/supplies/0/lot"),
        ({"paid": True}, "/paid"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field_and_nothing_is_written(
    billing: Clients, billing_database: ServiceDatabase, changes: dict[str, object], pointer: str
) -> None:
    dora = billing.as_(DORA)
    body = face_and_neck(new_patient(dora)["patient_id"], **changes)

    answer = dora.post("/v1/checkouts", body)

    assert answer.status_code == 422, answer.json
    assert answer.content_type == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert billing_database.value("SELECT count(*) FROM invoices") == 0
    assert billing_database.value("SELECT count(*) FROM visits") == 0


def test_a_patient_id_that_is_none_is_refused(billing: Clients) -> None:
    answer = billing.as_(DORA).post("/v1/checkouts", face_and_neck("42"))

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/patient_id"]


@pytest.mark.parametrize("actor", [CLEO, ABEL])
def test_only_the_desk_the_manager_and_the_owner_check_out(billing: Clients, actor: object) -> None:
    patient_id = new_patient(billing.as_(DORA))["patient_id"]

    assert billing.as_(actor).post("/v1/checkouts", face_and_neck(patient_id)).status_code == 403


def test_another_clinics_patient_or_clinic_is_not_there(billing: Clients) -> None:
    at_main = new_patient(billing.as_(DORA))["patient_id"]
    hal = billing.as_(HAL)

    as_main = hal.post("/v1/checkouts", face_and_neck(at_main))
    smuggled = hal.post(
        "/v1/checkouts", face_and_neck(at_main, clinic_id="harbor", tenders=paid_in_cash(29400))
    )

    assert (as_main.status_code, smuggled.status_code) == (404, 404)


def test_an_issued_invoice_cannot_be_changed_even_by_the_owner_of_the_table(
    billing: Clients, billing_database: ServiceDatabase
) -> None:
    dora = billing.as_(DORA)
    dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"]))

    for table in ("invoices", "invoice_lines", "journal_entries", "journal_lines"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET clinic_id = clinic_id"):
            with pytest.raises(Exception, match="append-only"):
                billing_database.execute_as_owner(statement)


def test_the_business_day_is_the_clinics_own(billing: Clients, billing_database: ServiceDatabase) -> None:
    dora = billing.as_(DORA)

    answer = dora.post("/v1/checkouts", face_and_neck(new_patient(dora)["patient_id"]))

    local = billing_database.value("SELECT (now() AT TIME ZONE 'America/New_York')::date")
    assert answer.json["invoice"]["issued_on"] == str(local)
    assert abs((utc_now().date() - date.fromisoformat(answer.json["invoice"]["issued_on"])).days) <= 1
