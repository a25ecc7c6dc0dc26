"""Prices and tax in force at a clinic on a day."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import column, text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PricedCharge:
    """A charge as it stands at one clinic on one day. `rate_ppm` is None where no tax rate was ever set."""

    code: str
    kind: str
    name: str
    area: str | None
    duration_minutes: int | None
    tax_category: str
    sku: str | None
    unit_cents: int
    rate_ppm: int | None


# One row for each charge with a price; both the price and every jurisdiction's rate are the newest that
# has begun.
_IN_FORCE = """
    SELECT c.code, c.kind, c.name, c.area, c.duration_minutes, c.tax_category, c.sku, p.unit_cents,
           (SELECT CAST(sum(r.rate_ppm) AS bigint) FROM (
                SELECT DISTINCT ON (jurisdiction) rate_ppm FROM tax_rates
                 WHERE clinic_id = :clinic_id AND tax_category = c.tax_category AND effective_from <= :on_date
                 ORDER BY jurisdiction, effective_from DESC) AS r) AS rate_ppm
      FROM charges c
      JOIN LATERAL (SELECT unit_cents FROM prices
                     WHERE clinic_id = :clinic_id AND charge_code = c.code AND effective_from <= :on_date
                     ORDER BY effective_from DESC LIMIT 1) AS p ON true
     WHERE c.active
"""
_ALL = text(_IN_FORCE + " ORDER BY c.position, c.code")
_SOME = text(_IN_FORCE + " AND c.code = ANY(:codes)").columns(
    *(column(field.name) for field in fields(PricedCharge))
)


def price_list(session: Session, *, clinic_id: str, on_date: date) -> list[PricedCharge]:
    """Return everything the clinic charges for on that day, in the order of the till.

    Cost: one row per charge.
    """
    rows = session.execute(_ALL, {"clinic_id": clinic_id, "on_date": on_date})
    return [PricedCharge(*row) for row in rows]


def prices_in_force(
    session: Session, *, clinic_id: str, on_date: date, codes: Collection[str]
) -> dict[str, PricedCharge]:
    """Return the named charges by code, without those that are unknown or have no price here."""
    rows = session.execute(_SOME, {"clinic_id": clinic_id, "on_date": on_date, "codes": list(codes)})
    return {row.code: PricedCharge(*row) for row in rows}
