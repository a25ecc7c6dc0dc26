"""A cart priced at a clinic on a day: price list and tax in force, and the pure rules applied to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from services.billing.base import Clinic
from services.billing.charges.service import prices_in_force
from services.billing.checkouts import totals
from services.billing.checkouts.totals import DiscountInput, LineInput, Totals
from services.billing.clinics import get_clinic
from shared.dates import business_date
from shared.errors import AppError, FieldError, Invalid


class NoTaxRate(AppError):
    status, code, title = 422, "no-tax-rate", "No tax rate is set"


@dataclass(frozen=True, slots=True)
class Priced:
    """A cart with its amounts, and the clinic and day it was priced for."""

    clinic: Clinic
    on_date: date
    totals: Totals

    @property
    def discount_needs_manager(self) -> bool:
        return totals.discount_share_basis_points(self.totals) > self.clinic.discount_limit_basis_points

    def shown_lines(self) -> list[dict[str, Any]]:
        """Return the lines as callers see them."""
        return [
            {
                "line_no": number,
                "charge": line.charge_code,
                "kind": line.kind,
                "description": line.description,
                "depth_mm": line.depth_mm,
                "quantity": line.quantity,
                "unit_cents": line.unit_cents,
                "gross_cents": line.gross_cents,
                "discount_cents": line.discount_cents,
                "tax_rate_ppm": line.tax_rate_ppm,
                "tax_cents": line.tax_cents,
                "total_cents": line.total_cents,
            }
            for number, line in enumerate(self.totals.lines, start=1)
        ]

    def amounts(self) -> dict[str, int]:
        """Return the sums of the cart."""
        found = self.totals
        return {
            "subtotal_cents": found.subtotal_cents,
            "discount_cents": found.discount_cents,
            "tax_cents": found.tax_cents,
            "tip_cents": found.tip_cents,
            "total_cents": found.total_cents,
        }


def price_cart(session: Session, *, cart: Mapping[str, Any], now: datetime) -> Priced:
    """Price a cart from the price list in force today at its clinic.

    Raises:
        Invalid: a charge is unknown here, or a discount does not fit, with a pointer to each.
        NoTaxRate: the clinic never said how a category is taxed.
    """
    clinic = get_clinic(session, cart["clinic_id"])
    on_date = business_date(now, clinic.time_zone)
    codes = {line["charge"] for line in cart["lines"]}
    charges = prices_in_force(session, clinic_id=clinic.clinic_id, on_date=on_date, codes=codes)
    _refuse_unknown(cart, charges)
    lines = [
        LineInput(
            charge_code=line["charge"],
            description=charges[line["charge"]].name,
            quantity=line["quantity"],
            unit_cents=charges[line["charge"]].unit_cents,
            tax_category=charges[line["charge"]].tax_category,
            kind="retail" if charges[line["charge"]].sku else "treatment",
            depth_mm=line["depth_mm"],
            sku=charges[line["charge"]].sku,
        )
        for line in cart["lines"]
    ]
    rates = {
        charge.tax_category: charge.rate_ppm for charge in charges.values() if charge.rate_ppm is not None
    }
    return Priced(clinic, on_date, _price(lines, cart, rates, clinic))


def quote(session: Session, *, cart: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what a cart would come to, without keeping anything."""
    priced = price_cart(session, cart=cart, now=now)
    return {
        "currency": priced.clinic.currency,
        **priced.amounts(),
        "discount_needs_manager": priced.discount_needs_manager,
        "lines": priced.shown_lines(),
    }


def _refuse_unknown(cart: Mapping[str, Any], charges: Mapping[str, Any]) -> None:
    unknown = [
        FieldError(
            f"/lines/{place}/charge", "unknown-charge", f"{line['charge']} has no price at this clinic today."
        )
        for place, line in enumerate(cart["lines"])
        if line["charge"] not in charges
    ]
    if unknown:
        raise Invalid("Choose charges from the clinic's price list.", errors=unknown)


def _price(
    lines: list[LineInput], cart: Mapping[str, Any], rates: Mapping[str, int], clinic: Clinic
) -> Totals:
    try:
        return totals.price(
            lines,
            discounts=[
                DiscountInput(
                    reason=discount["reason"],
                    line=discount["line"],
                    basis_points=discount["percent"],
                    amount_cents=discount["amount_cents"],
                )
                for discount in cart["discounts"]
            ],
            tax_rates=rates,
            tax_rounding="invoice" if clinic.tax_rounding == "invoice" else "line",
            tip_cents=cart["tip_cents"],
        )
    except (totals.DiscountTooLarge, totals.DiscountLineUnknown) as refused:
        field = FieldError(f"/discounts/{refused.index}", "discount-does-not-fit", str(refused))
        raise Invalid("Make the discount smaller, or take it off.", errors=[field]) from refused
    except totals.TaxRateMissing as refused:
        raise NoTaxRate(
            f"{clinic.name} has no tax rate for {refused.tax_category}. The owner sets one (zero is a rate)."
        ) from refused
    except totals.TotalTooLarge as refused:
        raise Invalid(str(refused)) from refused
