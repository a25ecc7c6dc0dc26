"""Each kind of refusal has one code, and what is settable is explained."""

import ast
import re
import tomllib

from tests.conventions.tree import ROOT, files, modules, name, parsed

# As code reads it, in quotes, and as compose does, in braces.
_VARIABLE = re.compile(r"[\"'{]((?:CLINIC|BILLING|INVENTORY|PORTAL|PROMETHEUS)_[A-Z_]*[A-Z])\b(?!\.)")


# A mark that `make run` puts on its own children.
NOT_FOR_PEOPLE = {"CLINIC_SUPERVISED"}


def test_every_refusal_has_a_code_in_dashes_and_a_client_status() -> None:
    wrong = []
    for path in modules("shared", "services"):
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ClassDef):
                continue
            for line in node.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "(status, code, title)":
                    status, code, title = ast.literal_eval(line.value)
                    if (
                        not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
                        or not (400 <= status < 500 or status == 503)
                        or not title
                    ):
                        wrong.append(f"{name(path)}:{line.lineno}")

    assert wrong == []


def test_every_variable_the_code_reads_is_in_the_example() -> None:
    documented = (ROOT / ".env.example").read_text(encoding="utf-8")
    readers = [*modules("shared", "suite"), ROOT / "gunicorn.conf.py", ROOT / "docker-compose.yml"]
    read = {
        variable.removesuffix("_FILE")
        for path in readers
        for variable in _VARIABLE.findall(path.read_text(encoding="utf-8"))
    }

    assert "CLINIC_KEYS_DIR" in read
    assert sorted(variable for variable in read - NOT_FOR_PEOPLE if variable not in documented) == []


def test_every_dependency_is_named_with_its_reason_in_a_decision() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["dependency-groups"]["lock"],
    ]
    decisions = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "docs/decisions").glob("*.md")
    ).lower()

    names = [re.split(r"[\[=<>~ ]", requirement)[0].lower() for requirement in wanted]

    assert [
        package for package in names if not re.search(rf"(?<![\w-]){re.escape(package)}(?![\w-])", decisions)
    ] == []


def test_decisions_are_numbered_without_gap_and_fit_one_page() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]

    assert numbers == list(range(1, len(pages) + 1))
    assert [name(page) for page in pages if len(page.read_text(encoding="utf-8").splitlines()) > 60] == []


def test_every_package_is_locked_with_its_hash() -> None:
    for path in files(".txt"):
        if path.parent.name != "requirements":
            continue
        packages = re.findall(
            r"^[a-z0-9][^ \n]*", path.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE
        )
        hashes = path.read_text(encoding="utf-8").count("--hash=sha256:")

        assert packages != [], name(path)
        assert all("==" in package for package in packages), name(path)
        assert hashes >= len(packages), name(path)
