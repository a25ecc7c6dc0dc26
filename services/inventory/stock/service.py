"""What lies on the shelves: by item and by lot, now or at the end of a business day of the past."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.inventory.items.gtin import looks_like_gtin
from services.inventory.lots.codes import fold_code
from services.inventory.stock.queries import BY_ITEM_NOW, BY_ITEM_THEN, BY_LOT_NOW, BY_LOT_THEN
from shared.web.pagination import page, read_cursor

_FIRST_DAY, _FIRST_LOT = date(1, 1, 1), UUID(int=0)


def stock_by_item(
    session: Session,
    *,
    clinics: Iterable[str],
    query: str = "",
    at: date | None = None,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of items with what the shelves hold of each, also of those they hold nothing of.

    Cost: the lots of the page's items; at a day of the past, also the movements of those lots since that day.
    """
    after_sku, after_clinic = read_cursor(cursor, str, str) or ("", "")
    rows = session.execute(
        BY_ITEM_NOW if at is None else BY_ITEM_THEN,
        _parameters(clinics, query, at, now, limit) | {"after_sku": after_sku, "after_clinic": after_clinic},
    ).all()
    return page(rows, limit, lambda row: (row.sku, row.clinic_id))


def stock_by_lot(
    session: Session,
    *,
    clinics: Iterable[str],
    query: str = "",
    at: date | None = None,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of the lots that hold anything, in the order in which they should be used.

    Cost: the lots of the clinics from the cursor on; at a past day, also their movements since.
    """
    after = read_cursor(cursor, str, date, UUID) or ("", _FIRST_DAY, _FIRST_LOT)
    rows = session.execute(
        BY_LOT_NOW if at is None else BY_LOT_THEN,
        _parameters(clinics, query, at, now, limit)
        | {"code": fold_code(query), "after_sku": after[0], "after_day": after[1], "after_lot": after[2]},
    ).all()
    return page(rows, limit, lambda row: (row.sku, row.use_by, row.lot_id))


def _parameters(
    clinics: Iterable[str], query: str, at: date | None, now: datetime, limit: int
) -> dict[str, Any]:
    return {
        "clinics": list(clinics),
        "query": query.lower(),
        "gtin": looks_like_gtin(query),
        "at": at,
        "now": now,
        "rows": limit + 1,
    }
