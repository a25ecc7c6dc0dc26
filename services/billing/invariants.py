"""What must always be true of billing's rows. Every statement returns what breaks the promise: nothing, ever.

The numbers are those of the house's list of invariants. The database refuses most of this by constraint and
trigger as well; here it is proved from what is stored, by other means than those that stored it.
"""
# ruff: noqa: S608 (account codes are ours)

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from services.billing.checkouts import totals
from services.billing.checkouts.totals import DiscountInput, LineInput
from services.billing.ledger import accounts
from shared.invariants import Invariant

_WHENS = " ".join(f"WHEN '{kind}' THEN '{code}'" for kind, code in accounts.TENDER_ACCOUNTS.items())
_TENDER_ACCOUNT = f"CASE payments.kind {_WHENS} END"

# What the sale entry of an invoice must say, from the invoice and its lines, against what it says. Added up
# rather than joined, so that it stays one pass over each table however many years they hold.
_SALE_ENTRIES = f"""
    WITH amounts (invoice_id, account, owed, posted) AS (
        SELECT invoice_id, '{accounts.RECEIVABLE}', total_cents, NULL::bigint FROM invoices
        UNION ALL SELECT invoice_id, '{accounts.TIPS}', -tip_cents, NULL FROM invoices
        UNION ALL SELECT invoice_id, '{accounts.SALES_TAX}', -tax_cents, NULL FROM invoice_lines
        UNION ALL SELECT invoice_id,
                         CASE kind WHEN 'retail' THEN '{accounts.RETAIL_REVENUE}'
                                   ELSE '{accounts.TREATMENT_REVENUE}' END,
                         discount_cents - gross_cents, NULL
                    FROM invoice_lines
        UNION ALL SELECT entry.source_id, line.account_code, NULL, line.amount_cents
                    FROM journal_entries AS entry JOIN journal_lines AS line USING (entry_id)
                   WHERE entry.source_type = 'invoice' AND entry.kind = 'sale')
    SELECT invoice_id, account, owed, posted
      FROM (SELECT invoice_id, account, coalesce(sum(owed), 0) AS owed, coalesce(sum(posted), 0) AS posted,
                   sum(count(posted)) OVER (PARTITION BY invoice_id) AS lines
              FROM amounts GROUP BY invoice_id, account) AS compared
     WHERE owed <> posted AND lines > 0
    UNION ALL
    SELECT invoice_id, 'lines', invoices.total_cents, sum(line.total_cents) + invoices.tip_cents
      FROM invoices LEFT JOIN invoice_lines AS line USING (invoice_id)
     GROUP BY invoice_id
    HAVING sum(line.total_cents) + invoices.tip_cents IS DISTINCT FROM invoices.total_cents
"""

_PAID = f"""
    WITH received AS (
        SELECT invoice_id, sum(amount_cents) AS cents FROM payments WHERE status = 'succeeded' GROUP BY 1),
    credited AS (
        SELECT entry.invoice_id, -sum(line.amount_cents) AS cents
          FROM journal_entries AS entry JOIN journal_lines AS line USING (entry_id)
         WHERE entry.kind = 'payment' AND line.account_code = '{accounts.RECEIVABLE}' GROUP BY 1)
    SELECT invoice_id, total_cents, received.cents AS received_cents, credited.cents AS credited_cents
      FROM invoices LEFT JOIN received USING (invoice_id) LEFT JOIN credited USING (invoice_id)
     WHERE coalesce(received.cents, 0) <> coalesce(credited.cents, 0)
        OR coalesce(received.cents, 0) NOT BETWEEN 0 AND total_cents
"""

_TENDERS = f"""
    SELECT payment_id, payments.kind, status, payments.amount_cents, booked.entries, booked.cents
      FROM payments CROSS JOIN LATERAL (
           SELECT count(DISTINCT entry.entry_id) AS entries, sum(line.amount_cents) AS cents
             FROM journal_entries AS entry LEFT JOIN journal_lines AS line
               ON line.entry_id = entry.entry_id AND line.account_code = {_TENDER_ACCOUNT}
            WHERE entry.source_type = 'payment' AND entry.source_id = payment_id) AS booked
     WHERE booked.entries <> CASE status WHEN 'succeeded' THEN 1 ELSE 0 END
        OR (status = 'succeeded' AND booked.cents IS DISTINCT FROM payments.amount_cents)
"""

_SERIES = """
    SELECT clinic_id, year, found.least, found.most, found.invoices, series.next_number
      FROM (SELECT clinic_id, year, min(number) AS least, max(number) AS most, count(*) AS invoices
              FROM invoices GROUP BY 1, 2) AS found
      FULL JOIN invoice_series AS series USING (clinic_id, year)
     WHERE found.least IS DISTINCT FROM 1 OR found.most <> found.invoices
        OR series.next_number IS DISTINCT FROM found.most + 1
"""

