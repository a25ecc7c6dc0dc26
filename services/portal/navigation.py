"""What stands around every page: the entries a person uses, who they are, where they are."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request

from services.portal import current
from services.portal.own_paths import ACCOUNT, home_of, own_path
from services.portal.staff.words import role_words
from shared.auth.permissions import Permission, permissions_of
from shared.settings import Settings

THEMES = frozenset({"light", "dark"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One way into the house, for those who may use it."""

    label: str
    href: str
    permission: Permission


ENTRIES = (
    Entry("Today", "/desk/today", Permission.READ_VISITS),
    Entry("Till", "/desk/till", Permission.CHECK_OUT),
    Entry("Patients", "/desk/patients", Permission.READ_PATIENTS),
    Entry("Stock", "/stock", Permission.READ_STOCK),
    Entry("Invoices", "/books/invoices", Permission.READ_INVOICES),
    Entry("Journal", "/books/journal", Permission.READ_JOURNAL),
    Entry("Staff", "/admin/staff", Permission.MANAGE_STAFF),
)
SEARCH = "/search"


def entries_for(roles: frozenset[str], path: str) -> list[dict[str, Any]]:
    """Return the entries these roles use, with a key each and a mark at the one `path` belongs to."""
    allowed = permissions_of(roles)
    return [
        {
            "href": entry.href,
            "label": entry.label,
            "key": f"Alt+{number}",
            "current": _is_at(entry.href, path),
        }
        for number, entry in enumerate((entry for entry in ENTRIES if entry.permission in allowed), start=1)
    ]


def install(app: Flask, settings: Settings) -> None:
    """Give every template what `base.html` asks for."""

    @app.context_processor
    def _frame() -> dict[str, Any]:
        return {"demo": settings.demo, "theme": _theme(), **_about_person(app)}


def _about_person(app: Flask) -> dict[str, Any]:
    found = current.signed_in()
    urls = {"home": "/", "sign_out": "/sign-out", "switch_clinic": "/clinic", "account": ACCOUNT}
    if found is None:
        return {"person": None, "clinic": None, "clinics": [], "navigation": [], "search": None, "urls": urls}
    clinics = [{"id": clinic_id, "name": name} for clinic_id, name in found.clinic_names.items()]
    is_searchable = any(rule.rule == SEARCH for rule in app.url_map.iter_rules())
    return {
        "person": {"name": found.actor.name, "role": role_words(found.actor.roles)},
        "clinic": next((clinic for clinic in clinics if clinic["id"] == found.clinic_id), None),
        "clinics": clinics,
        "navigation": entries_for(found.actor.roles, request.path),
        "search": {"action": SEARCH, "value": request.args.get("q", "")} if is_searchable else None,
        "urls": {**urls, "home": home_of(found.actor.roles)},
        "here": own_path(request.full_path.rstrip("?"), "/") if request.method == "GET" else "/",
    }


def _theme() -> str:
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else "auto"


def _is_at(href: str, path: str) -> bool:
    return path == href or path.startswith(f"{href}/")
