"""Issue an invoice: its lines and discounts, and last its number."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import column, text
from sqlalchemy.orm import Session

from services.billing.checkouts.pricing import Priced
from shared.auth.tokens import Actor
from shared.idempotency import RequestKey
from shared.rows import Rows

# One statement: the counter row is held only from here to the commit, and a rollback gives the number back.
_NUMBER_AND_INVOICE = text(
    """
    WITH taken AS (
        INSERT INTO invoice_series (clinic_id, year, next_number) VALUES (:clinic_id, :year, 2)
        ON CONFLICT (clinic_id, year) DO UPDATE SET next_number = invoice_series.next_number + 1
        RETURNING next_number - 1 AS number)
    INSERT INTO invoices (invoice_id, clinic_id, year, number, patient_id, visit_id, currency, subtotal_cents,
                          discount_cents, tax_cents, tip_cents, total_cents, tax_rounding, issued_on,
                          issued_at, issued_by_name, created_by, idempotency_key, request_hash, answer)
    SELECT :invoice_id, :clinic_id, :year, taken.number, :patient_id, :visit_id, :currency, :subtotal_cents,
           :discount_cents, :tax_cents, :tip_cents, :total_cents, :tax_rounding, :issued_on, :issued_at,
           :issued_by_name, :created_by, :idempotency_key, :request_hash,
           jsonb_set(CAST(:answer AS jsonb), '{invoice,number}',
                     to_jsonb(CAST(:series AS text)
                              || lpad(taken.number::text, greatest(6, length(taken.number::text)), '0')))
      FROM taken
    RETURNING answer #>> '{invoice,number}' AS number
    """
).columns(column("number"))


def issue(
    session: Session,
    *,
    priced: Priced,
    invoice_id: UUID,
    visit_id: UUID,
    patient_id: UUID,
    actor: Actor,
    key: RequestKey,
    now: datetime,
    answer: dict[str, Any],
) -> dict[str, Any]:
    """Take the next number and write the invoice with it. Returns the answer, the number filled in."""
    clinic = priced.clinic
    number = session.execute(
        _NUMBER_AND_INVOICE,
        {
            "invoice_id": invoice_id,
            "clinic_id": clinic.clinic_id,
            "year": priced.on_date.year,
            "series": f"{clinic.invoice_prefix}-{priced.on_date.year}-",
            "patient_id": patient_id,
            "visit_id": visit_id,
            "currency": clinic.currency,
            **priced.amounts(),
            "tax_rounding": clinic.tax_rounding,
            "issued_on": priced.on_date,
            "issued_at": now,
            "issued_by_name": actor.name,
            **key.columns(),
            "answer": json.dumps(answer),
        },
    ).scalar_one()
    answer["invoice"]["number"] = number
    return answer


def add_lines(rows: Rows, *, priced: Priced, invoice_id: UUID) -> None:
    """Add the lines of an invoice that is about to be issued."""
    rows.add(
        "invoice_lines",
        (
            {
                "invoice_id": invoice_id,
                "line_no": number,
                "clinic_id": priced.clinic.clinic_id,
                "charge_code": line.charge_code,
                "kind": line.kind,
                "description": line.description,
                "depth_mm": line.depth_mm,
                "quantity": line.quantity,
                "unit_cents": line.unit_cents,
                "gross_cents": line.gross_cents,
                "discount_cents": line.discount_cents,
                "tax_category": line.tax_category,
                "tax_rate_ppm": line.tax_rate_ppm,
                "tax_cents": line.tax_cents,
                "total_cents": line.total_cents,
            }
            for number, line in enumerate(priced.totals.lines, start=1)
        ),
    )


def add_discounts(rows: Rows, *, priced: Priced, invoice_id: UUID, actor: Actor) -> None:
    """Add the discounts that were granted on it."""
    rows.add(
        "invoice_discounts",
        (
            {
                "invoice_id": invoice_id,
                "discount_no": number,
                "clinic_id": priced.clinic.clinic_id,
                "line_no": None if discount.line is None else discount.line + 1,
                "basis_points": discount.basis_points,
                "amount_cents": discount.applied_cents,
                "reason": discount.reason,
                "granted_by": actor.subject,
            }
            for number, discount in enumerate(priced.totals.discounts, start=1)
        ),
    )
