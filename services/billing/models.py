"""Every table of billing, so that migrations see them all."""

from services.billing.base import Base, Clinic, InboxEvent, OutboxEvent
from services.billing.charges.models import Charge, Price, TaxRate
from services.billing.invoices.models import (
    Invoice,
    InvoiceDiscount,
    InvoiceLine,
    InvoiceSeries,
    InvoiceSupply,
)
from services.billing.ledger.models import Account, JournalEntry, JournalLine
from services.billing.patients.models import Patient, PatientTerm
from services.billing.payments.models import Payment
from services.billing.visits.models import Visit, VisitSupply

__all__ = [
    "Account",
    "Base",
    "Charge",
    "Clinic",
    "InboxEvent",
    "Invoice",
    "InvoiceDiscount",
    "InvoiceLine",
    "InvoiceSeries",
    "InvoiceSupply",
    "JournalEntry",
    "JournalLine",
    "OutboxEvent",
    "Patient",
    "PatientTerm",
    "Payment",
    "Price",
    "TaxRate",
    "Visit",
    "VisitSupply",
]
