"""What inventory's codes are called on the pages, and what is the matter with a lot."""

from datetime import date

from services.portal.clients import Document
from services.portal.pictures import SOON_DAYS
from services.portal.showing import days_until

KINDS = {
    "receipt": "Received",
    "use": "Used",
    "sale": "Sold",
    "waste": "Thrown away",
    "adjustment": "Corrected",
    "settlement": "Used, settled later",
    "reversal": "Taken back",
}
FLAGS = {
    "expired-lot": "was expired",
    "held-lot": "was on hold",
    "recalled-lot": "was recalled",
}
CAUSES = {
    "unknown-item": ("Not in the catalogue", "The code was probably mistyped. Choose the lot it really was."),
    "unknown-lot": (
        "Lot never received",
        "A delivery may not have been received yet, or the lot was misread.",
    ),
    "out-of-stock": (
        "Nothing left",
        "A delivery may not have been received yet, or more was used than noted.",
    ),
    "only-expired": ("Only expired lots left", "Look what was really used; expired lots stay on the shelf."),
    "only-held": ("Only lots on hold left", "Look what was really used; release the lot or receive another."),
    "lot-exhausted": ("The lot held less", "More was used than the lot held: another lot was opened too."),
    "reported": ("Reported by hand", "Somebody noted that this was used."),
}
STORAGES = {"room": "At room temperature", "refrigerated": "In the refrigerator", "frozen": "Frozen"}
UNITS = {"each": "pieces", "g": "grams (g)", "ml": "millilitres (ml)"}
AVAILABLE, HELD, RECALLED, EXPIRED, SOON, GOOD = "available", "hold", "recalled", "expired", "soon", "good"
STATE_WORDS = {
    HELD: ("On hold", "stop"),
    RECALLED: ("Recalled", "stop"),
    EXPIRED: ("Expired", "stop"),
    GOOD: ("In date", "good"),
}


def state_of(lot: Document, today: date) -> str:
    """Return what is the matter with a lot on that day."""
    if lot["status"] != AVAILABLE:
        return str(lot["status"])
    left = days_until(lot["expires_on"], today)
    if left is not None and left < 0:
        return EXPIRED
    return SOON if left is not None and left <= SOON_DAYS else GOOD


def state_chip(lot: Document, today: date) -> tuple[str, str]:
    """Return the words and the kind of a lot's chip."""
    state = state_of(lot, today)
    if state != SOON:
        return STATE_WORDS[state]
    left = days_until(lot["expires_on"], today)
    if left == 0:
        return "Last day today", "look"
    return f"{left} {'day' if left == 1 else 'days'} left", "look"
