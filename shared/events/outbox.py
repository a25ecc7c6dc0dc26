"""The outbox: an event is a row in the transaction of the fact it tells."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from shared.events.cloud import Event
from shared.rows import Rows

PUBLISHED = "published"


class OutboxColumns:
    """The table `outbox`. A service mixes this into its own base."""

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    clinic_id: Mapped[str]
    type: Mapped[str]
    subject: Mapped[UUID]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    occurred_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        unsent = text("sent_at IS NULL")
        return (
            Index("ix_outbox_unsent", "seq", postgresql_where=unsent),
            Index("ix_outbox_unsent_subject", "subject", "seq", postgresql_where=unsent),
        )


def publish(session: Session, rows: Rows, events: Sequence[Event]) -> None:
    """Add events to what is about to be written in this transaction. After its commit the relay is woken."""
    rows.add(
        "outbox",
        (
            {
                "id": event.id,
                "clinic_id": event.clinic_id,
                "type": event.type,
                "subject": event.subject,
                "data": event.data,
                "occurred_at": event.time,
            }
            for event in events
        ),
    )
    if events:
        session.info[PUBLISHED] = True
