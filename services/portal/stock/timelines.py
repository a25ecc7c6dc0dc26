"""Lots as marks on the picture of what expires when."""

from collections.abc import Iterable
from datetime import date

from markupsafe import Markup

from services.portal.clients import Document
from services.portal.pictures import LotMark, expiry_timeline
from services.portal.showing import amount
from services.portal.stock.words import AVAILABLE
from shared.dates import parse_date

MOST = 12


def timeline(lots: Iterable[Document], today: date, title: str) -> Markup | None:
    """Draw the lots that expire first; None when no lot has anything left that could."""
    dated = sorted(
        (lot for lot in lots if lot["expires_on"] and lot["on_hand"] != "0"),
        key=lambda lot: str(lot["expires_on"]),
    )
    marks = [
        LotMark(
            code=_short(lot["lot"]),
            expires_on=parse_date(lot["expires_on"]),
            quantity=amount(lot["on_hand"], lot["base_unit"]),
            is_held=lot["status"] != AVAILABLE,
        )
        for lot in dated[:MOST]
    ]
    return expiry_timeline(marks, today=today, title=title) if marks else None


def _short(code: str) -> str:
    """The picture has room for so much; the table beside it has the whole code."""
    return code if len(code) <= 14 else f"{code[:13]}…"
