"""The walls: who may touch which rows, what can never be changed, and entries that must balance."""

from alembic import op

from services.billing.ledger.accounts import CHART
from shared.migrations import append_only, clinic_wall, create_append_only_guard, grant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LEDGERS = (
    "invoices",
    "invoice_lines",
    "invoice_discounts",
    "invoice_supplies",
    "journal_entries",
    "journal_lines",
)
RIGHTS = {
    "accounts": "SELECT",
    "charges": "SELECT, INSERT, UPDATE",
    "clinics": "SELECT, INSERT, UPDATE",
    "prices": "SELECT, INSERT",
    "tax_rates": "SELECT, INSERT",
    "patients": "SELECT, INSERT, UPDATE",
    "patient_terms": "SELECT, INSERT, DELETE",
    "visits": "SELECT, INSERT, UPDATE",
    "visit_supplies": "SELECT, INSERT, UPDATE",
    "invoice_series": "SELECT, INSERT, UPDATE",
    "payments": "SELECT, INSERT",
    "outbox": "SELECT, INSERT, UPDATE, DELETE",
    "inbox": "SELECT, INSERT",
}
WALLED = (*(table for table in RIGHTS if table not in ("accounts", "charges")), *LEDGERS)


def upgrade() -> None:
    create_append_only_guard()
    for table in LEDGERS:
        append_only(table)
    for table, rights in RIGHTS.items():
        grant(table, rights)
    for table in WALLED:
        clinic_wall(table)
    _refuse_unbalanced_entries()
    for code, (name, kind) in CHART.items():
        op.execute(f"INSERT INTO accounts (code, name, kind) VALUES ('{code}', '{name}', '{kind}')")


def downgrade() -> None:
    op.execute("DELETE FROM accounts")
    op.execute("DROP TRIGGER balanced ON journal_lines")
    op.execute("DROP FUNCTION refuse_unbalanced_entry()")
    for table in WALLED:
        op.execute(f"DROP POLICY clinic_wall ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in LEDGERS:
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(f"DROP TRIGGER append_only_truncate ON {table}")
    op.execute("DROP FUNCTION refuse_change()")


def _refuse_unbalanced_entries() -> None:
    """An entry's lines come in one statement: the check is one pass over what that statement added."""
    op.execute(
        """
        CREATE FUNCTION refuse_unbalanced_entry() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE wrong uuid;
        BEGIN
            SELECT entry_id INTO wrong FROM added
             GROUP BY entry_id HAVING sum(amount_cents) <> 0 OR count(*) < 2 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'journal entry % does not balance', wrong USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER balanced AFTER INSERT ON journal_lines REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced_entry()
        """
    )