# Two desks look at the clock before they queue for a number: a minute is far more than a sale can take.
_RISING = """
    SELECT invoice_id, clinic_id, year, number, issued_at, issued_on
      FROM (SELECT *, max(issued_at) OVER (PARTITION BY clinic_id, year ORDER BY number
                                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest_before
              FROM invoices) AS numbered
     WHERE issued_at < latest_before - interval '1 minute' OR year <> extract(year FROM issued_on)
"""

_FROZEN = """
    SELECT invoice_id, key, to_jsonb(invoices) ->> key AS stored, answer -> 'invoice' ->> key AS told
      FROM invoices, unnest(ARRAY['subtotal_cents', 'discount_cents', 'tax_cents', 'tip_cents', 'total_cents',
                                  'issued_on']) AS key
     WHERE to_jsonb(invoices) ->> key IS DISTINCT FROM answer -> 'invoice' ->> key
"""

# Half up on what is left after discounts; per invoice, the sum is spread so that no line is a cent off.
_TAX = """
    SELECT invoice_id, invoices.tax_cents, 'sum' AS what
      FROM invoices JOIN invoice_lines AS line USING (invoice_id)
     GROUP BY invoice_id
    HAVING sum(line.tax_cents) <> invoices.tax_cents
        OR (invoices.tax_rounding = 'invoice' AND sum(line.tax_cents)
            <> div(2 * sum((line.gross_cents - line.discount_cents) * line.tax_rate_ppm) + 1000000, 2000000))
    UNION ALL
    SELECT invoice_id, line.tax_cents, 'line ' || line_no
      FROM invoice_lines AS line JOIN invoices USING (invoice_id)
     WHERE CASE tax_rounding
           WHEN 'line' THEN line.tax_cents
                <> (2 * (gross_cents - line.discount_cents) * tax_rate_ppm + 1000000) / 2000000
           ELSE abs(line.tax_cents * 1000000 - (gross_cents - line.discount_cents) * tax_rate_ppm)
                >= 1000000 END
"""

_KEYS = """
    SELECT 'invoices' AS stored_in, invoice_id AS id, idempotency_key FROM invoices
     WHERE answer -> 'invoice' ->> 'id' IS DISTINCT FROM invoice_id::text OR length(request_hash) <> 32
    UNION ALL
    SELECT 'patients', patient_id, idempotency_key FROM patients
     WHERE answer ->> 'patient_id' IS DISTINCT FROM patient_id::text OR length(request_hash) <> 32
    UNION ALL
    SELECT 'visits', visit_id, idempotency_key FROM visits
     WHERE idempotency_key <> 'checkout:' || visit_id
       AND (answer ->> 'visit_id' IS DISTINCT FROM visit_id::text OR length(request_hash) <> 32)
    UNION ALL
    SELECT table_name, NULL, clinic_id || ' ' || created_by || ' ' || idempotency_key
      FROM (SELECT 'invoices' AS table_name, clinic_id, created_by, idempotency_key FROM invoices
            UNION ALL SELECT 'patients', clinic_id, created_by, idempotency_key FROM patients
            UNION ALL SELECT 'visits', clinic_id, created_by, idempotency_key FROM visits
            UNION ALL SELECT 'visit_supplies', clinic_id, created_by, idempotency_key
                        FROM visit_supplies) AS keyed
     GROUP BY table_name, clinic_id, created_by, idempotency_key HAVING count(*) > 1
"""

_CURRENCIES = """
    SELECT 'invoice' AS what, invoice_id AS id, invoices.currency, clinics.currency AS of_clinic
      FROM invoices JOIN clinics USING (clinic_id) WHERE invoices.currency <> clinics.currency
    UNION ALL
    SELECT 'entry', entry_id, entry.currency, clinics.currency
      FROM journal_entries AS entry JOIN clinics USING (clinic_id) WHERE entry.currency <> clinics.currency
"""


