"""What somebody typed and has not sent yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.portal.base import Base

LARGEST_BYTES = 32 * 1024


class Draft(Base):
    """The fields of one unfinished form of one person, in the order they were sent."""

    __tablename__ = "drafts"
    __table_args__ = (
        CheckConstraint("key ~ '^[a-z0-9][a-z0-9._-]{0,119}$'", name="key"),
        CheckConstraint(f"octet_length(data::text) <= {2 * LARGEST_BYTES}", name="size"),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[list[Any]] = mapped_column(JSONB)
    updated_at: Mapped[datetime]
