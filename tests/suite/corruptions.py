"""One way to break each promise, and what must notice it; made so that as little else as possible breaks."""

from typing import NamedTuple


class Corruption(NamedTuple):
    """Statements that spoil one database, and the promises that must report it, the one it is for first."""

    breaks: tuple[str, ...]
    service: str
    statements: str


def _line(account: str, kind: str, *, last: bool = False) -> str:
    """Return the condition for one journal line of an account in an entry of a kind, at Main."""
    return (
        "(entry_id, line_no) = (SELECT entry_id, line_no FROM journal_lines JOIN journal_entries AS entry"
        f" USING (entry_id) WHERE account_code = '{account}' AND kind = '{kind}' AND entry.clinic_id = 'main'"
        f" ORDER BY entry_id {'DESC' if last else 'ASC'} LIMIT 1)"
    )


def _pair(first: str, second: str, kind: str) -> str:
    """Move a cent between two accounts of one entry that has both."""
    entry = (
        f"(SELECT entry_id FROM journal_entries WHERE kind = '{kind}'"
        f" AND entry_id IN (SELECT entry_id FROM journal_lines WHERE account_code = '{first}')"
        f" AND entry_id IN (SELECT entry_id FROM journal_lines WHERE account_code = '{second}') LIMIT 1)"
    )
    return (
        "UPDATE journal_lines"
        f" SET amount_cents = amount_cents + CASE account_code WHEN '{first}' THEN 1 ELSE -1 END"
        f" WHERE account_code IN ('{first}', '{second}') AND entry_id = {entry}"
    )


_ANY_INVOICE = "(SELECT invoice_id FROM invoices ORDER BY invoice_id LIMIT 1)"
_OUTBOX = "INSERT INTO outbox (id, clinic_id, type, subject, data, occurred_at{more}) VALUES"

