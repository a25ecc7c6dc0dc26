"""The tables of the documents say what the code says: routes, permissions, problems, promises."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from services.billing.invariants import INVARIANTS as BILLING
from shared.auth.permissions import ROLE_PERMISSIONS, Permission, Role
from shared.errors import HTTP_CODES, AppError
from suite.verify.across import ACROSS
from suite.verify.checking import INVENTORY
from suite.verify.each import EACH
from tests.conventions.guides import document, rows
from tests.conventions.tree import ROOT, SERVICES, modules
from tests.settings import settings_for


@pytest.fixture(scope="module")
def apps(keys_dir: Path) -> dict[str, Flask]:
    """The three apps; no database is asked."""
    address = "postgresql://nobody@/nowhere"
    return {
        service: import_module(f"services.{service}.app").create_app(settings_for(service, address, keys_dir))
        for service in SERVICES
    }


def routes_of(service: str, app: Flask) -> set[tuple[str, str, str]]:
    found = set()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/v1/"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found.add((f"`{method} {path}`", service, who(app.view_functions[rule.endpoint])))
    return found


def who(view: Any) -> str:
    """Return who may call a view, as the table writes it."""
    if view.access.permission:
        return f"`{view.access.permission.value}`"
    return f"the service {', '.join(view.access.services)}" if view.access.services else "anybody"


def test_the_table_of_routes_is_that_of_the_apps(apps: dict[str, Flask]) -> None:
    written = {(row[0], row[1], row[2]) for row in rows(document("docs/api.md"), "## Routes")}

    assert written == set().union(*(routes_of(service, app) for service, app in apps.items()))


def test_the_table_of_permissions_is_that_of_the_code() -> None:
    written = rows(document("docs/security.md"), "## What they may do")

    assert written == [
        [f"`{permission.value}`", *("yes" if permission in ROLE_PERMISSIONS[role] else "" for role in Role)]
        for permission in Permission
    ]


def test_every_code_of_a_problem_is_explained() -> None:
    for path in modules("shared", "services"):
        if "migrations" not in path.parts and path.stem not in {"wsgi", "__init__"}:
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    codes = {
        (refusal.status, refusal.code)
        for refusal in {AppError, *below(AppError)}
        if refusal.__module__.startswith(("shared.", "services."))
    }

    written = {(int(row[0]), row[1].strip("`")) for row in rows(document("docs/api.md"), "## Errors")}

    assert written == codes | set(HTTP_CODES.items())


def below(kind: type[AppError]) -> set[type[AppError]]:
    return set(kind.__subclasses__()).union(*(below(inner) for inner in kind.__subclasses__()))


def test_every_line_of_the_verifier_is_explained() -> None:
    promises = {
        *((promise.id, "billing", False) for promise in BILLING),
        *((promise.id, "inventory", False) for promise in INVENTORY),
        *((promise.id, "each", False) for promise in EACH),
        *((promise.id, "both", promise.waits) for promise in ACROSS),
    }

    written = {
        (identifier, row[1], row[0].endswith("*"))
        for row in rows(document("docs/operations.md"), "## Proving that the books are right")
        for identifier in row[0].removesuffix("*").split()
    }

    assert written == promises
