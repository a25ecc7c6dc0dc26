"""The two questions about stock, each as of now and as of the end of a day of the past."""

from sqlalchemy import TextClause, text

_DAY = "coalesce(CAST(:at AS date), (CAST(:now AS timestamptz) AT TIME ZONE clinics.time_zone)::date)"
_MATCHES = (
    "(strpos(lower(items.name), :query) > 0 OR starts_with(lower(items.sku), :query)"
    " OR items.gtin = CAST(:gtin AS text)"
)
_NOW = "lots.on_hand_thousandths AS on_hand, lots.value_cents AS value, lots.status FROM lots"
# What moved after the day is taken back; the lot's status is the one it had then.
_THEN = """
    lots.on_hand_thousandths - coalesce(later.quantity, 0)::bigint AS on_hand,
    lots.value_cents - coalesce(later.value, 0)::bigint AS value,
    coalesce((SELECT changed.status FROM lot_status_changes AS changed
               WHERE changed.lot_id = lots.lot_id AND changed.changed_on <= :at
               ORDER BY changed.seq DESC LIMIT 1), 'available') AS status
      FROM lots
      LEFT JOIN LATERAL (SELECT sum(quantity_thousandths) AS quantity, sum(value_cents) AS value
                           FROM movements
                          WHERE movements.lot_id = lots.lot_id AND movements.occurred_on > :at) AS later
        ON true
"""
_BY_ITEM = """
    WITH shelf AS (
        SELECT clinics.clinic_id, __DAY__ AS day, items.sku, items.name, items.category, items.base_unit
          FROM items CROSS JOIN clinics
         WHERE clinics.clinic_id = ANY (:clinics)
           AND (items.active OR EXISTS (SELECT FROM lots WHERE lots.clinic_id = clinics.clinic_id
                                           AND lots.sku = items.sku AND lots.on_hand_thousandths > 0))
           AND __MATCHES__)
           AND (items.sku, clinics.clinic_id) > (:after_sku, :after_clinic)
         ORDER BY items.sku, clinics.clinic_id LIMIT :rows)
    SELECT shelf.clinic_id, shelf.sku, shelf.name, shelf.category, shelf.base_unit,
           stock.on_hand, stock.usable, stock.value_cents, stock.next_expires_on, missing.short,
           missing.open_shortages
      FROM shelf
     CROSS JOIN LATERAL (
        SELECT coalesce(sum(lot.on_hand), 0)::bigint AS on_hand,
               coalesce(sum(lot.on_hand) FILTER (WHERE lot.usable), 0)::bigint AS usable,
               coalesce(sum(lot.value), 0)::bigint AS value_cents,
               min(lot.expires_on) FILTER (WHERE lot.usable AND lot.on_hand > 0) AS next_expires_on
          FROM (SELECT lot.*, lot.status = 'available'
                              AND (lot.expires_on IS NULL OR lot.expires_on >= shelf.day) AS usable
                  FROM (SELECT lots.expires_on, __STATE__
                         WHERE lots.clinic_id = shelf.clinic_id AND lots.sku = shelf.sku) AS lot) AS lot
     ) AS stock
     CROSS JOIN LATERAL (
        SELECT coalesce(sum(quantity_thousandths - settled_thousandths), 0)::bigint AS short,
               count(*) AS open_shortages
          FROM shortages
         WHERE shortages.clinic_id = shelf.clinic_id AND shortages.sku = shelf.sku
           AND shortages.state = 'open'
     ) AS missing
     ORDER BY shelf.sku, shelf.clinic_id
"""
_BY_LOT = """
    SELECT lot.clinic_id, lot.lot_id, lot.sku, items.name, items.category, items.base_unit, lot.code AS lot,
           lot.expires_on, lot.expires_precision, lot.status, lot.on_hand, lot.value AS value_cents,
           CASE WHEN lot.status = 'available' THEN NULL ELSE lot.status_reason END AS status_reason,
           CASE WHEN lot.status = 'available' AND (lot.expires_on IS NULL OR lot.expires_on >= __DAY__)
                THEN lot.on_hand ELSE 0 END AS usable,
           coalesce(lot.expires_on, DATE '9999-12-31') AS use_by
      FROM (SELECT lots.clinic_id, lots.lot_id, lots.sku, lots.code, lots.code_key, lots.expires_on,
                   lots.expires_precision, lots.status_reason, __STATE__
             WHERE lots.clinic_id = ANY (:clinics)
               AND (lots.sku, coalesce(lots.expires_on, DATE '9999-12-31'), lots.lot_id)
                   > (:after_sku, CAST(:after_day AS date), CAST(:after_lot AS uuid))) AS lot
      JOIN items ON items.sku = lot.sku
      JOIN clinics ON clinics.clinic_id = lot.clinic_id
     WHERE lot.on_hand > 0 AND __MATCHES__ OR starts_with(lot.code_key, :code))
     ORDER BY lot.sku, use_by, lot.lot_id LIMIT :rows
"""


def _with(query: str, state: str) -> TextClause:
    return text(query.replace("__DAY__", _DAY).replace("__MATCHES__", _MATCHES).replace("__STATE__", state))


BY_ITEM_NOW, BY_ITEM_THEN = _with(_BY_ITEM, _NOW), _with(_BY_ITEM, _THEN)
BY_LOT_NOW, BY_LOT_THEN = _with(_BY_LOT, _NOW), _with(_BY_LOT, _THEN)
