"""The tables of billing as they stood at first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'equity', 'revenue', 'expense')", name=op.f("ck_accounts_kind")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_accounts")),
    )
    op.create_table(
        "charges",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("duration_minutes", sa.BigInteger(), nullable=True),
        sa.Column("tax_category", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'retail') = (sku IS NOT NULL)", name=op.f("ck_charges_retail_names_its_item")
        ),
        sa.CheckConstraint("kind IN ('treatment', 'retail')", name=op.f("ck_charges_kind")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_charges")),
    )
    op.create_table(
        "clinics",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_rounding", sa.Text(), nullable=False),
        sa.Column("discount_limit_basis_points", sa.BigInteger(), nullable=False),
        sa.Column("invoice_prefix", sa.Text(), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_clinics_currency")),
        sa.CheckConstraint("tax_rounding IN ('line', 'invoice')", name=op.f("ck_clinics_tax_rounding")),
        sa.CheckConstraint(
            "discount_limit_basis_points BETWEEN 0 AND 10000", name=op.f("ck_clinics_discount_limit")
        ),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_clinics")),
        sa.UniqueConstraint("invoice_prefix", name=op.f("uq_clinics_invoice_prefix")),
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
    op.create_index("ix_inbox_subject", "inbox", ["subject"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
        "invoice_series",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_invoice_series_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "year", name=op.f("pk_invoice_series")),
    )
    op.create_table(
        "journal_entries",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_journal_entries_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["journal_entries.entry_id"], name=op.f("fk_journal_entries_reverses_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_journal_entries_reverses_id")),
        sa.UniqueConstraint(
            "source_type", "source_id", "kind", name=op.f("uq_journal_entries_source_type_source_id_kind")
        ),
    )
    op.create_index("ix_journal_entries_day", "journal_entries", ["clinic_id", "booked_on"], unique=False)
    op.create_index("ix_journal_entries_invoice", "journal_entries", ["invoice_id"], unique=False)
    op.create_index(
        "ix_journal_entries_newest", "journal_entries", ["clinic_id", "posted_at", "entry_id"], unique=False
    )
    op.create_table(
        "patients",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("merged_into <> patient_id", name=op.f("ck_patients_not_merged_into_itself")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_patients_clinic_id")),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["patients.patient_id"], name=op.f("fk_patients_merged_into")
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_patients")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_patients_clinic_id_created_by_idempotency_key"),
        ),
        sa.UniqueConstraint("number", name=op.f("uq_patients_number")),
    )
    op.create_index(
        "ix_patients_merged_into",
        "patients",
        ["merged_into"],
        unique=False,
        postgresql_where="merged_into IS NOT NULL",
    )
    op.create_index("ix_patients_name", "patients", ["clinic_id", "sort_name", "patient_id"], unique=False)
    op.create_table(
        "prices",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("charge_code", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("unit_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("unit_cents >= 0", name=op.f("ck_prices_not_negative")),
        sa.ForeignKeyConstraint(["charge_code"], ["charges.code"], name=op.f("fk_prices_charge_code")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_prices_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "charge_code", "effective_from", name=op.f("pk_prices")),
    )
    op.create_table(
        "tax_rates",
        sa.Column("tax_rate_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("tax_category", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("rate_ppm", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.CheckConstraint("rate_ppm BETWEEN 0 AND 500000", name=op.f("ck_tax_rates_reasonable")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_tax_rates_clinic_id")),
        sa.PrimaryKeyConstraint("tax_rate_id", name=op.f("pk_tax_rates")),
        sa.UniqueConstraint(
            "clinic_id",
            "tax_category",
            "jurisdiction",
            "effective_from",
            name=op.f("uq_tax_rates_clinic_id_tax_category_jurisdiction_effective_from"),
        ),
    )
    op.create_table(
        "journal_lines",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("account_code", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_journal_lines_not_zero")),
        sa.ForeignKeyConstraint(
            ["account_code"], ["accounts.code"], name=op.f("fk_journal_lines_account_code")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_journal_lines_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.entry_id"], name=op.f("fk_journal_lines_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "line_no", name=op.f("pk_journal_lines")),
    )
    op.create_index("ix_journal_lines_account", "journal_lines", ["account_code", "clinic_id"], unique=False)
    op.create_table(
        "patient_terms",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_patient_terms_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.patient_id"], name=op.f("fk_patient_terms_patient_id")
        ),
        sa.PrimaryKeyConstraint("patient_id", "term", name=op.f("pk_patient_terms")),
    )
    op.create_index(
        "ix_patient_terms_prefix",
        "patient_terms",
        ["clinic_id", "term", "sort_name", "patient_id"],
        unique=False,
        postgresql_ops={"term": "text_pattern_ops"},
    )
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=False),
        sa.Column("planned", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("clinician", sa.Text(), nullable=True),
        sa.Column("flag", sa.Text(), nullable=True),
        sa.Column("flag_by", sa.Text(), nullable=True),
        sa.Column("flag_by_name", sa.Text(), nullable=True),
        sa.Column("flag_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("flag IN ('yes', 'no', 'ask')", name=op.f("ck_visits_flag")),
        sa.CheckConstraint(
            "status IN ('expected', 'arrived', 'in_treatment', 'to_pay', 'done', 'cancelled')",
            name=op.f("ck_visits_status"),
        ),
        sa.CheckConstraint(
            "(flag IS NULL) = (flag_by IS NULL) AND (flag IS NULL) = (flag_at IS NULL)",
            name=op.f("ck_visits_flag_answered"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_visits_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=op.f("fk_visits_patient_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visits")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_visits_clinic_id_created_by_idempotency_key"),
        ),
    )
    op.create_index("ix_visits_day", "visits", ["clinic_id", "visit_on", "visit_id"], unique=False)
    op.create_index("ix_visits_patient", "visits", ["patient_id", "visit_on"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("subtotal_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("tip_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_rounding", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_name", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "least(subtotal_cents, discount_cents, tax_cents, tip_cents, total_cents) >= 0",
            name=op.f("ck_invoices_not_negative"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_invoices_numbered")),
        sa.CheckConstraint(
            "total_cents = subtotal_cents - discount_cents + tax_cents + tip_cents",
            name=op.f("ck_invoices_adds_up"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_invoices_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=op.f("fk_invoices_patient_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.visit_id"], name=op.f("fk_invoices_visit_id")),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoices")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_invoices_clinic_id_created_by_idempotency_key"),
        ),
        sa.UniqueConstraint("clinic_id", "year", "number", name=op.f("uq_invoices_clinic_id_year_number")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_invoices_visit_id")),
    )
    op.create_index("ix_invoices_day", "invoices", ["clinic_id", "issued_on"], unique=False)
    op.create_index("ix_invoices_newest", "invoices", ["clinic_id", "issued_at", "invoice_id"], unique=False)
    op.create_index("ix_invoices_patient", "invoices", ["patient_id", "issued_at"], unique=False)
    op.create_table(
        "visit_supplies",
        sa.Column("supply_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_visit_supplies_positive")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_visit_supplies_clinic_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.visit_id"], name=op.f("fk_visit_supplies_visit_id")),
        sa.PrimaryKeyConstraint("supply_id", name=op.f("pk_visit_supplies")),
        sa.UniqueConstraint(
            "clinic_id",
            "created_by",
            "idempotency_key",
            name=op.f("uq_visit_supplies_clinic_id_created_by_idempotency_key"),
        ),
    )
    op.create_index("ix_visit_supplies_visit", "visit_supplies", ["visit_id"], unique=False)
    op.create_table(
        "invoice_discounts",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("discount_no", sa.BigInteger(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=True),
        sa.Column("basis_points", sa.BigInteger(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_invoice_discounts_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoices.invoice_id"],
            name=op.f("fk_invoice_discounts_invoice_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("invoice_id", "discount_no", name=op.f("pk_invoice_discounts")),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("charge_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("depth_mm", sa.Text(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_category", sa.Text(), nullable=False),
        sa.Column("tax_rate_ppm", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('treatment', 'retail')", name=op.f("ck_invoice_lines_kind")),
        sa.CheckConstraint("gross_cents = quantity * unit_cents", name=op.f("ck_invoice_lines_gross")),
        sa.CheckConstraint(
            "least(unit_cents, discount_cents, gross_cents - discount_cents, tax_cents) >= 0",
            name=op.f("ck_invoice_lines_not_negative"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_invoice_lines_quantity")),
        sa.CheckConstraint(
            "total_cents = gross_cents - discount_cents + tax_cents", name=op.f("ck_invoice_lines_adds_up")
        ),
        sa.ForeignKeyConstraint(["charge_code"], ["charges.code"], name=op.f("fk_invoice_lines_charge_code")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_invoice_lines_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoices.invoice_id"],
            name=op.f("fk_invoice_lines_invoice_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("invoice_id", "line_no", name=op.f("pk_invoice_lines")),
    )
    op.create_table(
        "invoice_supplies",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_invoice_supplies_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.invoice_id"], name=op.f("fk_invoice_supplies_invoice_id")
        ),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_invoice_supplies")),
    )
    op.create_index("ix_invoice_supplies_invoice", "invoice_supplies", ["invoice_id"], unique=False)
    op.create_index("ix_invoice_supplies_lot", "invoice_supplies", ["clinic_id", "sku", "lot"], unique=False)
    op.create_table(
        "payments",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("tendered_cents", sa.BigInteger(), nullable=True),
        sa.Column("card_brand", sa.Text(), nullable=True),
        sa.Column("card_last4", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "card_last4 IS NULL OR card_last4 ~ '^[0-9]{4}$'", name=op.f("ck_payments_card_last4")
        ),
        sa.CheckConstraint("kind IN ('cash', 'card_external', 'cheque')", name=op.f("ck_payments_kind")),
        sa.CheckConstraint(
            "status IN ('pending', 'succeeded', 'failed', 'unknown')", name=op.f("ck_payments_status")
        ),
        sa.CheckConstraint(
            "tendered_cents IS NULL OR (kind = 'cash' AND tendered_cents >= amount_cents)",
            name=op.f("ck_payments_tendered"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payments_positive")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_payments_clinic_id")),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoices.invoice_id"],
            name=op.f("fk_payments_invoice_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payments")),
    )
    op.create_index("ix_payments_invoice", "payments", ["invoice_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_payments_invoice", table_name="payments")
    op.drop_table("payments")
    op.drop_index("ix_invoice_supplies_lot", table_name="invoice_supplies")
    op.drop_index("ix_invoice_supplies_invoice", table_name="invoice_supplies")
    op.drop_table("invoice_supplies")
    op.drop_table("invoice_lines")
    op.drop_table("invoice_discounts")
    op.drop_index("ix_visit_supplies_visit", table_name="visit_supplies")
    op.drop_table("visit_supplies")
    op.drop_index("ix_invoices_patient", table_name="invoices")
    op.drop_index("ix_invoices_newest", table_name="invoices")
    op.drop_index("ix_invoices_day", table_name="invoices")
    op.drop_table("invoices")
    op.drop_index("ix_visits_patient", table_name="visits")
    op.drop_index("ix_visits_day", table_name="visits")
    op.drop_table("visits")
    op.drop_index(
        "ix_patient_terms_prefix", table_name="patient_terms", postgresql_ops={"term": "text_pattern_ops"}
    )
    op.drop_table("patient_terms")
    op.drop_index("ix_journal_lines_account", table_name="journal_lines")
    op.drop_table("journal_lines")
    op.drop_table("tax_rates")
    op.drop_table("prices")
    op.drop_index("ix_patients_name", table_name="patients")
    op.drop_index(
        "ix_patients_merged_into", table_name="patients", postgresql_where="merged_into IS NOT NULL"
    )
    op.drop_table("patients")
    op.drop_index("ix_journal_entries_newest", table_name="journal_entries")
    op.drop_index("ix_journal_entries_invoice", table_name="journal_entries")
    op.drop_index("ix_journal_entries_day", table_name="journal_entries")
    op.drop_table("journal_entries")
    op.drop_table("invoice_series")
    op.drop_index(
        "ix_outbox_unsent_subject", table_name="outbox", postgresql_where=sa.text("sent_at IS NULL")
    )
    op.drop_index("ix_outbox_unsent", table_name="outbox", postgresql_where=sa.text("sent_at IS NULL"))
    op.drop_table("outbox")
    op.drop_index("ix_inbox_subject", table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("clinics")
    op.drop_table("charges")
    op.drop_table("accounts")
