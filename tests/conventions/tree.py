"""The source tree, as the rules of the house look at it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("billing", "inventory", "portal")
PACKAGES = ("shared", "services", "suite")
NOT_OURS = frozenset(
    {".git", ".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
)


def name(path: Path) -> str:
    """Return a file's path inside the tree, for an assert that is read by a person."""
    return path.relative_to(ROOT).as_posix()


def files(*suffixes: str) -> list[Path]:
    """Return every file of ours with one of these endings; all of them if none is named."""
    return [path for path in _walk(ROOT) if not suffixes or path.suffix in suffixes]


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.name.endswith("_cache"):
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def modules(*folders: str) -> list[Path]:
    """Return the Python files below these folders (all that is not a test, unless told otherwise)."""
    return [path for folder in folders or PACKAGES for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def is_migration(path: Path) -> bool:
    return "migrations" in path.parts


def features(service: str) -> list[Path]:
    """Return the feature folders of a service: those that answer HTTP."""
    folder = ROOT / "services" / service
    return sorted(path.parent for path in folder.glob("*/routes.py"))
