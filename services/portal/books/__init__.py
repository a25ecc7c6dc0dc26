"""The books: invoices and the journal. One file for each screen."""

from services.portal.books import invoice, invoices, journal

SCREENS = (invoices.blueprint, invoice.blueprint, journal.blueprint)
