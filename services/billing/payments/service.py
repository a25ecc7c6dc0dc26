"""Record what was received."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.billing.payments.tenders import Settlement
from shared.auth.tokens import Actor
from shared.ids import new_id
from shared.rows import Rows


@dataclass(frozen=True, slots=True)
class Received:
    """A tender that is now a payment."""

    payment_id: UUID
    kind: str
    amount_cents: int


def add_received(
    rows: Rows, *, clinic_id: str, invoice_id: UUID, settlement: Settlement, actor: Actor, now: datetime
) -> list[Received]:
    """Add one payment for each tender. All kinds of this list are in hand when they are recorded."""
    received = [Received(new_id(), tender.kind, tender.amount_cents) for tender in settlement.tenders]
    rows.add(
        "payments",
        (
            {
                "payment_id": payment.payment_id,
                "clinic_id": clinic_id,
                "invoice_id": invoice_id,
                "kind": tender.kind,
                "status": "succeeded",
                "amount_cents": tender.amount_cents,
                "tendered_cents": tender.tendered_cents,
                "card_brand": tender.card_brand,
                "card_last4": tender.card_last4,
                "reference": tender.reference,
                "received_at": now,
                "received_by": actor.subject,
            }
            for payment, tender in zip(received, settlement.tenders, strict=True)
        ),
    )
    return received
