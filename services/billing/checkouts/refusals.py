"""Why a checkout is refused, each with what to do about it."""

from collections.abc import Mapping
from typing import Any

from services.billing.checkouts.pricing import Priced
from services.billing.payments import tenders
from services.billing.payments.tenders import Settlement, TenderInput
from shared.auth.permissions import Permission
from shared.auth.tokens import Actor
from shared.errors import AppError, FieldError, Invalid
from shared.money import format_cents


class PriceChanged(AppError):
    status, code, title = 409, "price-changed", "The total is another one"


class NeedsApproval(AppError):
    status, code, title = 403, "needs-approval", "A manager must grant this discount"


def refuse_unexpected(cart: Mapping[str, Any], priced: Priced) -> None:
    """Raise PriceChanged when the caller saw another total than the one we computed."""
    expected = cart["expected_total_cents"]
    total_cents = priced.totals.total_cents
    if expected is not None and expected != total_cents:
        shown = format_cents(total_cents, priced.clinic.currency)
        raise PriceChanged(
            f"The total is {shown}. Tell the patient, then take the payment again.",
            total_cents=total_cents,
            expected_total_cents=expected,
        )


def refuse_large_discount(actor: Actor, priced: Priced) -> None:
    """Raise NeedsApproval when the discount is over the clinic's limit and this person may not go over it."""
    if priced.discount_needs_manager and not actor.may(Permission.GRANT_LARGE_DISCOUNTS):
        percent = _percent(priced.clinic.discount_limit_basis_points)
        raise NeedsApproval(
            f"You can take off up to {percent} % of a visit. Ask a manager to check this patient out.",
            errors=[FieldError("/discounts", "over-the-limit", f"More than {percent} % of the visit.")],
        )


def settle(cart: Mapping[str, Any], priced: Priced) -> Settlement:
    """Return how the tenders pay the total, or raise Invalid with what is missing or too much."""
    given = [TenderInput(**tender) for tender in cart["tenders"]]
    currency = priced.clinic.currency
    try:
        return tenders.settle(priced.totals.total_cents, given)
    except tenders.TendersDoNotCover as short:
        detail = f"{format_cents(short.missing_cents, currency)} of the total is not covered yet."
        raise Invalid(detail, errors=[FieldError("/tenders", "tenders-do-not-cover", detail)]) from short
    except tenders.TendersExceed as over:
        detail = f"The tenders are {format_cents(over.excess_cents, currency)} more than the total."
        raise Invalid(detail, errors=[FieldError("/tenders", "tenders-exceed", detail)]) from over
    except tenders.TenderRefused as refused:
        pointer = f"/tenders/{refused.index}/{refused.field}"
        raise Invalid(
            refused.detail, errors=[FieldError(pointer, "tender-refused", refused.detail)]
        ) from refused


def _percent(basis_points: int) -> str:
    whole, hundredths = divmod(basis_points, 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".")
