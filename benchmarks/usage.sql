-- The rows of one usage at inventory; one lot of each item that the recipes take is put in before it runs.
BEGIN;
SELECT set_config('app.clinics', '*', true);
SELECT uuidv7() AS event, uuidv7() AS visit \gset
INSERT INTO inbox (event_id, source, type, clinic_id, subject) VALUES (:event, '/bench', 'bench', 'main', :visit);
SELECT charge_code, sku, quantity_thousandths FROM recipes JOIN recipe_items USING (recipe_id)
 WHERE charge_code IN ('microneedling-face', 'microneedling-neck');
SELECT lot_id, on_hand_thousandths, value_cents FROM lots WHERE lot_id IN (LOTS) ORDER BY lot_id FOR NO KEY UPDATE;
UPDATE lots SET on_hand_thousandths = on_hand_thousandths - 1000, value_cents = value_cents - 1 WHERE lot_id IN (LOTS);
INSERT INTO usages (usage_id, clinic_id, visit_id, invoice_id, patient_id, occurred_on, occurred_at, recorded_at, reported_by)
VALUES (:event, 'main', :visit, uuidv7(), uuidv7(), current_date, now(), now(), 'bench');
INSERT INTO usage_lines (usage_id, line, clinic_id, sku, origin, purpose, quantity_thousandths)
SELECT :event, row_number() OVER (), 'main', sku, 'recipe', 'treatment', 1000 FROM lots WHERE lot_id IN (LOTS);
INSERT INTO movements (movement_id, clinic_id, lot_id, sku, kind, purpose, quantity_thousandths, value_cents, source_type, source_id, source_line, visit_id, occurred_on, occurred_at, recorded_at, recorded_by, flags)
SELECT uuidv7(), 'main', lot_id, sku, 'use', 'treatment', -1000, -1, 'usage', :event, row_number() OVER (), :visit, current_date, now(), now(), 'bench', '{}'
  FROM lots WHERE lot_id IN (LOTS);
INSERT INTO outbox (id, clinic_id, type, subject, data, occurred_at, sent_at)
VALUES (uuidv7(), 'main', 'bench', :visit, '{}', now(), now());
COMMIT;
