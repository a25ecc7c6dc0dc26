"""Things that are done in one place only: committing, reading the environment, opening transactions."""

import ast

import pytest

from tests.conventions.tree import functions, modules, name, parsed

ENVIRONMENT_READERS = {
    "shared/settings.py": "the services' one look at it",
    "gunicorn.conf.py": "runs before any app exists",
}
TRANSACTIONS_OPEN_IN = {"routes.py", "worker.py", "cli.py"}


def calls_of(method: str) -> list[str]:
    """Return where a method of this name is called in the services and what they share."""
    return [
        f"{name(path)}:{node.lineno}"
        for path in modules("shared", "services")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    ]


def test_only_the_transaction_commits() -> None:
    # Alembic's advisory lock is taken outside of the migration's own transaction.
    assert {place.partition(":")[0] for place in calls_of("commit")} == {
        "shared/db.py",
        "shared/migrations.py",
    }


def test_nobody_rolls_back_by_hand() -> None:
    assert calls_of("rollback") == []


def test_only_settings_read_the_environment() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in modules("shared", "services")
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "environs")
    ]

    assert {place.partition(":")[0] for place in found} <= set(ENVIRONMENT_READERS), found


@pytest.mark.parametrize("opener", ["transaction", "reading"])
def test_services_are_given_their_session(opener: str) -> None:
    opened = [
        f"{name(path)}:{node.lineno}"
        for path in modules("services")
        if path.name == "service.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and opener in {getattr(node.func, "attr", ""), getattr(node.func, "id", "")}
    ]

    assert opened == []


def test_services_take_a_session_first_and_names_after_it() -> None:
    wrong = []
    for path in modules("services"):
        if path.name != "service.py":
            continue
        for node in functions(path):
            arguments = [argument.arg for argument in node.args.args]
            if "session" in arguments and not node.name.startswith("_"):
                extra = [argument for argument in arguments[1:] if argument not in {"rows", "events"}]
                if arguments[0] != "session" or len(extra) > 1:
                    wrong.append(f"{name(path)}:{node.lineno} {node.name}({', '.join(arguments)})")

    assert wrong == []


def test_the_clock_is_read_in_one_place() -> None:
    wrong = [
        f"{name(path)}:{node.lineno}"
        for path in modules("shared", "services")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date"}
    ]

    assert {place.partition(":")[0] for place in wrong} == {"shared/clock.py"}, wrong
