"""Staff accounts, what they may do and where, their sessions, and what slows down guessing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.portal.base import Base
from shared.auth.permissions import Role

ROLES = tuple(role.value for role in Role)
_ROLE_LIST = ", ".join(f"'{role}'" for role in ROLES)


class Staff(Base):
    """A person who works here. Never deleted: what they did is signed with their id. Disabled instead."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_normalised"),)

    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]


class StaffRole(Base):
    """A role a person has. What it allows stands in `shared/auth/permissions.py`."""

    __tablename__ = "staff_roles"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLE_LIST})", name="role"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class StaffClinic(Base):
    """A clinic a person works at."""

    __tablename__ = "staff_clinics"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"), primary_key=True)


class WebSession(Base):
    """A signed-in browser. Only a hash of its id is kept: a copy of this table signs nobody in."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_staff", "staff_id"),
        Index("ix_sessions_last_seen_at", "last_seen_at"),
    )

    session_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    clinic_id: Mapped[str | None] = mapped_column(ForeignKey("clinics.clinic_id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Device(Base):
    """A browser in which this person has signed in before: a stranger's failures do not slow it down."""

    __tablename__ = "devices"

    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    last_used_at: Mapped[datetime]


class SignInTry(Base):
    """How many tries in a row failed for an account, device or address, and until when the next must wait."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_last_at", "last_at"),)

    bucket: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    blocked_until: Mapped[datetime]
    last_at: Mapped[datetime]
