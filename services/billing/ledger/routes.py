"""The journal over HTTP."""

from typing import Any

from services.billing.ledger import service
from services.billing.ledger.schemas import JournalPage, JournalQuery
from shared.auth.decorators import chosen_clinics, requires
from shared.auth.permissions import Permission
from shared.db import reading
from shared.web.api import Blueprint

blp = Blueprint("journal", __name__, url_prefix="/v1/journal", description="The books, double entry")


@blp.get("")
@requires(Permission.READ_JOURNAL)
@blp.arguments(JournalQuery(), location="query")
@blp.response(200, JournalPage)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """List journal entries with their lines, newest first."""
    with reading() as session:
        return service.find(
            session,
            clinics=chosen_clinics(query["clinic_id"]),
            invoice_id=query["invoice_id"],
            from_date=query["from_date"],
            to_date=query["to_date"],
            limit=query["limit"],
            cursor=query["cursor"],
        )
