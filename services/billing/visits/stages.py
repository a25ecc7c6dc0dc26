"""The way of a visit through the clinic. Only checkout makes it done; what is done stays so."""

from services.billing.visits.models import ARRIVED, CANCELLED, EXPECTED, IN_TREATMENT, TO_PAY

NEXT: dict[str, frozenset[str]] = {
    EXPECTED: frozenset({ARRIVED, CANCELLED}),
    ARRIVED: frozenset({EXPECTED, IN_TREATMENT, TO_PAY, CANCELLED}),
    IN_TREATMENT: frozenset({ARRIVED, TO_PAY, CANCELLED}),
    TO_PAY: frozenset({IN_TREATMENT, CANCELLED}),
}


def may_follow(status: str, wanted: str) -> bool:
    """Tell whether a visit in `status` may be moved to `wanted` by hand."""
    return wanted == status or wanted in NEXT.get(status, frozenset())
