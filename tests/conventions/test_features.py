"""Every feature of every service has the same shape, so that who knows one knows all."""

import ast
import re

import pytest

from tests.conventions.tree import ROOT, SERVICES, features, functions, is_migration, modules, name, parsed

SKELETON = ("app.py", "wsgi.py", "settings.py", "base.py", "models.py", "migrations/env.py")
PLURAL = re.compile(
    r"(?:[a-z]+_)?(?:[a-z]+s|stock|staff|ledger|desk|books|admin|day_close|planning|purchasing|scanning)"
)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_skeleton_of_the_others(service: str) -> None:
    missing = [part for part in SKELETON if not (ROOT / "services" / service / part).is_file()]

    assert missing == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_feature_is_a_folder_with_a_plural_or_collective_name(service: str) -> None:
    folders = [folder.name for folder in features(service)]

    assert folders != []
    assert [folder for folder in folders if not PLURAL.fullmatch(folder)] == []


@pytest.mark.parametrize("service", ["billing", "inventory"])
def test_what_answers_http_states_its_shapes_apart_from_its_decisions(service: str) -> None:
    missing = [
        f"{name(folder)}/{part}"
        for folder in features(service)
        for part in ("schemas.py", "service.py")
        # Events have one shape, in shared, and are decided by the feature they belong to;
        # invoices are read here
        # and made by the till.
        if not (folder / part).exists()
        and folder.name != "events"
        and (folder.name, part) != ("invoices", "service.py")
    ]

    assert missing == []


def test_routes_hold_no_sql() -> None:
    sql = {"select", "insert", "update", "delete", "text"}

    found = [
        f"{name(path)}:{node.lineno}"
        for path in modules("services")
        if path.name == "routes.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("sqlalchemy")
        and sql & {alias.name for alias in node.names}
    ]

    assert found == []


def test_routes_are_only_in_files_named_after_them() -> None:
    routing = {"get", "post", "put", "patch", "delete", "route"}

    found = {
        name(path)
        for path in modules("services")
        if not path.name.endswith("routes.py")
        for node in functions(path)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in routing
        and isinstance(decorator.func.value, ast.Name)
        and decorator.func.value.id in {"blp", "blueprint"}
    }

    # The portal has one file for each screen, as its users have one for each task.
    assert {place for place in found if not place.startswith("services/portal/")} == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in modules("shared", "services", "suite", "tests", "benchmarks")
        if path.read_text(encoding="utf-8").strip()
        and not is_migration(path)
        and not ast.get_docstring(parsed(path))
    ]

    assert silent == []


def test_every_public_function_of_shared_and_of_a_service_makes_its_promise() -> None:
    silent = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in modules("shared", "services")
        if "shared" in path.relative_to(ROOT).parts or path.name == "service.py"
        for node in _public_functions(parsed(path))
        if not ast.get_docstring(node)
    ]

    assert silent == []


def _public_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Functions of the module and methods of its public classes that say more than their name and type."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef) and not owner.name.startswith("_"):
            found += [node for node in owner.body if isinstance(node, ast.FunctionDef) and _needs_words(node)]
    return [node for node in found if not node.name.startswith("_")]


def _needs_words(method: ast.FunctionDef) -> bool:
    is_property = any("property" in ast.unparse(decorator) for decorator in method.decorator_list)
    return not is_property and (method.end_lineno or 0) - method.lineno > 3
