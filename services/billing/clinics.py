"""The clinics of billing: finding one, and opening a new one."""

from sqlalchemy import column, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.billing.base import Clinic
from services.billing.invoices.numbering import format_number
from shared import dates
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import CLINIC_ID
from shared.money import format_cents

_COLUMNS = [its.name for its in Clinic.__table__.columns]
_CLINIC = text(f"SELECT {', '.join(_COLUMNS)} FROM clinics WHERE clinic_id = :clinic_id").columns(  # noqa: S608
    *map(column, _COLUMNS)
)


def get_clinic(session: Session, clinic_id: str) -> Clinic:
    """Return the clinic to read from, or raise NotFound when billing does not know it."""
    row = session.execute(_CLINIC, {"clinic_id": clinic_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such clinic among those you work at.")
    # A plain row has the same attributes and costs half as much as an object that could be changed.
    return row  # type: ignore[return-value]


def create_clinic(
    session: Session,
    *,
    clinic_id: str,
    name: str,
    legal_name: str,
    address: str,
    phone: str,
    time_zone: str,
    currency: str,
    invoice_prefix: str,
    tax_rounding: str,
    discount_limit_basis_points: int,
) -> None:
    """Open a clinic at billing.

    Raises:
        Invalid: something about it cannot be.
        Conflict: its short name or its invoice prefix is taken.
    """
    if not CLINIC_ID.fullmatch(clinic_id):
        raise Invalid("Use a short name in small letters, such as main.")
    if not all(told.strip() for told in (name, legal_name, address, phone)):
        raise Invalid("Name, legal name, address and phone stand on every invoice: none may be empty.")
    if tax_rounding not in ("line", "invoice"):
        raise Invalid("Tax is rounded by line or by invoice.")
    if not 0 <= discount_limit_basis_points <= 10_000:
        raise Invalid("The discount limit is a percent between 0 and 100.")
    _refuse_unknown(time_zone, currency, invoice_prefix)
    added = session.execute(
        insert(Clinic)
        .values(
            clinic_id=clinic_id,
            name=name,
            legal_name=legal_name,
            address=address,
            phone=phone,
            time_zone=time_zone,
            currency=currency,
            tax_rounding=tax_rounding,
            discount_limit_basis_points=discount_limit_basis_points,
            invoice_prefix=invoice_prefix,
        )
        .on_conflict_do_nothing()
        .returning(Clinic.clinic_id)
    )
    if added.one_or_none() is None:
        raise Conflict(f"There is a clinic {clinic_id} already, or one with the prefix {invoice_prefix}.")


def _refuse_unknown(time_zone: str, currency: str, invoice_prefix: str) -> None:
    try:
        # Each of them says itself what it cannot work with.
        dates.zone(time_zone)
        format_cents(0, currency)
        format_number(invoice_prefix, dates.FIRST_YEAR, 1)
    except ValueError as unknown:
        raise Invalid(str(unknown)) from unknown
