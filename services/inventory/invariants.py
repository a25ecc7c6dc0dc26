"""What must always be true of the shelves. Each query returns what breaks it: no rows is the good answer."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session


class Invariant(NamedTuple):
    """A promise: its number in the reliability plan, in words, and as a query that finds what breaks it."""

    id: str
    sentence: str
    sql: str


# Cross-service: the verifier compares this, per clinic, with the inventory account in billing's books.
SHELF_VALUE = "SELECT clinic_id, sum(value_cents)::bigint AS value_cents FROM lots GROUP BY clinic_id"

INVARIANTS = [
    Invariant(
        "S1",
        "What a lot holds and is worth is the sum of its movements.",
        """
        SELECT lots.lot_id, lots.on_hand_thousandths, lots.value_cents, moved.quantity, moved.value
          FROM lots
          LEFT JOIN (SELECT lot_id, sum(quantity_thousandths) AS quantity, sum(value_cents) AS value
                       FROM movements GROUP BY lot_id) AS moved USING (lot_id)
         WHERE lots.on_hand_thousandths <> coalesce(moved.quantity, 0)
            OR lots.value_cents <> coalesce(moved.value, 0)
        """,
    ),
    Invariant(
        "S2",
        "No lot ever held less than nothing or was worth less, and an empty one was worth nothing.",
        """
        SELECT lot_id, seq, held, worth
          FROM (SELECT lot_id, seq,
                       sum(quantity_thousandths) OVER past AS held, sum(value_cents) OVER past AS worth
                  FROM movements WINDOW past AS (PARTITION BY lot_id ORDER BY seq)) AS history
         WHERE held < 0 OR worth < 0 OR (held = 0 AND worth <> 0)
        """,
    ),
    Invariant(
        "S5",
        "One cause moves one lot once in one way.",
        """
        SELECT source_type, source_id, source_line, lot_id, kind
          FROM movements GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
        """,
    ),
    Invariant(
        "S6",
        "The ledgers are guarded: append-only by trigger, and not to be changed by the service's role.",
        """
        SELECT ledger.name
          FROM unnest(ARRAY['movements', 'receipts', 'usages', 'usage_lines', 'settlements', 'reversals',
                            'lot_status_changes', 'recipes', 'recipe_items']) AS ledger(name)
         WHERE (SELECT count(*) FROM pg_trigger
                 WHERE tgrelid = to_regclass(ledger.name) AND tgenabled <> 'D'
                   AND tgname IN ('append_only', 'append_only_truncate')) <> 2
            OR EXISTS (SELECT FROM pg_roles
                        WHERE rolname = regexp_replace((SELECT tableowner FROM pg_tables
                                                         WHERE tablename = ledger.name
                                                           AND schemaname = 'public'), '_owner$', '_app')
                          AND has_table_privilege(rolname, ledger.name, 'UPDATE, DELETE, TRUNCATE'))
        """,
    ),
    Invariant(
        "S7",
        "A reversal undoes one movement of the same lot exactly.",
        """
        SELECT undo.movement_id
          FROM movements AS undo
          JOIN movements AS done ON done.movement_id = undo.reverses_id
         WHERE undo.lot_id <> done.lot_id OR undo.clinic_id <> done.clinic_id
            OR undo.quantity_thousandths <> -done.quantity_thousandths
            OR undo.value_cents <> -done.value_cents OR done.kind = 'reversal'
        UNION ALL
        SELECT movement_id FROM movements
         WHERE kind = 'reversal' AND NOT EXISTS (SELECT FROM reversals
                                                  WHERE reversals.movement_id = movements.reverses_id)
        """,
    ),
    Invariant(
        "S8",
        "Nothing was taken from an expired, held or recalled lot without saying so.",
        """
        SELECT movements.movement_id, before.status, lots.expires_on
          FROM movements
          JOIN lots USING (lot_id)
         CROSS JOIN LATERAL (
            SELECT coalesce((SELECT status FROM lot_status_changes AS changed
                              WHERE changed.lot_id = movements.lot_id AND changed.seq < movements.seq
                              ORDER BY changed.seq DESC LIMIT 1), 'available') AS status) AS before
         WHERE movements.kind IN ('use', 'sale', 'settlement')
           AND ((before.status = 'hold') <> ('held-lot' = ANY (movements.flags))
             OR (before.status = 'recalled') <> ('recalled-lot' = ANY (movements.flags))
             OR coalesce(lots.expires_on < movements.occurred_on, false)
                <> ('expired-lot' = ANY (movements.flags)))
        """,
    ),
    Invariant(
        "S12",
        "What arrived, less what was taken back and what left, is what the shelves of each clinic are worth.",
        """
        SELECT shelf.clinic_id, shelf.worth, ledger.worth
          FROM (SELECT clinic_id, sum(value_cents) AS worth FROM lots GROUP BY clinic_id) AS shelf
          FULL JOIN (SELECT clinic_id, sum(value_cents) AS worth FROM movements GROUP BY clinic_id) AS ledger
            ON ledger.clinic_id = shelf.clinic_id
         WHERE coalesce(shelf.worth, 0) <> coalesce(ledger.worth, 0)
        """,
    ),
    Invariant(
        "S17",
        "A clinic has each lot of an item once, whatever the case of its code.",
        """
        SELECT clinic_id, sku, lower(btrim(code)) FROM lots GROUP BY 1, 2, 3 HAVING count(*) > 1
        """,
    ),
    Invariant(
        "X3",
        "What a visit needed is what left the shelves for it plus what was short.",
        """
        SELECT line.usage_id, line.line, line.quantity_thousandths
          FROM usage_lines AS line
         WHERE line.quantity_thousandths
               <> coalesce((SELECT -sum(quantity_thousandths) FROM movements
                             WHERE source_type = 'usage' AND source_id = line.usage_id
                               AND source_line = line.line), 0)
                + coalesce((SELECT sum(quantity_thousandths) FROM shortages
                             WHERE shortages.usage_id = line.usage_id AND usage_line = line.line), 0)
        """,
    ),
    Invariant(
        "X3b",
        "What is settled of a shortage is what left the shelves for it.",
        """
        SELECT shortage_id, settled_thousandths
          FROM shortages
         WHERE settled_thousandths
               <> coalesce((SELECT sum(settlements.quantity_thousandths)
                              FROM settlements JOIN movements USING (movement_id)
                             WHERE settlements.shortage_id = shortages.shortage_id
                               AND movements.quantity_thousandths = -settlements.quantity_thousandths), 0)
        """,
    ),
    Invariant(
        "X9",
        "Billing was told of every movement once, with the value it has here.",
        """
        WITH told AS (
            SELECT (line ->> 'movement_id')::uuid AS movement_id,
                   (line ->> 'value_cents')::bigint AS value_cents
              FROM outbox CROSS JOIN jsonb_array_elements(data -> 'lines') AS line
             WHERE type = 'stock.valued'),
        first AS (
            -- What was delivered long ago is deleted: nothing is asked of movements from before what is left.
            SELECT coalesce(min(occurred_at) FILTER (WHERE sent_at IS NOT NULL), min(occurred_at), 'infinity')
                   AS kept_since
              FROM outbox)
        SELECT coalesce(movements.movement_id, told.movement_id), movements.value_cents, told.value_cents
          FROM (SELECT movement_id, count(*) AS times, min(value_cents) AS value_cents
                  FROM told GROUP BY movement_id) AS told
          FULL JOIN movements ON movements.movement_id = told.movement_id
         CROSS JOIN first
         WHERE (movements.movement_id IS NULL OR movements.recorded_at >= first.kept_since)
           AND (told.movement_id IS NULL OR movements.movement_id IS NULL
                OR told.times <> 1 OR told.value_cents <> movements.value_cents)
        """,
    ),
    Invariant(
        "X11",
        "Every row belongs to the clinic of what it refers to.",
        """
        SELECT 'movements' AS what, movement_id AS id FROM movements JOIN lots USING (lot_id)
         WHERE movements.clinic_id <> lots.clinic_id OR movements.sku <> lots.sku
        UNION ALL
        SELECT 'receipts', receipt_id FROM receipts JOIN lots USING (lot_id)
         WHERE receipts.clinic_id <> lots.clinic_id OR receipts.sku <> lots.sku
        UNION ALL
        SELECT 'usage_lines', usage_id FROM usage_lines JOIN usages USING (usage_id)
         WHERE usage_lines.clinic_id <> usages.clinic_id
        UNION ALL
        SELECT 'shortages', shortage_id FROM shortages JOIN usages USING (usage_id)
         WHERE shortages.clinic_id <> usages.clinic_id OR shortages.visit_id <> usages.visit_id
        UNION ALL
        SELECT 'settlements', settlement_id
          FROM settlements JOIN shortages USING (shortage_id) JOIN movements USING (movement_id)
         WHERE settlements.clinic_id <> shortages.clinic_id OR movements.clinic_id <> shortages.clinic_id
        UNION ALL
        SELECT 'lot_status_changes', change_id FROM lot_status_changes JOIN lots USING (lot_id)
         WHERE lot_status_changes.clinic_id <> lots.clinic_id
        """,
    ),
]


def violations(session: Session) -> Iterator[tuple[Invariant, Sequence[Any]]]:
    """Yield each invariant that does not hold, with the rows that break it."""
    for invariant in INVARIANTS:
        rows = session.execute(text(invariant.sql)).all()
        if rows:
            yield invariant, rows
