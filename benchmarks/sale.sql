-- The rows of one checkout at billing; a patient of Main is put in before it runs.
BEGIN;
SELECT set_config('app.clinics', 'main', true);
SELECT invoice_id FROM invoices WHERE clinic_id = 'main' AND created_by = 'bench' AND idempotency_key = 'none';
SELECT * FROM clinics WHERE clinic_id = 'main';
SELECT charge_code, unit_cents FROM prices WHERE clinic_id = 'main' AND charge_code IN ('microneedling-face', 'microneedling-neck');
SELECT merged_into FROM patients WHERE patient_id = 'PATIENT';
SELECT uuidv7() AS visit, uuidv7() AS invoice, uuidv7() AS payment, uuidv7() AS sale, uuidv7() AS paid \gset
INSERT INTO visits (visit_id, clinic_id, patient_id, status, visit_on, planned, created_at, version, created_by, idempotency_key, request_hash, answer)
VALUES (:visit, 'main', 'PATIENT', 'done', current_date, '[]', now(), 1, 'bench', :visit, '', '{}');
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
VALUES (uuidv7(), 'main', 'bench', :visit, '{}', now(), now());
WITH taken AS (UPDATE invoice_series SET next_number = next_number + 1
                WHERE clinic_id = 'main' AND year = extract(year FROM current_date) RETURNING next_number - 1 AS number)
INSERT INTO invoices (invoice_id, clinic_id, year, number, patient_id, visit_id, currency, subtotal_cents, discount_cents, tax_cents, tip_cents, total_cents, tax_rounding, issued_on, issued_at, issued_by_name, created_by, idempotency_key, request_hash, answer)
SELECT :invoice, 'main', extract(year FROM current_date), number, 'PATIENT', :visit, 'USD', 27400, 0, 0, 0, 27400, 'line', current_date, now(), 'Bench', 'bench', :invoice, '', '{}' FROM taken;
COMMIT;