def _arithmetic(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """Price every invoice anew from its lines and discounts and compare line by line, without the tax."""
    discounts = _by_invoice(connection.execute(text("SELECT * FROM invoice_discounts ORDER BY discount_no")))
    lines = _by_invoice(connection.execute(text("SELECT * FROM invoice_lines ORDER BY line_no")))
    for invoice_id, stored in lines.items():
        try:
            priced = _priced(stored, discounts.get(invoice_id, ()))
        except (ValueError, totals.DiscountTooLarge, totals.DiscountLineUnknown) as refused:
            yield {"invoice_id": invoice_id, "line_no": None, "refused": repr(refused)}
            continue
        taken = [discount.amount_cents for discount in discounts.get(invoice_id, ())]
        if taken != [discount.applied_cents for discount in priced.discounts]:
            yield {"invoice_id": invoice_id, "line_no": None, "discounts": taken}
        for line, again in zip(stored, priced.lines, strict=True):
            if (line.gross_cents, line.discount_cents) != (again.gross_cents, again.discount_cents):
                yield {
                    "invoice_id": invoice_id,
                    "line_no": line.line_no,
                    "discount_cents": line.discount_cents,
                }


def _by_invoice(rows: Any) -> dict[Any, list[Row[Any]]]:
    found: dict[Any, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.invoice_id].append(row)
    return found


def _priced(lines: Sequence[Row[Any]], discounts: Sequence[Row[Any]]) -> totals.Totals:
    return totals.price(
        [LineInput(line.charge_code, "", line.quantity, line.unit_cents, "any") for line in lines],
        discounts=[
            DiscountInput(
                reason=discount.reason,
                line=None if discount.line_no is None else discount.line_no - 1,
                basis_points=discount.basis_points,
                amount_cents=discount.amount_cents if discount.basis_points is None else None,
            )
            for discount in discounts
        ],
        tax_rates={"any": 0},
    )


INVARIANTS = (
    Invariant(
        "M1",
        "Every journal entry balances",
        "journal_entries",
        "SELECT entry_id, sum(amount_cents) AS off_by FROM journal_lines"
        " GROUP BY 1 HAVING sum(amount_cents) <> 0",
    ),
    Invariant(
        "M2",
        "The whole ledger adds up to zero for each clinic and currency",
        "journal_lines",
        "SELECT entry.clinic_id, currency, sum(amount_cents) AS off_by FROM journal_lines"
        " JOIN journal_entries AS entry USING (entry_id) GROUP BY 1, 2 HAVING sum(amount_cents) <> 0",
    ),
    Invariant(
        "M3",
        "Every entry has at least two lines, and none of them is zero",
        "journal_entries",
        "SELECT entry_id, count(line_no) AS lines"
        " FROM journal_entries LEFT JOIN journal_lines USING (entry_id)"
        " GROUP BY 1 HAVING count(line_no) < 2 OR min(abs(amount_cents)) = 0",
    ),
    Invariant(
        "M4",
        "Every journal line belongs to an entry and to an account of the chart",
        "journal_lines",
        "SELECT entry_id, line_no, account_code"
        " FROM journal_lines LEFT JOIN journal_entries AS entry USING (entry_id)"
        " LEFT JOIN accounts ON code = account_code WHERE entry.entry_id IS NULL OR code IS NULL",
    ),
    Invariant(
        "M5",
        "Every invoice is in the books as exactly one sale",
        "invoices",
        "SELECT sold.invoice_id, count(entry_id) AS sales"
        " FROM invoices AS sold LEFT JOIN journal_entries AS entry"
        " ON source_type = 'invoice' AND source_id = sold.invoice_id AND kind = 'sale'"
        " GROUP BY sold.invoice_id HAVING count(entry_id) <> 1",
    ),
    Invariant(
        "M6",
        "An invoice's total is the sum of its lines and tip, and what the books say",
        "invoices",
        _SALE_ENTRIES,
    ),
    Invariant(
        "M7",
        "Each line's amount and share of the discounts can be computed again",
        "invoice_lines",
        _arithmetic,
    ),
    Invariant(
        "M8",
        "What was paid is what the receivable was credited, and no more than the total",
        "invoices",
        _PAID,
    ),
    Invariant(
        "M11", "Every tender received is in the books exactly once, in its own account", "payments", _TENDERS
    ),
    Invariant(
        "M14",
        "No invoice number is used twice",
        "invoices",
        "SELECT clinic_id, year, number, count(*) FROM invoices GROUP BY 1, 2, 3 HAVING count(*) > 1",
    ),
    Invariant(
        "M15", "Invoice numbers have no gap, and the next one follows the last", "invoice_series", _SERIES
    ),
    Invariant("M16", "Invoice numbers rise with the time of issue, within their year", "invoices", _RISING),
    Invariant("M17", "An issued invoice still says what its patient was told", "invoices", _FROZEN),
    Invariant(
        "M23", "Tax is each line's net at its rate, rounded as the clinic rounds", "invoice_lines", _TAX
    ),
    Invariant("M24", "A key was used once, and its answer names the row that it made", "invoices", _KEYS),
    Invariant(
        "M25",
        "Every entry for stock came from one event that was received",
        "journal_entries",
        "SELECT entry_id, source_id FROM journal_entries WHERE kind = 'stock' AND NOT EXISTS"
        " (SELECT FROM inbox WHERE event_id = source_id AND type = 'stock.valued')",
    ),
    Invariant("M27", "Invoices and entries are in the currency of their clinic", "invoices", _CURRENCIES),
    Invariant(
        "V1",
        "A visit is done if and only if it has its invoice",
        "visits",
        "SELECT visit_id, status, invoice_id FROM visits FULL JOIN invoices USING (visit_id)"
        " WHERE (status = 'done') IS DISTINCT FROM (invoice_id IS NOT NULL)",
    ),
)
