"""Who may import whom. Services meet over HTTP only; `shared` knows no service; `suite` alone knows all."""

import ast
from pathlib import Path

import grimp
import pytest

from tests.conventions.tree import ROOT, SERVICES, modules, name, parsed


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("shared", "services", "suite", cache_dir=None)


def importers_of(imports: grimp.ImportGraph, package: str, *, allowed: tuple[str, ...]) -> list[str]:
    """Return each import of `package` from outside of `allowed`, as a line a person can act on."""
    inside = {package} | imports.find_descendants(package)
    return sorted(
        f"{importer} imports {imported}"
        for imported in inside
        for importer in imports.find_modules_that_directly_import(imported)
        if not any(importer == root or importer.startswith(f"{root}.") for root in allowed)
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_imported_by_itself_and_the_suite_only(imports: grimp.ImportGraph, service: str) -> None:
    package = f"services.{service}"

    assert importers_of(imports, package, allowed=(package, "suite")) == []


def test_the_suite_is_imported_by_nobody(imports: grimp.ImportGraph) -> None:
    assert importers_of(imports, "suite", allowed=("suite",)) == []


def test_the_graph_is_not_empty(imports: grimp.ImportGraph) -> None:
    assert "shared.db" in imports.find_modules_directly_imported_by("services.billing.patients.routes")


def test_only_the_http_client_speaks_http() -> None:
    clients = {"requests", "urllib3", "httpx", "http", "aiohttp", "urllib.request"}

    found = [
        f"{name(path)}: {module}"
        for path in modules("shared", "services")
        for module in imported_modules(path)
        if (module in clients or module.partition(".")[0] in clients - {"urllib.request"})
    ]

    assert {line.partition(":")[0] for line in found} == {"shared/http.py"}, found


def imported_modules(path: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(node.module)
    return found


def test_imports_name_their_whole_path() -> None:
    relative = [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in modules("shared", "services") if "migrations" not in path.parts}

    assert (
        sorted(name(folder) for folder in folders if not (folder / "__init__.py").exists() and folder != ROOT)
        == []
    )
