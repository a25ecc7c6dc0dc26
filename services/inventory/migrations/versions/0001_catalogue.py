"""Clinics, the catalogue with its recipes, and the events on their way in and out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clinics",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_clinics")),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "items",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("base_unit", sa.Text(), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("pack_size_thousandths", sa.BigInteger(), nullable=True),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("in_use_days", sa.BigInteger(), nullable=True),
        sa.Column("prescription_only", sa.Boolean(), nullable=False),
        sa.Column("retail", sa.Boolean(), nullable=False),
        sa.Column("lidocaine_ppm", sa.BigInteger(), nullable=True),
        sa.Column("needle_count", sa.BigInteger(), nullable=True),
        sa.Column("warning", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("base_unit IN ('each', 'g', 'ml')", name=op.f("ck_items_base_unit")),
        sa.CheckConstraint("gtin ~ '^[0-9]{14}$'", name=op.f("ck_items_gtin")),
        sa.CheckConstraint("storage IN ('room', 'refrigerated', 'frozen')", name=op.f("ck_items_storage")),
        sa.CheckConstraint("in_use_days > 0", name=op.f("ck_items_in_use_days")),
        sa.CheckConstraint("lidocaine_ppm BETWEEN 0 AND 1000000", name=op.f("ck_items_lidocaine")),
        sa.CheckConstraint("needle_count > 0", name=op.f("ck_items_needle_count")),
        sa.CheckConstraint("pack_size_thousandths > 0", name=op.f("ck_items_pack_size")),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_items")),
        sa.UniqueConstraint(
            "created_by", "idempotency_key", name=op.f("uq_items_created_by_idempotency_key")
        ),
    )
    op.create_index("uq_items_folded_sku", "items", [sa.literal_column("lower(sku)")], unique=True)
    op.create_index(
        "uq_items_gtin", "items", ["gtin"], unique=True, postgresql_where=sa.text("gtin IS NOT NULL")
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_attempt_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("seq", name=op.f("uq_outbox_seq")),
    )
    op.create_index(
        "ix_outbox_unsent", "outbox", ["seq"], unique=False, postgresql_where=sa.text("sent_at IS NULL")
    )
    op.create_index(
        "ix_outbox_unsent_subject",
        "outbox",
        ["subject", "seq"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "recipes",
        sa.Column("recipe_id", sa.Uuid(), nullable=False),
        sa.Column("charge_code", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recipe_id", name=op.f("pk_recipes")),
        sa.UniqueConstraint(
            "charge_code", "effective_from", name=op.f("uq_recipes_charge_code_effective_from")
        ),
    )
    op.create_table(
        "recipe_items",
        sa.Column("recipe_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("basis IN ('visit', 'area')", name=op.f("ck_recipe_items_basis")),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_recipe_items_quantity")),
        sa.ForeignKeyConstraint(["recipe_id"], ["recipes.recipe_id"], name=op.f("fk_recipe_items_recipe_id")),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_recipe_items_sku")),
        sa.PrimaryKeyConstraint("recipe_id", "sku", name=op.f("pk_recipe_items")),
    )


def downgrade() -> None:
    op.drop_table("recipe_items")
    op.drop_table("recipes")
    op.drop_table("outbox")
    op.drop_table("items")
    op.drop_table("inbox")
    op.drop_table("clinics")
