"""The machine's own limit: the rows of one checkout written by pgbench, as two transactions in two databases."""

import re
import subprocess
from pathlib import Path

from benchmarks.rig import Rig
from suite.postgres_files import programs

SECONDS = 6

SALE = """
\\set cents 27400
BEGIN;
SELECT set_config('app.clinics', 'main', true);
SELECT invoice_id FROM invoices WHERE clinic_id = 'main' AND created_by = 'bench' AND idempotency_key = 'none';
SELECT * FROM clinics WHERE clinic_id = 'main';
SELECT charge_code, unit_cents FROM prices WHERE clinic_id = 'main' AND charge_code IN ('microneedling-face', 'microneedling-neck');
SELECT merged_into FROM patients WHERE patient_id = '{patient_id}';
SELECT uuidv7() AS visit, uuidv7() AS invoice, uuidv7() AS payment, uuidv7() AS sale, uuidv7() AS paid \\gset
INSERT INTO visits (visit_id, clinic_id, patient_id, status, visit_on, planned, created_at, version, created_by, idempotency_key, request_hash, answer)
VALUES (:visit, 'main', '{patient_id}', 'done', current_date, '[]', now(), 1, 'bench', :visit, '', '{{}}');
INSERT INTO invoice_lines (invoice_id, line_no, clinic_id, charge_code, kind, description, quantity, unit_cents, gross_cents, discount_cents, tax_category, tax_rate_ppm, tax_cents, total_cents)
VALUES (:invoice, 1, 'main', 'microneedling-face', 'treatment', 'Microneedling face', 1, 19900, 19900, 0, 'service', 0, 0, 19900),
       (:invoice, 2, 'main', 'microneedling-neck', 'treatment', 'Microneedling neck', 1, 7500, 7500, 0, 'service', 0, 0, 7500);
INSERT INTO payments (payment_id, clinic_id, invoice_id, kind, status, amount_cents, tendered_cents, received_at, received_by)
VALUES (:payment, 'main', :invoice, 'cash', 'succeeded', 27400, 28000, now(), 'bench');
INSERT INTO journal_entries (entry_id, clinic_id, kind, source_type, source_id, invoice_id, currency, booked_on, posted_at)
VALUES (:sale, 'main', 'sale', 'invoice', :invoice, :invoice, 'USD', current_date, now()),
       (:paid, 'main', 'payment', 'payment', :payment, :invoice, 'USD', current_date, now());
INSERT INTO journal_lines (entry_id, line_no, clinic_id, account_code, amount_cents)
VALUES (:sale, 1, 'main', '1100', 27400), (:sale, 2, 'main', '4000', -27400),
       (:paid, 1, 'main', '1000', 27400), (:paid, 2, 'main', '1100', -27400);
INSERT INTO outbox (id, clinic_id, type, subject, data, occurred_at, sent_at)
VALUES (uuidv7(), 'main', 'bench', :visit, '{{}}', now(), now());
WITH taken AS (UPDATE invoice_series SET next_number = next_number + 1
                WHERE clinic_id = 'main' AND year = extract(year FROM current_date) RETURNING next_number - 1 AS number)
INSERT INTO invoices (invoice_id, clinic_id, year, number, patient_id, visit_id, currency, subtotal_cents, discount_cents, tax_cents, tip_cents, total_cents, tax_rounding, issued_on, issued_at, issued_by_name, created_by, idempotency_key, request_hash, answer)
SELECT :invoice, 'main', extract(year FROM current_date), number, '{patient_id}', :visit, 'USD', 27400, 0, 0, 0, 27400, 'line', current_date, now(), 'Bench', 'bench', :invoice, '', '{{}}' FROM taken;
COMMIT;
"""

USAGE = """
BEGIN;
SELECT set_config('app.clinics', '*', true);
SELECT uuidv7() AS event, uuidv7() AS visit \\gset
INSERT INTO inbox (event_id, source, type, clinic_id, subject) VALUES (:event, '/bench', 'bench', 'main', :visit);
SELECT charge_code, sku, quantity_thousandths FROM recipes JOIN recipe_items USING (recipe_id)
 WHERE charge_code IN ('microneedling-face', 'microneedling-neck');
SELECT lot_id, on_hand_thousandths, value_cents FROM lots WHERE lot_id IN ({lots}) ORDER BY lot_id FOR NO KEY UPDATE;
UPDATE lots SET on_hand_thousandths = on_hand_thousandths - 1000, value_cents = value_cents - 1 WHERE lot_id IN ({lots});
INSERT INTO usages (usage_id, clinic_id, visit_id, invoice_id, patient_id, occurred_on, occurred_at, recorded_at, reported_by)
VALUES (:event, 'main', :visit, uuidv7(), uuidv7(), current_date, now(), now(), 'bench');
INSERT INTO usage_lines (usage_id, line, clinic_id, sku, origin, purpose, quantity_thousandths)
SELECT :event, row_number() OVER (), 'main', sku, 'recipe', 'treatment', 1000 FROM lots WHERE lot_id IN ({lots});
INSERT INTO movements (movement_id, clinic_id, lot_id, sku, kind, purpose, quantity_thousandths, value_cents, source_type, source_id, source_line, visit_id, occurred_on, occurred_at, recorded_at, recorded_by, flags)
SELECT uuidv7(), 'main', lot_id, sku, 'use', 'treatment', -1000, -1, 'usage', :event, row_number() OVER (), :visit, current_date, now(), now(), 'bench', '{{}}'
  FROM lots WHERE lot_id IN ({lots});
INSERT INTO outbox (id, clinic_id, type, subject, data, occurred_at, sent_at)
VALUES (uuidv7(), 'main', 'bench', :visit, '{{}}', now(), now());
COMMIT;
"""


def pairs_per_second(rig: Rig, *, clients: int) -> float:
    """Return how many checkouts a second the two databases can take on this machine, with nothing in front.

    Each database is measured alone with all clients; one checkout costs the time of one transaction in each:
    1 / (1 / sales + 1 / usages).
    """
    patient = rig.query("billing", "SELECT patient_id FROM patients WHERE clinic_id = 'main' LIMIT 1")[0][0]
    lots = rig.query(
        "inventory",
        "SELECT DISTINCT ON (sku) lot_id FROM lots WHERE clinic_id = 'main' AND status = 'available'"
        " AND sku IN (SELECT sku FROM recipe_items) ORDER BY sku, on_hand_thousandths DESC LIMIT 4",
    )
    names = ", ".join(f"'{row[0]}'" for row in lots)
    sales = _rate(rig, "billing", SALE.format(patient_id=patient), clients)
    usages = _rate(rig, "inventory", USAGE.format(lots=names), clients)
    return 1 / (1 / sales + 1 / usages)


def _rate(rig: Rig, service: str, script: str, clients: int) -> float:
    path = Path(rig.folder) / f"bare-{service}.sql"
    path.write_text(script)
    command = [
        str(programs() / "pgbench"),
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={clients}",
        f"--jobs={min(clients, 2)}",
        f"--time={SECONDS}",
        f"--file={path}",
        rig.app_address(service),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or match is None:
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
    return float(match[1])
