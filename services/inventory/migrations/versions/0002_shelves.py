"""Lots, and the ledger of what came and left."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One sequence for the whole history of a lot, so that movements and changes of status have one order.
    op.execute("CREATE SEQUENCE ledger_seq")
    op.create_table(
        "lots",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("expires_precision", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="available", nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("on_hand_thousandths", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("expires_precision IN ('day', 'month')", name=op.f("ck_lots_precision")),
        sa.CheckConstraint("status = 'available' OR status_reason IS NOT NULL", name=op.f("ck_lots_reason")),
        sa.CheckConstraint("status IN ('available', 'hold', 'recalled')", name=op.f("ck_lots_status")),
        sa.CheckConstraint(
            "(expires_on IS NULL) = (expires_precision IS NULL)", name=op.f("ck_lots_expiry_has_precision")
        ),
        sa.CheckConstraint(
            "on_hand_thousandths > 0 OR value_cents = 0", name=op.f("ck_lots_empty_is_worth_nothing")
        ),
        sa.CheckConstraint("on_hand_thousandths >= 0", name=op.f("ck_lots_on_hand")),
        sa.CheckConstraint("value_cents >= 0", name=op.f("ck_lots_value")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_lots_clinic_id")),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_lots_sku")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lots")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_lots_clinic_id_created_by_idempotency_key"),
        ),
        sa.UniqueConstraint("clinic_id", "sku", "code_key", name=op.f("uq_lots_clinic_id_sku_code_key")),
        sa.UniqueConstraint("lot_id", "clinic_id", "sku", name=op.f("uq_lots_lot_id_clinic_id_sku")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("ix_lots_expiry", "lots", ["clinic_id", "expires_on"], unique=False)
    op.create_index(
        "ix_lots_shelf",
        "lots",
        ["clinic_id", "sku", sa.literal_column("COALESCE(expires_on, '9999-12-31'::date)"), "lot_id"],
        unique=False,
    )
    op.create_table(
        "lot_status_changes",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("nextval('ledger_seq')"), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('available', 'hold', 'recalled')", name=op.f("ck_lot_status_changes_status")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_lot_status_changes_clinic_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.lot_id"], name=op.f("fk_lot_status_changes_lot_id")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_lot_status_changes")),
        sa.UniqueConstraint("seq", name=op.f("uq_lot_status_changes_seq")),
    )
    op.create_index("ix_lot_status_changes_lot", "lot_status_changes", ["lot_id", "seq"], unique=False)
    op.create_table(
        "movements",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("nextval('ledger_seq')"), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_line", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_movements_reversal_names_what")
        ),
        sa.CheckConstraint(
            "CASE WHEN kind = 'receipt' THEN quantity_thousandths > 0"
            " WHEN kind IN ('use', 'sale', 'waste', 'settlement') THEN quantity_thousandths < 0"
            " ELSE true END",
            name=op.f("ck_movements_direction"),
        ),
        sa.CheckConstraint(
            "flags <@ ARRAY['expired-lot', 'held-lot', 'recalled-lot']", name=op.f("ck_movements_flags")
        ),
        sa.CheckConstraint(
            "kind IN ('receipt', 'use', 'sale', 'waste', 'adjustment', 'settlement', 'reversal')",
            name=op.f("ck_movements_kind"),
        ),
        sa.CheckConstraint(
            "purpose IN ('treatment', 'retail', 'receipt', 'waste')", name=op.f("ck_movements_purpose")
        ),
        sa.CheckConstraint(
            "source_type IN ('receipt', 'usage', 'settlement', 'reversal')",
            name=op.f("ck_movements_source_type"),
        ),
        sa.CheckConstraint("quantity_thousandths <> 0", name=op.f("ck_movements_moves_something")),
        sa.CheckConstraint(
            "value_cents = 0 OR sign(value_cents) = sign(quantity_thousandths)",
            name=op.f("ck_movements_value_goes_along"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id", "clinic_id", "sku"],
            ["lots.lot_id", "lots.clinic_id", "lots.sku"],
            name=op.f("fk_movements_lot_id_clinic_id_sku"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["movements.movement_id"], name=op.f("fk_movements_reverses_id")
        ),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_movements")),
        sa.UniqueConstraint(
            "source_type", "source_id", "source_line", "lot_id", "kind", name="uq_movements_source"
        ),
    )
    op.create_index("ix_movements_day", "movements", ["clinic_id", "occurred_on", "seq"], unique=False)
    op.create_index(
        "ix_movements_item", "movements", ["clinic_id", "sku", "occurred_on", "seq"], unique=False
    )
    op.create_index("ix_movements_lot", "movements", ["lot_id", "occurred_on", "seq"], unique=False)
    op.create_index(
        "ix_movements_visit",
        "movements",
        ["visit_id"],
        unique=False,
        postgresql_where=sa.text("visit_id IS NOT NULL"),
    )
    op.create_index(
        "uq_movements_reverses",
        "movements",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_table(
        "receipts",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("cost_cents >= 0", name=op.f("ck_receipts_cost")),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_receipts_quantity")),
        sa.ForeignKeyConstraint(
            ["lot_id", "clinic_id", "sku"],
            ["lots.lot_id", "lots.clinic_id", "lots.sku"],
            name=op.f("fk_receipts_lot_id_clinic_id_sku"),
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_receipts_clinic_id_created_by_idempotency_key"),
        ),
    )
    op.create_index("ix_receipts_day", "receipts", ["clinic_id", "received_on", "receipt_id"], unique=False)
    op.create_index("ix_receipts_lot", "receipts", ["lot_id"], unique=False)
    op.create_table(
        "reversals",
        sa.Column("reversal_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_reversals_clinic_id")),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["movements.movement_id"], name=op.f("fk_reversals_movement_id")
        ),
        sa.PrimaryKeyConstraint("reversal_id", name=op.f("pk_reversals")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_reversals_clinic_id_created_by_idempotency_key"),
        ),
        sa.UniqueConstraint("movement_id", name=op.f("uq_reversals_movement_id")),
    )


def downgrade() -> None:
    op.drop_table("reversals")
    op.drop_table("receipts")
    op.drop_table("movements")
    op.drop_table("lot_status_changes")
    op.drop_table("lots")
    op.execute("DROP SEQUENCE ledger_seq")
