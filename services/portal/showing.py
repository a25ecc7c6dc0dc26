"""What pages of stock and books share: whole lists, days and amounts in words, questions that may fail."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask import Response, make_response, render_template

from services.portal import pictures
from services.portal.clients import Document, ProblemFromService, ServiceAway
from services.portal.current import person
from services.portal.form_errors import errors_by_field
from shared.auth.permissions import Permission
from shared.dates import parse_date
from shared.errors import AppError

LARGEST_PAGE = 200
MOST_PAGES = 5
# Something beside the matter of a page: rather without it than waiting for it.
SHORT_SECONDS = 1.0
NOTHING: Document = {"items": [], "next": None}


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """Draw a page, with the words and pictures that its template may use."""
    tools = {"day": day, "may": may, "pictures": pictures, "amount": amount}
    return make_response(render_template(template, **tools, **values), status)


def may(permission: str) -> bool:
    """Tell whether the person signed in holds this permission."""
    return person().actor.may(Permission(permission))


def day(iso: str | None) -> str:
    """Return "Nov 20, 2026" for the day of a wire, a dash for none."""
    if not iso:
        return "–"
    found = parse_date(iso[:10])
    return f"{found:%b} {found.day}, {found.year}"


def amount(quantity: str, unit: str = "each") -> str:
    """Return "12.5 g", or the bare number of what is counted in pieces, without the sign of a movement."""
    bare = quantity.removeprefix("-")
    return bare if unit in ("", "each") else f"{bare} {unit}"


def days_until(iso: str | None, today: date) -> int | None:
    """Return how many days are left until that day, which may be below zero; None for what keeps for ever."""
    return (parse_date(iso) - today).days if iso else None


def all_of(question: Callable[..., Document], **query: Any) -> tuple[list[Document], bool]:
    """Return all rows of a list, and whether there were even more than a person could look at."""
    rows: list[Document] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        found = question(limit=LARGEST_PAGE, cursor=cursor, **query)
        rows += found["items"]
        cursor = found["next"]
        if cursor is None:
            return rows, False
    return rows, True


def filtered(question: Callable[[], Any], nothing: Any) -> tuple[Any, dict[str, str]]:
    """Ask for what a filter bar describes; what is wrong with it comes back beside its fields."""
    try:
        return question(), {}
    except ProblemFromService as refused:
        if refused.status != 422:
            raise
        return nothing, errors_by_field(refused)


def if_it_answers(question: Callable[[], Document]) -> Document | None:
    """Ask for something that a page can do without."""
    try:
        return question()
    except (ServiceAway, ProblemFromService):
        return None


def errors_beside(refused: AppError, fields: Iterable[str], otherwise: str = "") -> dict[str, str]:
    """Return the words for each field; what names none of `fields` stands at `otherwise`."""
    known = set(fields)
    found: dict[str, str] = {}
    for name, words in errors_by_field(refused).items():
        found.setdefault(name if name in known else otherwise, words)
    return found
