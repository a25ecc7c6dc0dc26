"""The documents, as the tests look at them: their code, links and tables."""

import re
from pathlib import Path

from tests.conventions.tree import ROOT

DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)
_FENCED = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def document(name: str) -> str:
    return text(ROOT / name)


def code(words: str) -> list[str]:
    """Return everything that is set as code: blocks first, then what stands inside a line."""
    return [*_FENCED.findall(words), *_SPAN.findall(_FENCED.sub("", words))]


def prose(words: str) -> str:
    """Return a document without its blocks of code, in which a bracket is no link."""
    return _FENCED.sub("", words)


def anchors(words: str) -> set[str]:
    """Return the names by which headings are linked to."""
    headings = re.findall(r"^#+ (.+)$", prose(words), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def rows(words: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    below = words.split(f"\n{heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert table is not None
    return [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in table[0].splitlines()[2:]
    ]
