"""The walls: who may touch which rows, and what can never be changed."""

from alembic import op

from shared.migrations import append_only, clinic_wall, create_append_only_guard, grant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LEDGERS = (
    "recipes",
    "recipe_items",
    "lot_status_changes",
    "movements",
    "reversals",
    "receipts",
    "usages",
    "usage_lines",
    "settlements",
)
RIGHTS = {
    "clinics": "SELECT, INSERT",
    "items": "SELECT, INSERT, UPDATE (active)",
    "lots": "SELECT, INSERT, UPDATE"
    " (on_hand_thousandths, value_cents, status, status_reason, version, expires_on, expires_precision)",
    "shortages": "SELECT, INSERT, UPDATE (settled_thousandths, state, closed_at)",
    "outbox": "SELECT, INSERT, UPDATE, DELETE",
    "inbox": "SELECT, INSERT",
    "SEQUENCE ledger_seq": "USAGE",
}
# The catalogue is the house's; everything else belongs to a clinic.
OF_THE_HOUSE = ("items", "recipes", "recipe_items", "SEQUENCE ledger_seq")
WALLED = tuple(table for table in (*LEDGERS, *RIGHTS) if table not in OF_THE_HOUSE)


def upgrade() -> None:
    create_append_only_guard()
    for table in LEDGERS:
        append_only(table)
    for table, rights in RIGHTS.items():
        grant(table, rights)
    for table in WALLED:
        clinic_wall(table)


def downgrade() -> None:
    for table in WALLED:
        op.execute(f"DROP POLICY clinic_wall ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in LEDGERS:
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(f"DROP TRIGGER append_only_truncate ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
