"""One visit through both services: what is billed leaves the shelves, and what it was worth comes back."""

from tests.billing.house import FACE, SERUM_RETAIL, new_patient
from tests.cast import CLEO, MARA
from tests.invariants import assert_books_and_shelves_agree
from tests.inventory.house import AFTERCARE, CARTRIDGE, CREAM, FINE_CARTRIDGE, SERUM, SHEATH
from tests.suite.house import Suite


def test_face_and_neck_take_one_cartridge_and_the_lots_that_expire_first(suite: Suite) -> None:
    suite.receive(CARTRIDGE, "LATE", "10", 9500, expires_in_days=400)
    suite.receive(CARTRIDGE, "SOON", "5", 4801, expires_in_days=20)
    suite.receive(SHEATH, "S1", "10", 870)
    suite.receive(CREAM, "C-SOON", "4.5", 301, expires_in_days=5)
    suite.receive(CREAM, "C-LATE", "500", 6490, expires_in_days=90)
    suite.receive(SERUM, "H1", "100", 4820)

    told = suite.check_out()
    suite.deliver()

    # Cream is 10 g for the face and 5 g for the neck; serum 3 ml and 2 ml; cartridge and sheath once.
    assert suite.used(told["visit_id"]) == {
        f"{CARTRIDGE} SOON": "1",
        f"{SHEATH} S1": "1",
        f"{CREAM} C-SOON": "4.5",
        f"{CREAM} C-LATE": "10.5",
        f"{SERUM} H1": "5",
    }
    invoice = suite.invoice(told["invoice"]["id"])
    # 4801/5 = 960; 870/10 = 87; all of 301; 6490 x 10.5/500 = 136; 4820 x 5/100 = 241
    assert invoice["cost_cents"] == 960 + 87 + 301 + 136 + 241
    assert invoice["margin_cents"] == 27400 - 1725
    assert invoice["supplies_status"] == "booked"
    shelves = suite.databases.inventory.value("SELECT sum(value_cents)::bigint FROM lots")
    books = suite.databases.billing.value(
        "SELECT sum(amount_cents)::bigint FROM journal_lines WHERE account_code = '1200'"
    )
    assert shelves == books == 9500 + 4801 + 870 + 301 + 6490 + 4820 - 1725
    assert_books_and_shelves_agree(suite.databases)


def test_the_lot_that_was_scanned_is_the_lot_that_is_booked(suite: Suite) -> None:
    suite.stock_up()
    suite.receive(CARTRIDGE, "L2", "10", 9900, expires_in_days=700)

    told = suite.check_out(supplies=[{"sku": CARTRIDGE, "quantity": "1", "lot": "L2"}])
    suite.deliver()

    used = suite.used(told["visit_id"])
    assert used[f"{CARTRIDGE} L2"] == "1"
    assert f"{CARTRIDGE} L1" not in used
    assert_books_and_shelves_agree(suite.databases)


def test_what_is_scanned_while_treatment_runs_is_billed_with_the_visit(suite: Suite) -> None:
    suite.stock_up()
    suite.receive(FINE_CARTRIDGE, "F1", "10", 12450)
    patient_id = new_patient(suite.desk())["patient_id"]
    visit = {"clinic_id": "main", "patient_id": patient_id, "planned": [{"charge": FACE}], "flag": "no"}
    opened = suite.desk().post("/v1/visits", visit).json
    scanned = [
        {"sku": FINE_CARTRIDGE, "quantity": "1", "lot": "F1"},
        {"sku": CREAM, "quantity": "12.5", "lot": "L1"},
    ]
    answer = suite.desk(CLEO).post(f"/v1/visits/{opened['visit_id']}/supplies", {"supplies": scanned})
    assert answer.status_code == 201, answer.json

    told = suite.check_out(patient_id=patient_id, visit_id=opened["visit_id"])
    suite.deliver()

    # The 36-pin stands in for the usual 12-pin, and 12.5 g for the 15 g of the recipe.
    assert suite.used(told["visit_id"]) == {
        f"{FINE_CARTRIDGE} F1": "1",
        f"{CREAM} L1": "12.5",
        f"{SHEATH} L1": "1",
        f"{SERUM} L1": "5",
    }
    assert_books_and_shelves_agree(suite.databases)


def test_what_is_sold_over_the_counter_leaves_the_shelf_beside_the_treatment(suite: Suite) -> None:
    suite.stock_up()
    # 199.00 + 2 x 45.00, and 6.35 % on the 90.00 of retail: 5.72
    tenders = [{"kind": "card_external", "amount_cents": 29472}]

    told = suite.check_out(lines=[{"charge": FACE}, {"charge": SERUM_RETAIL, "quantity": 2}], tenders=tenders)
    suite.deliver()

    assert suite.used(told["visit_id"])[f"{AFTERCARE} L1"] == "2"
    by_account = dict(
        suite.databases.billing.rows(
            "SELECT account_code, sum(amount_cents)::bigint FROM journal_lines"
            " WHERE account_code LIKE '5%' GROUP BY 1"
        )
    )
    assert by_account["5010"] == 3640  # 9100 / 5 x 2
    assert_books_and_shelves_agree(suite.databases)


def test_a_shortage_is_accepted_and_its_cost_follows_when_it_is_settled(suite: Suite) -> None:
    for sku, quantity, cost_cents in ((CARTRIDGE, "10", 9500), (SHEATH, "10", 870), (CREAM, "100", 1333)):
        suite.receive(sku, "L1", quantity, cost_cents)
    suite.receive(SERUM, "L1", "2", 96)

    told = suite.check_out()
    suite.deliver()

    manager = suite.inventory.as_(MARA)
    (shortage,) = manager.get("/v1/shortages").json["items"]
    assert (shortage["sku"], shortage["open"], shortage["cause"]) == (SERUM, "3", "out-of-stock")
    before = suite.invoice(told["invoice"]["id"])["cost_cents"]
    assert_books_and_shelves_agree(suite.databases)

    lot_id = suite.receive(SERUM, "L2", "10", 500)
    settlement = {"lot_id": str(lot_id), "quantity": "3"}
    answer = manager.post(f"/v1/shortages/{shortage['shortage_id']}/settlements", settlement)
    assert answer.status_code == 201, answer.json
    suite.deliver()

    assert manager.get("/v1/shortages").json["items"] == []
    assert suite.invoice(told["invoice"]["id"])["cost_cents"] == before + 150
    assert_books_and_shelves_agree(suite.databases)
