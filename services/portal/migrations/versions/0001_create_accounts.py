"""The accounts of the whole house: who works here, where, their sessions, what slows guessing, and drafts.

No row-level security here, on purpose: an account belongs to the house and may work at several clinics, and
who asks is only known once these tables have been read. The service's role gets no more rights than its code
uses; nobody is ever deleted, because what they did is signed with their id.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import grant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RIGHTS = {
    "clinics": "SELECT, INSERT, UPDATE",
    "staff": "SELECT, INSERT, UPDATE",
    "staff_roles": "SELECT, INSERT, DELETE",
    "staff_clinics": "SELECT, INSERT, DELETE",
    "sessions": "SELECT, INSERT, UPDATE, DELETE",
    "devices": "SELECT, INSERT, UPDATE, DELETE",
    "sign_in_tries": "SELECT, INSERT, UPDATE, DELETE",
    "drafts": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    _create_accounts()
    _create_sign_in()
    _create_drafts()
    for table, rights in RIGHTS.items():
        grant(table, rights)


def downgrade() -> None:
    for table in (
        "drafts",
        "sessions",
        "devices",
        "sign_in_tries",
        "staff_roles",
        "staff_clinics",
        "staff",
        "clinics",
    ):
        op.drop_table(table)


def _create_accounts() -> None:
    op.create_table(
        "clinics",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("clinic_id ~ '^[a-z][a-z0-9-]{0,31}$'", name=op.f("ck_clinics_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_clinics")),
    )
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_staff_email_normalised")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "staff_clinics",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_staff_clinics_clinic_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name=op.f("fk_staff_clinics_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "clinic_id", name=op.f("pk_staff_clinics")),
    )
    op.create_table(
        "staff_roles",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('front_desk', 'clinician', 'manager', 'accountant', 'owner')",
            name=op.f("ck_staff_roles_role"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name=op.f("fk_staff_roles_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "role", name=op.f("pk_staff_roles")),
    )


def _create_sign_in() -> None:
    op.create_table(
        "sign_in_tries",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_sign_in_tries")),
    )
    op.create_index("ix_sign_in_tries_last_at", "sign_in_tries", ["last_at"], unique=False)
    op.create_table(
        "devices",
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name=op.f("fk_devices_staff_id")),
        sa.PrimaryKeyConstraint("device_hash", "staff_id", name=op.f("pk_devices")),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.clinic_id"], name=op.f("fk_sessions_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name=op.f("fk_sessions_staff_id")),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_last_seen_at", "sessions", ["last_seen_at"], unique=False)
    op.create_index("ix_sessions_staff", "sessions", ["staff_id"], unique=False)


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("key ~ '^[a-z0-9][a-z0-9._-]{0,119}$'", name=op.f("ck_drafts_key")),
        sa.CheckConstraint("octet_length(data::text) <= 65536", name=op.f("ck_drafts_size")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name=op.f("fk_drafts_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "key", name=op.f("pk_drafts")),
    )
