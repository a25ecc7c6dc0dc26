"""What arrived at the demo clinics, from whom and for how much, and what was set aside."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from services.inventory.lots import service as lots
from services.inventory.lots.models import HOLD
from services.inventory.receipts.schemas import ReceiptCreate
from services.inventory.receipts.service import receive
from suite.demo.catalogue import CARTRIDGE, CREAM, FINE_CARTRIDGE, MIST, SERUM, SHEATH, TUBE, VITAMIN_C
from suite.demo.clinics import HARBOR, MAIN, Place
from suite.demo.house import House
from suite.demo.staff import MANAGING

DEVICES = "Northline Device Supply"
PHARMACY = "Quay Street Compounding Pharmacy"
SKINCARE = "Solstice Skincare Wholesale"
FIRST_DELIVERY_DAYS_AGO = 124


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods on a day: so many base units in one lot, with its last day counted from the day of loading."""

    days_ago: int
    clinic_id: str
    sku: str
    lot: str
    expires_in_days: int
    quantity: str
    cost_cents: int
    supplier: str


DELIVERIES = (
    Delivery(124, MAIN, "CART-09", "N09-2411A", 410, "20", 14380, DEVICES),
    Delivery(124, MAIN, CARTRIDGE, "N12-2503B", 205, "80", 76347, DEVICES),
    Delivery(92, MAIN, CARTRIDGE, "N12-2507A", 298, "100", 95200, DEVICES),
    Delivery(55, MAIN, CARTRIDGE, "N12-2509C", 371, "80", 77111, DEVICES),
    Delivery(21, MAIN, CARTRIDGE, "N12-2512A", 512, "80", 77940, DEVICES),
    Delivery(4, MAIN, CARTRIDGE, "N12-2602D", 560, "40", 39180, DEVICES),
    Delivery(118, MAIN, "CART-14", "N14-2502K", 240, "20", 21990, DEVICES),
    Delivery(70, MAIN, "CART-14", "N14-2508F", 390, "20", 22310, DEVICES),
    Delivery(120, MAIN, FINE_CARTRIDGE, "N36-2501C", 33, "30", 37185, DEVICES),
    Delivery(48, MAIN, FINE_CARTRIDGE, "N36-2510B", 400, "40", 49870, DEVICES),
    Delivery(124, MAIN, SHEATH, "BS-70412", 900, "200", 17150, DEVICES),
    Delivery(40, MAIN, SHEATH, "BS-71188", 990, "200", 17640, DEVICES),
    Delivery(122, MAIN, CREAM, "L4-24-0931", 71, "1500", 19477, PHARMACY),
    Delivery(88, MAIN, CREAM, "L4-25-0117", 96, "1500", 19630, PHARMACY),
    Delivery(49, MAIN, CREAM, "L4-25-0206", 128, "1000", 13229, PHARMACY),
    Delivery(16, MAIN, CREAM, "L4-25-0311", 167, "1000", 13301, PHARMACY),
    Delivery(110, MAIN, TUBE, "T30-5518", 25, "180", 5694, PHARMACY),
    Delivery(33, MAIN, TUBE, "T30-5720", 210, "240", 7731, PHARMACY),
    Delivery(100, MAIN, "GLIDE-250", "GG-1187", 330, "1000", 3155, SKINCARE),
    Delivery(123, MAIN, SERUM, "HA-88213", 60, "500", 24093, SKINCARE),
    Delivery(79, MAIN, SERUM, "HA-88690", 20, "400", 19271, SKINCARE),
    Delivery(44, MAIN, SERUM, "HA-89144", 140, "400", 19455, SKINCARE),
    Delivery(12, MAIN, SERUM, "HA-89507", 260, "300", 14711, SKINCARE),
    Delivery(105, MAIN, VITAMIN_C, "VC-3302", -12, "90", 6527, SKINCARE),
    Delivery(58, MAIN, VITAMIN_C, "VC-3391", 9, "60", 4381, SKINCARE),
    Delivery(14, MAIN, VITAMIN_C, "VC-3477", 88, "90", 6612, SKINCARE),
    Delivery(90, MAIN, "TRET-025", "TR-0259", 180, "100", 8240, PHARMACY),
    Delivery(124, MAIN, "AFT-SERUM-30", "AS-1042", 300, "60", 110390, SKINCARE),
    Delivery(45, MAIN, "AFT-SERUM-30", "AS-1090", 480, "60", 111640, SKINCARE),
    Delivery(124, MAIN, "AFT-MOIST-50", "AM-2201", 280, "60", 72610, SKINCARE),
    Delivery(52, MAIN, "AFT-MOIST-50", "AM-2260", 470, "48", 58350, SKINCARE),
    Delivery(124, MAIN, "AFT-SPF-50", "SP-0620", 410, "48", 64080, SKINCARE),
    Delivery(50, MAIN, "AFT-SPF-50", "SP-0688", 530, "48", 64490, SKINCARE),
    Delivery(38, MAIN, MIST, "CM-0015", 700, "12", 8034, SKINCARE),
    Delivery(122, HARBOR, CARTRIDGE, "N12-2504A", 215, "60", 58110, DEVICES),
    Delivery(62, HARBOR, CARTRIDGE, "N12-2508D", 330, "60", 58470, DEVICES),
    Delivery(120, HARBOR, FINE_CARTRIDGE, "N36-2501C", 33, "20", 24890, DEVICES),
    Delivery(122, HARBOR, SHEATH, "BS-70455", 900, "200", 17290, DEVICES),
    Delivery(121, HARBOR, CREAM, "L4-24-0940", 14, "1000", 13120, PHARMACY),
    Delivery(50, HARBOR, CREAM, "L4-25-0230", 190, "500", 6644, PHARMACY),
    Delivery(121, HARBOR, SERUM, "HA-88240", 45, "300", 14462, SKINCARE),
    Delivery(55, HARBOR, SERUM, "HA-89150", 160, "200", 9703, SKINCARE),
    Delivery(121, HARBOR, "AFT-SERUM-30", "AS-1044", 300, "36", 66490, SKINCARE),
    Delivery(121, HARBOR, "AFT-MOIST-50", "AM-2204", 280, "36", 43660, SKINCARE),
    Delivery(121, HARBOR, "AFT-SPF-50", "SP-0624", 410, "36", 48280, SKINCARE),
    Delivery(36, HARBOR, MIST, "CM-0018", 700, "12", 8070, SKINCARE),
)
# The lots whose label is scanned in a treatment, oldest first; a recipe never takes them by itself.
SCANNED = {
    sku: [lot for lot in DELIVERIES if lot.sku == sku] for sku in (FINE_CARTRIDGE, "CART-14", TUBE, VITAMIN_C)
}
_HELD = (
    "CART-14",
    "N14-2502K",
    29,
    "Carton arrived torn: sterility not certain. Supplier asked for a replacement.",
)

