"""Writing the price list: charges of the house, and a clinic's prices and tax rates from a day on."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.billing.base import Clinic
from services.billing.charges.models import Charge, Price, TaxRate
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id

HIGHEST_RATE_PPM = 500_000


class NewCharge(NamedTuple):
    """A charge to be added: a treatment of an area, or an item of inventory that is sold."""

    code: str
    kind: str
    name: str
    tax_category: str
    area: str | None = None
    duration_minutes: int | None = None
    sku: str | None = None


STANDARD_CHARGES = (
    NewCharge("microneedling-face", "treatment", "Microneedling face", "service", "face", 45),
    NewCharge("microneedling-neck", "treatment", "Microneedling neck", "service", "neck", 30),
    NewCharge("microneedling-chest", "treatment", "Microneedling chest", "service", "chest", 60),
)


def add_charge(session: Session, charge: NewCharge) -> None:
    """Add a charge at the end of the till's list.

    Raises:
        Invalid: it is neither a treatment nor the sale of an item.
        Conflict: there is one with this code.
    """
    if (charge.kind == "retail") != (charge.sku is not None):
        raise Invalid("Retail names the sku that is sold; a treatment names none.")
    if charge.duration_minutes is not None and charge.duration_minutes < 1:
        raise Invalid("A treatment takes at least one minute.")
    if not all(told.strip() for told in charge if isinstance(told, str)):
        raise Invalid("What is told about a charge must not be empty.")
    position = session.execute(select(func.coalesce(func.max(Charge.position) + 1, 1))).scalar_one()
    added = session.execute(
        insert(Charge)
        .values(**charge._asdict(), position=position, active=True)
        .on_conflict_do_nothing()
        .returning(Charge.code)
    )
    if added.one_or_none() is None:
        raise Conflict(f"There is a charge {charge.code} already.")


def add_standard_charges(session: Session) -> list[str]:
    """Add what is missing of the three treatments of the house, and return the codes that were."""
    there = set(session.execute(select(Charge.code)).scalars())
    missing = [charge for charge in STANDARD_CHARGES if charge.code not in there]
    for charge in missing:
        add_charge(session, charge)
    return [charge.code for charge in missing]


def set_price(
    session: Session, *, clinic_id: str, charge_code: str, unit_cents: int, effective_from: date
) -> None:
    """Set the price of a charge at a clinic from a day on.

    Raises:
        NotFound: the clinic or the charge is unknown.
        Conflict: a price from that day on is written, and stays.
    """
    _refuse_unknown_clinic(session, clinic_id)
    if session.get(Charge, charge_code) is None:
        raise NotFound(f"There is no charge {charge_code}.")
    added = session.execute(
        insert(Price)
        .values(
            clinic_id=clinic_id, charge_code=charge_code, effective_from=effective_from, unit_cents=unit_cents
        )
        .on_conflict_do_nothing()
        .returning(Price.clinic_id)
    )
    if added.one_or_none() is None:
        raise Conflict(
            f"{charge_code} at {clinic_id} has a price from {effective_from} on. Choose another day."
        )


def set_tax_rate(
    session: Session,
    *,
    clinic_id: str,
    tax_category: str,
    jurisdiction: str,
    rate_ppm: int,
    effective_from: date,
) -> None:
    """Set what a jurisdiction takes of a category at a clinic from a day on.

    Raises:
        NotFound: the clinic is unknown.
        Invalid: no tax is that high, or nobody is named who takes it.
        Conflict: a rate from that day on is written, and stays.
    """
    _refuse_unknown_clinic(session, clinic_id)
    if not 0 <= rate_ppm <= HIGHEST_RATE_PPM:
        raise Invalid("A tax rate is a percent between 0 and 50.")
    if not (tax_category.strip() and jurisdiction.strip()):
        raise Invalid("Category and jurisdiction must not be empty.")
    added = session.execute(
        insert(TaxRate)
        .values(
            tax_rate_id=new_id(),
            clinic_id=clinic_id,
            tax_category=tax_category,
            jurisdiction=jurisdiction,
            rate_ppm=rate_ppm,
            effective_from=effective_from,
        )
        .on_conflict_do_nothing()
        .returning(TaxRate.tax_rate_id)
    )
    if added.one_or_none() is None:
        raise Conflict(
            f"{jurisdiction} has a rate for {tax_category} at {clinic_id} from {effective_from} on."
            " Choose another day."
        )


def _refuse_unknown_clinic(session: Session, clinic_id: str) -> None:
    if session.get(Clinic, clinic_id) is None:
        raise NotFound(f"There is no clinic {clinic_id}.")