BILLING = (
    Corruption(
        ("M1",),
        "billing",
        f"UPDATE journal_lines SET amount_cents = amount_cents + 1 WHERE {_line('2050', 'stock')};"
        f"UPDATE journal_lines SET amount_cents = amount_cents - 1 WHERE {_line('2050', 'stock', last=True)}",
    ),
    Corruption(
        ("M2", "M1"),
        "billing",
        f"UPDATE journal_lines SET amount_cents = amount_cents + 1 WHERE {_line('2050', 'stock')}",
    ),
    Corruption(
        ("M3",),
        "billing",
        "INSERT INTO journal_entries"
        " (entry_id, clinic_id, kind, source_type, source_id, currency, booked_on, posted_at)"
        " VALUES (gen_random_uuid(), 'main', 'note', 'note', gen_random_uuid(), 'USD', current_date, now())",
    ),
    Corruption(
        ("M4",),
        "billing",
        "INSERT INTO journal_lines (entry_id, line_no, clinic_id, account_code, amount_cents)"
        " SELECT id, line_no, 'main', '2050', cents FROM (SELECT gen_random_uuid() AS id) AS entry,"
        " (VALUES (1, 5), (2, -5)) AS line (line_no, cents)",
    ),
    Corruption(
        ("M5",),
        "billing",
        "CREATE TEMP TABLE gone AS SELECT entry_id FROM journal_entries WHERE kind = 'sale' LIMIT 1;"
        "DELETE FROM journal_lines WHERE entry_id IN (SELECT entry_id FROM gone);"
        "DELETE FROM journal_entries WHERE entry_id IN (SELECT entry_id FROM gone)",
    ),
    Corruption(("M6",), "billing", _pair("1100", "4000", "sale")),
    Corruption(
        ("M7",),
        "billing",
        "UPDATE invoice_lines SET discount_cents = discount_cents + CASE line_no WHEN 1 THEN 1 ELSE -1 END,"
        " total_cents = total_cents - CASE line_no WHEN 1 THEN 1 ELSE -1 END"
        " WHERE line_no <= 2 AND invoice_id = (SELECT invoice_id FROM invoice_lines"
        " JOIN invoice_discounts AS discount USING (invoice_id)"
        " WHERE discount.line_no IS NULL AND kind = 'treatment' AND invoice_lines.line_no <= 2"
        " GROUP BY invoice_id HAVING count(*) = 2 LIMIT 1)",
    ),
    Corruption(
        ("M8",),
        "billing",
        f"UPDATE journal_lines SET amount_cents = amount_cents - 1 WHERE {_line('1100', 'payment')};"
        "INSERT INTO journal_lines (entry_id, line_no, clinic_id, account_code, amount_cents)"
        f" SELECT entry_id, 9, clinic_id, '2050', 1 FROM journal_lines WHERE {_line('1100', 'payment')}",
    ),
    Corruption(
        ("M11",),
        "billing",
        "UPDATE payments SET amount_cents = amount_cents + CASE kind WHEN 'cash' THEN -1 ELSE 1 END"
        " WHERE invoice_id = (SELECT invoice_id FROM payments GROUP BY 1"
        " HAVING count(*) = 2 AND count(*) FILTER (WHERE kind = 'cash') = 1 LIMIT 1)",
    ),
    Corruption(
        ("M14",),
        "billing",
        "ALTER TABLE invoices DROP CONSTRAINT uq_invoices_clinic_id_year_number;"
        "UPDATE invoices SET number = 2 WHERE number = 3 AND clinic_id = 'main'",
    ),
    Corruption(("M15",), "billing", "UPDATE invoice_series SET next_number = next_number + 1"),
    Corruption(
        ("M16",),
        "billing",
        "UPDATE invoices SET issued_at = issued_at + interval '30 days'"
        " WHERE number = 1 AND clinic_id = 'main'",
    ),
    Corruption(
        ("M17",),
        "billing",
        "UPDATE invoices SET answer = jsonb_set(answer, '{invoice,total_cents}', '1')"
        f" WHERE invoice_id = {_ANY_INVOICE}",
    ),
    Corruption(("M23",), "billing", "UPDATE invoice_lines SET tax_rate_ppm = 99000 WHERE tax_cents > 100"),
    Corruption(
        ("M24",),
        "billing",
        "UPDATE invoices SET answer = jsonb_set(answer, '{invoice,id}', to_jsonb(gen_random_uuid()))"
        f" WHERE invoice_id = {_ANY_INVOICE}",
    ),
    Corruption(
        ("M25",),
        "billing",
        "UPDATE journal_entries SET source_id = gen_random_uuid() WHERE entry_id ="
        " (SELECT entry_id FROM journal_entries WHERE kind = 'stock' LIMIT 1)",
    ),
    Corruption(
        ("M27",), "billing", f"UPDATE invoices SET currency = 'EUR' WHERE invoice_id = {_ANY_INVOICE}"
    ),
    Corruption(("M28",), "billing", "ALTER TABLE payments ADD COLUMN fee_cents numeric"),
    Corruption(
        ("V1",),
        "billing",
        "UPDATE visits SET status = 'to_pay' WHERE visit_id = (SELECT visit_id FROM invoices LIMIT 1)",
    ),
    Corruption(
        ("X1",),
        "billing",
        "UPDATE outbox SET data = jsonb_set(data, '{invoice_id}',"
        " (SELECT data -> 'invoice_id' FROM outbox ORDER BY seq LIMIT 1))"
        " WHERE seq = (SELECT max(seq) FROM outbox)",
    ),
    Corruption(
        ("X4",),
        "billing",
        f"{_OUTBOX.format(more='')} (gen_random_uuid(), 'main', 'note', gen_random_uuid(), '{{}}',"
        " now() - interval '2 minutes')",
    ),
    Corruption(
        ("X7",),
        "billing",
        f"{_OUTBOX.format(more=', parked_at')} (gen_random_uuid(), 'main', 'note', gen_random_uuid(), '{{}}',"
        " now() - interval '2 minutes', now())",
    ),
    Corruption(
        ("X5",),
        "billing",
        "UPDATE inbox SET applied_at = applied_at - interval '1 hour'"
        " WHERE event_id = (SELECT event_id FROM inbox"
        " JOIN journal_entries ON source_id = event_id JOIN invoice_supplies USING (invoice_id)"
        " WHERE sku = 'AFT-MIST-100' ORDER BY posted_at DESC LIMIT 1)",
    ),
    Corruption(
        ("X8",),
        "billing",
        "UPDATE inbox SET subject = gen_random_uuid() WHERE event_id = (SELECT source_id FROM journal_entries"
        " JOIN invoice_supplies USING (invoice_id) WHERE journal_entries.kind = 'stock' AND sku = 'SHEATH-01'"
        " ORDER BY posted_at DESC LIMIT 1)",
    ),
    Corruption(
        ("X9",),
        "billing",
        "UPDATE invoice_supplies SET cost_cents = cost_cents + 1"
        " WHERE movement_id = (SELECT movement_id FROM invoice_supplies LIMIT 1)",
    ),
    Corruption(
        ("X11",),
        "billing",
        "UPDATE payments SET clinic_id = 'harbor' WHERE payment_id ="
        " (SELECT payment_id FROM payments WHERE clinic_id = 'main' LIMIT 1)",
    ),
    Corruption(("S12",), "billing", _pair("1200", "2050", "stock")),
)
INVENTORY = (
    Corruption(
        ("S1",),
        "inventory",
        "UPDATE lots SET on_hand_thousandths = on_hand_thousandths + 1"
        " WHERE lot_id = (SELECT lot_id FROM lots LIMIT 1)",
    ),
    Corruption(
        ("S2",),
        "inventory",
        "UPDATE movements SET seq = (SELECT max(seq) + 1 FROM movements) WHERE kind = 'receipt'"
        " AND lot_id = (SELECT lot_id FROM lots WHERE on_hand_thousandths = 0 LIMIT 1)",
    ),
    Corruption(
        ("S5", "X3"),
        "inventory",
        "ALTER TABLE movements DROP CONSTRAINT uq_movements_source;"
        "UPDATE movements SET (source_id, source_line) ="
        " (SELECT source_id, source_line FROM movements AS first"
        " WHERE first.kind = 'use' AND first.lot_id = movements.lot_id ORDER BY seq LIMIT 1)"
        " WHERE movement_id ="
        " (SELECT movement_id FROM movements WHERE kind = 'use' ORDER BY seq DESC LIMIT 1)",
    ),
    Corruption(("S6",), "inventory", "ALTER TABLE movements DISABLE TRIGGER append_only"),
    Corruption(
        ("S7",),
        "inventory",
        "CREATE TEMP TABLE undo AS SELECT * FROM movements WHERE kind = 'receipt' ORDER BY seq DESC LIMIT 1;"
        "UPDATE undo SET reverses_id = movement_id, movement_id = gen_random_uuid(), kind = 'reversal',"
        " quantity_thousandths = -1000, value_cents = 0, recorded_at = '2020-01-01',"
        " source_type = 'reversal',"
        " seq = (SELECT max(seq) + 1 FROM movements);"
        "INSERT INTO movements SELECT * FROM undo;"
        "UPDATE lots SET on_hand_thousandths = on_hand_thousandths - 1000"
        " WHERE lot_id = (SELECT lot_id FROM undo)",
    ),
    Corruption(
        ("S8",),
        "inventory",
        "UPDATE movements SET flags = '{held-lot}'"
        " WHERE movement_id = (SELECT movement_id FROM movements WHERE kind = 'use' LIMIT 1)",
    ),
    Corruption(
        ("S12", "S1"),
        "inventory",
        "UPDATE lots SET value_cents = value_cents + 1"
        " WHERE lot_id = (SELECT lot_id FROM lots WHERE on_hand_thousandths > 0 LIMIT 1)",
    ),
    Corruption(
        ("S17",),
        "inventory",
        "CREATE TEMP TABLE twin AS SELECT * FROM lots WHERE on_hand_thousandths > 0 LIMIT 1;"
        "UPDATE twin SET lot_id = gen_random_uuid(), code = lower(code), code_key = 'another',"
        " value_cents = 0,"
        " on_hand_thousandths = 0, idempotency_key = 'another';"
        "INSERT INTO lots SELECT * FROM twin",
    ),
    Corruption(
        ("X2",),
        "inventory",
        "INSERT INTO inbox (event_id, source, type, clinic_id, subject)"
        " VALUES (gen_random_uuid(), '/billing', 'supplies.used', 'main', gen_random_uuid())",
    ),
    Corruption(
        ("X3",),
        "inventory",
        "UPDATE usage_lines SET sku = 'AFT-MIST-100' WHERE (usage_id, line) ="
        " (SELECT usage_id, line FROM usage_lines WHERE sku = 'AFT-SPF-50' AND origin = 'sold' LIMIT 1)",
    ),
    Corruption(
        ("X3",),
        "inventory",
        "UPDATE usage_lines SET quantity_thousandths = quantity_thousandths + 1 WHERE (usage_id, line) ="
        " (SELECT usage_id, line FROM usage_lines WHERE origin = 'recipe' LIMIT 1)",
    ),
    Corruption(("X3b",), "inventory", "UPDATE settlements SET quantity_thousandths = 500"),
    Corruption(
        ("X9",),
        "inventory",
        "UPDATE outbox SET data = jsonb_set(data, '{lines,0,value_cents}', '-1')"
        " WHERE seq = (SELECT max(seq) FROM outbox WHERE jsonb_array_length(data -> 'lines') > 1)",
    ),
    Corruption(
        ("X11",),
        "inventory",
        "UPDATE receipts SET clinic_id = 'harbor' WHERE receipt_id ="
        " (SELECT receipt_id FROM receipts WHERE clinic_id = 'main' LIMIT 1)",
    ),
)
CORRUPTIONS = (*BILLING, *INVENTORY)
