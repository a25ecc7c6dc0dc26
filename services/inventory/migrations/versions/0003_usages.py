"""What visits used, and what they left short."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usages",
        sa.Column("usage_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_usages_clinic_id")),
        sa.PrimaryKeyConstraint("usage_id", name=op.f("pk_usages")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_usages_invoice_id")),
    )
    op.create_index("ix_usages_visit", "usages", ["visit_id"], unique=False)
    op.create_table(
        "usage_lines",
        sa.Column("usage_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("origin IN ('recipe', 'scanned', 'sold')", name=op.f("ck_usage_lines_origin")),
        sa.CheckConstraint(
            "purpose IN ('treatment', 'retail', 'receipt', 'waste')", name=op.f("ck_usage_lines_purpose")
        ),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_usage_lines_quantity")),
        sa.ForeignKeyConstraint(["usage_id"], ["usages.usage_id"], name=op.f("fk_usage_lines_usage_id")),
        sa.PrimaryKeyConstraint("usage_id", "line", name=op.f("pk_usage_lines")),
    )
    op.create_table(
        "shortages",
        sa.Column("shortage_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("settled_thousandths", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("usage_id", sa.Uuid(), nullable=True),
        sa.Column("usage_line", sa.BigInteger(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_shortages_closed_at")
        ),
        sa.CheckConstraint(
            "cause IN ('unknown-item', 'unknown-lot', 'out-of-stock', 'only-expired', 'only-held',"
            " 'lot-exhausted', 'reported')",
            name=op.f("ck_shortages_cause"),
        ),
        sa.CheckConstraint(
            "purpose IN ('treatment', 'retail', 'receipt', 'waste')", name=op.f("ck_shortages_purpose")
        ),
        sa.CheckConstraint(
            "state = CASE WHEN settled_thousandths < quantity_thousandths THEN 'open' ELSE 'closed' END",
            name=op.f("ck_shortages_state"),
        ),
        sa.CheckConstraint("(usage_id IS NULL) = (usage_line IS NULL)", name=op.f("ck_shortages_usage")),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_shortages_quantity")),
        sa.CheckConstraint(
            "settled_thousandths BETWEEN 0 AND quantity_thousandths", name=op.f("ck_shortages_settled")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_shortages_clinic_id")),
        sa.ForeignKeyConstraint(
            ["usage_id", "usage_line"],
            ["usage_lines.usage_id", "usage_lines.line"],
            name=op.f("fk_shortages_usage_id_usage_line"),
        ),
        sa.PrimaryKeyConstraint("shortage_id", name=op.f("pk_shortages")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_shortages_clinic_id_created_by_idempotency_key"),
        ),
    )
    op.create_index(
        "ix_shortages_open_item",
        "shortages",
        ["clinic_id", "sku"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_shortages_state", "shortages", ["clinic_id", "state", "shortage_id"], unique=False)
    op.create_index(
        "ix_shortages_visit",
        "shortages",
        ["visit_id"],
        unique=False,
        postgresql_where=sa.text("visit_id IS NOT NULL"),
    )
    op.create_index("uq_shortages_usage_line", "shortages", ["usage_id", "usage_line"], unique=True)
    op.create_table(
        "settlements",
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("shortage_id", sa.Uuid(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_settlements_quantity")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_settlements_clinic_id")),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["movements.movement_id"], name=op.f("fk_settlements_movement_id")
        ),
        sa.ForeignKeyConstraint(
            ["shortage_id"], ["shortages.shortage_id"], name=op.f("fk_settlements_shortage_id")
        ),
        sa.PrimaryKeyConstraint("settlement_id", name=op.f("pk_settlements")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_settlements_clinic_id_created_by_idempotency_key"),
        ),
        sa.UniqueConstraint("movement_id", name=op.f("uq_settlements_movement_id")),
    )
    op.create_index("ix_settlements_shortage", "settlements", ["shortage_id"], unique=False)


def downgrade() -> None:
    op.drop_table("settlements")
    op.drop_table("shortages")
    op.drop_table("usage_lines")
    op.drop_table("usages")
