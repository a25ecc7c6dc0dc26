"""What billing's codes are called in the books."""

from services.portal.clients import Document

TENDERS = {"cash": "Cash", "card_external": "Card", "cheque": "Cheque"}
PAYMENT_STATES = {
    "succeeded": ("Received", "good"),
    "pending": ("Waiting for the card", "wait"),
    "failed": ("Refused", "look"),
    "unknown": ("Checking with the card", "wait"),
}
INVOICE_STATES = {"paid": ("Paid", "good"), "open": ("Open", "look")}
PURPOSES = {"treatment": "Treatment", "retail": "Sold"}
ENTRIES = {
    "sale": "Invoice issued",
    "payment": "Payment received",
    "stock": "Stock valued",
}
SIGNS = {"USD": "$"}


def tender_words(payment: Document) -> str:
    """Return "Cash", or "Visa ending 4242"."""
    words = payment["card_brand"] or TENDERS.get(payment["kind"], payment["kind"])
    return f"{words} ending {payment['card_last4']}" if payment["card_last4"] else str(words)


def debits_first(entry: Document) -> Document:
    """Return an entry as an accountant writes it: what was debited, then what was credited."""
    return {**entry, "lines": sorted(entry["lines"], key=lambda line: line["debit_cents"] == 0)}


def sign_of(currency: str) -> str:
    """Return what stands in front of an amount of this currency."""
    return SIGNS.get(currency, f"{currency} ")
