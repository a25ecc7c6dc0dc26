"""What the documents name is there: commands, files, links, pictures, variables."""

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from tests.conventions.guides import DOCUMENTS, anchors, code, document, prose, text
from tests.conventions.tree import ROOT, name

LONGEST_README = 200
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"\b(?:CLINIC|PORTAL|BILLING|INVENTORY|PROMETHEUS)_[A-Z_]+\b")
TARGET = re.compile(r"(?:^|[\s;&])make ([a-z][a-z-]*)", re.MULTILINE)
COMMAND = re.compile(r"python -m ((?:suite|services)[\w.]*)((?: [a-z][a-z-]*)*)")
OWN_FILE = re.compile(r"(?:shared|services|suite|tests|docs|benchmarks|deploy|requirements)(?:/[\w.-]+)+")


def pairs(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Return what the code in the documents matches, with the document it is in."""
    return [
        (name(path), found)
        for path in DOCUMENTS
        for piece in code(text(path))
        for found in pattern.findall(piece)
    ]


def test_the_readme_begins_with_two_commands_and_is_short() -> None:
    readme = document("README.md")

    first = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make run", "make test"]
    assert len(readme.splitlines()) < LONGEST_README


def test_every_target_that_is_named_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", document("Makefile"), re.MULTILINE))
    named = pairs(TARGET)

    assert {"run", "test", "verify", "bench"} <= {target for _, target in named}
    assert [(where, target) for where, target in named if target not in targets] == []


def test_every_command_that_is_named_is_there() -> None:
    named = [
        (name(path), module, words.split())
        for path in DOCUMENTS
        for piece in code(text(path))
        for module, words in COMMAND.findall(piece)
    ]

    assert len(named) > 10
    assert [(where, module, words) for where, module, words in named if not is_command(module, words)] == []


def is_command(module: str, words: list[str]) -> bool:
    """Tell whether these words lead to a command. Below a command that takes arguments they are arguments."""
    found: click.Command | None = import_module("suite.__main__" if module == "suite" else module).main
    for word in words:
        if not isinstance(found, click.Group):
            return True
        found = found.get_command(click.Context(found), word)
    return found is not None and not isinstance(found, click.Group)


def test_every_variable_that_is_named_is_in_the_example() -> None:
    example = document(".env.example")

    assert [(where, found) for where, found in pairs(VARIABLE) if found not in example] == []


def test_every_file_that_is_named_is_there() -> None:
    named = [
        (name(path), piece) for path in DOCUMENTS for piece in code(text(path)) if OWN_FILE.fullmatch(piece)
    ]

    assert len(named) > 20
    assert [(where, path) for where, path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_and_picture_leads_somewhere(path: Path) -> None:
    broken = []
    for link in LINK.findall(prose(text(path))):
        if link.startswith(("http://", "https://")):
            continue
        target, _, anchor = link.partition("#")
        there = (path.parent / target).resolve() if target else path
        if not there.exists() or (anchor and anchor not in anchors(text(there))):
            broken.append(link)

    assert broken == []


def test_every_picture_is_shown_somewhere() -> None:
    shown = "".join(text(path) for path in DOCUMENTS)
    pictures = list((ROOT / "docs" / "pictures").iterdir())

    assert pictures != []
    assert [picture.name for picture in pictures if f"pictures/{picture.name})" not in shown] == []


def test_the_changelog_names_the_version_that_is_built() -> None:
    version = re.search(r'^version = "(.+)"$', document("pyproject.toml"), re.MULTILINE)

    assert version is not None
    assert f"\n## {version[1]}" in document("CHANGELOG.md")