_by_day: dict[tuple[str, int], list[Delivery]] = defaultdict(list)
for _delivery in DELIVERIES:
    _by_day[_delivery.clinic_id, _delivery.days_ago].append(_delivery)


def receive_of(session: Session, house: House, place: Place, *, days_ago: int) -> None:
    """Receive what came to a clinic that day, before it opened."""
    today = place.today(house.now)
    arrived_at = place.at(today - timedelta(days=days_ago), 8, 40)
    for delivery in _by_day[place.clinic_id, days_ago]:
        wire = {
            "clinic_id": place.clinic_id,
            "sku": delivery.sku,
            "lot": delivery.lot,
            "expires_on": (today + timedelta(days=delivery.expires_in_days)).isoformat(),
            "quantity": delivery.quantity,
            "cost_cents": delivery.cost_cents,
            "supplier": delivery.supplier,
        }
        actor = house.people[MANAGING[place.clinic_id]]
        body = ReceiptCreate().load(wire)
        receive(
            session,
            clinic_id=body["clinic_id"],
            sku=body["sku"],
            code=body["lot"],
            expires=body["expires_on"],
            quantity_thousandths=body["quantity"],
            cost_cents=body["cost_cents"],
            supplier=body["supplier"],
            actor=actor,
            key=house.key(actor, "/v1/receipts", wire),
            now=arrived_at,
        )
    if place.clinic_id == MAIN and days_ago == _HELD[2]:
        _hold(session, house, place, today - timedelta(days=days_ago))


def _hold(session: Session, house: House, place: Place, day: date) -> None:
    sku, code, _, reason = _HELD
    found = lots.find_lots(session, clinics=[place.clinic_id], sku=sku, limit=50, cursor=None)["items"]
    lot = next(lot for lot in found if lot.code == code)
    lots.change_status(
        session,
        lot=lot,
        status=HOLD,
        reason=reason,
        version=lot.version,
        actor=house.people[MANAGING[place.clinic_id]],
        now=place.at(day, 8, 50),
    )


def scannable(clinic_id: str, sku: str, *, days_ago: int) -> list[str]:
    """Return the lots of this item that had arrived by then, were in date and not set aside, newest first."""
    return [
        lot.lot
        for lot in reversed(SCANNED[sku])
        if lot.clinic_id == clinic_id
        and lot.days_ago > days_ago
        and lot.expires_in_days > -days_ago
        and (lot.sku, lot.lot) != _HELD[:2]
    ]
