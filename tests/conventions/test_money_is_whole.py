"""A float never touches money or quantities."""

import ast
from pathlib import Path

from tests.conventions.tree import ROOT, modules, name, parsed

# Seconds, pixels and shares of a picture may be floats; what is billed, booked or counted may not.
COUNTED = [
    *modules("services/billing", "services/inventory"),
    ROOT / "shared/money.py",
    ROOT / "shared/quantities.py",
    ROOT / "shared/rows.py",
]


def floats_in(path: Path) -> list[str]:
    return [f"{name(path)}:{line}" for line in float_lines(parsed(path))]


def float_lines(tree: ast.Module) -> list[int]:
    found = []
    for node in ast.walk(tree):
        is_float = (
            (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _joins_paths(node))
            or (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (isinstance(node, ast.Name) and node.id in {"float", "Float", "round"})
            or (isinstance(node, ast.Attribute) and node.attr in {"Float", "Numeric", "REAL"})
        )
        if is_float:
            found.append(node.lineno)
    return found


def _joins_paths(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def test_nothing_that_is_billed_or_counted_is_a_float() -> None:
    assert [place for path in COUNTED for place in floats_in(path)] == []


def test_the_rule_tells_a_share_from_a_folder() -> None:
    lines = (
        "share = total_cents / 3",
        "folder = root / 'x'",
        "rate = 0.5",
        "whole = float(text)",
        "half = cents // 2",
    )

    assert float_lines(ast.parse("\n".join(lines))) == [1, 3, 4]


def test_amounts_on_the_wire_are_cents_or_strings() -> None:
    floating = [
        f"{name(path)}:{node.lineno}"
        for path in modules("services", "shared")
        if path.name in {"schemas.py", "fields.py"}
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in {"Float", "Decimal", "Number"}
    ]

    assert floating == []
