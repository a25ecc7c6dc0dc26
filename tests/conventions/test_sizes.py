"""Nothing grows beyond what a person reads in one sitting."""

from tests.conventions.tree import files, functions, is_migration, modules, name

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
# Made by a tool, or written in another's words.
NOT_READ_AT_ONCE = {"LICENSE"}


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        name(path): lines
        for path in files(".py", ".js", ".css", ".html", ".typ", ".md", ".yml", ".toml", ".sh", ".svg")
        if path.name not in NOT_READ_AT_ONCE
        and not is_migration(path)
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name} has {length} lines"
        for path in modules("shared", "services", "suite", "tests", "benchmarks")
        if not is_migration(path)
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]

    assert long == []
