"""The two clinics of the demo: where they are, what the law takes there, and which house rules they chose."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.billing.charges.price_lists import set_tax_rate
from services.billing.clinics import create_clinic

MAIN, HARBOR = "main", "harbor"
FIRST_TAXED_ON = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A clinic. `rates`: category, jurisdiction and parts per million of what is sold there."""

    clinic_id: str
    name: str
    legal_name: str
    address: str
    phone: str
    time_zone: str
    tax_rounding: str
    discount_limit_basis_points: int
    rates: tuple[tuple[str, str, int], ...]
    closed_weekdays: frozenset[int]

    def today(self, now: datetime) -> date:
        """Return the day on the clinic's own calendar."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return the moment the clinic's wall clock shows this."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.time_zone))

    def earlier_today(self, now: datetime, share: float) -> datetime:
        """Return a moment of the business day that has passed; `share` 0 is its beginning, 1 is now."""
        midnight = self.at(self.today(now), 0)
        return now - timedelta(seconds=round((now - midnight).total_seconds() * (1 - share)))


PLACES = (
    Place(
        clinic_id=MAIN,
        name="Main",
        legal_name="Meridian Skin Clinic LLC",
        address="48 Elm Street, Suite 2\nHartford, CT 06106",
        phone="+1 860 555 0148",
        time_zone="America/New_York",
        tax_rounding="line",
        discount_limit_basis_points=1500,
        rates=(("service", "Connecticut", 0), ("retail", "Connecticut", 63_500)),
        closed_weekdays=frozenset({6}),
    ),
    Place(
        clinic_id=HARBOR,
        name="Harbor",
        legal_name="Meridian Skin Harbor PLLC",
        address="1180 Alaskan Way\nSeattle, WA 98101",
        phone="+1 206 555 0117",
        time_zone="America/Los_Angeles",
        tax_rounding="invoice",
        discount_limit_basis_points=1000,
        rates=(("service", "Washington", 0), ("retail", "Washington", 65_000), ("retail", "Seattle", 38_500)),
        closed_weekdays=frozenset({0, 6}),
    ),
)


def open_at_billing(session: Session) -> None:
    """Tell billing of both clinics and of the tax on what they sell."""
    for place in PLACES:
        create_clinic(
            session,
            clinic_id=place.clinic_id,
            name=place.name,
            legal_name=place.legal_name,
            address=place.address,
            phone=place.phone,
            time_zone=place.time_zone,
            currency="USD",
            invoice_prefix=place.clinic_id.upper(),
            tax_rounding=place.tax_rounding,
            discount_limit_basis_points=place.discount_limit_basis_points,
        )
        for category, jurisdiction, rate_ppm in place.rates:
            set_tax_rate(
                session,
                clinic_id=place.clinic_id,
                tax_category=category,
                jurisdiction=jurisdiction,
                rate_ppm=rate_ppm,
                effective_from=FIRST_TAXED_ON,
            )
