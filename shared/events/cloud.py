"""The envelope on the wire: CloudEvents 1.0, JSON batch format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

CONTENT_TYPE = "application/cloudevents-batch+json"
LARGEST_BATCH = 100
APPLIED, DUPLICATE, REJECTED, FAILED = "applied", "duplicate", "rejected", "failed"


class RejectedEvent(Exception):
    """The event can never be applied as it is. The sender parks it for a person to look at."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `subject` is the aggregate within which order is kept, here the visit."""

    id: UUID
    source: str
    type: str
    subject: UUID
    clinic_id: str
    time: datetime
    data: Mapping[str, Any]

    def to_wire(self) -> dict[str, Any]:
        """Return the event as it travels."""
        return {
            "specversion": "1.0",
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "subject": str(self.subject),
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "clinicid": self.clinic_id,
            "data": self.data,
        }

    @classmethod
    def from_wire(cls, wire: Any) -> "Event":
        """Read one event, or raise RejectedEvent naming what is wrong with it."""
        try:
            event = cls(
                id=UUID(wire["id"]),
                source=wire["source"],
                type=wire["type"],
                subject=UUID(wire["subject"]),
                clinic_id=wire["clinicid"],
                time=datetime.fromisoformat(wire["time"]),
                data=wire["data"],
            )
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise RejectedEvent(f"not a CloudEvent of ours: {type(wrong).__name__} {wrong}") from wrong
        texts_ok = all(isinstance(text, str) for text in (event.source, event.type, event.clinic_id))
        if (
            not texts_ok
            or not isinstance(event.data, dict)
            or event.time.tzinfo is None
            or "\x00" in event.clinic_id
        ):
            raise RejectedEvent("not a CloudEvent of ours: wrong kinds of values")
        return event
