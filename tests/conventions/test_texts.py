"""What no file of the tree may say: unfinished work, secrets, and one machine's own paths and addresses."""

import re

import pytest

from tests.conventions.tree import ROOT, files, modules, name

_THIS_FILE = ROOT / "tests" / "conventions" / "test_texts.py"
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
UNRUN = re.compile(
    r"pytest\.(skip|xfail|importorskip)\b|mark\.(skip\b|skipif\((?!sys\.platform)|xfail\b)|unittest\.skip"
)
A_MACHINE = re.compile(r"(?<![\w.])(/home/\w+|/root/|/Users/\w+|C:\\Users)")
AN_INDEX = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|pypi\.org/simple|registry=")
A_SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n|sk_live_[0-9A-Za-z]{8}|AKIA[0-9A-Z]{16}")
TEXT = (".py", ".md", ".txt", ".toml", ".yml", ".sh", ".js", ".css", ".html", ".typ", ".svg", ".mako", "")


def lines_with(pattern: re.Pattern[str], *suffixes: str) -> list[str]:
    return [
        f"{name(path)}:{number}"
        for path in files(*suffixes or TEXT)
        if path != _THIS_FILE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(keepends=True), start=1)
        if pattern.search(line)
    ]


def test_nothing_is_left_for_later() -> None:
    assert lines_with(UNFINISHED) == []


def test_every_test_runs() -> None:
    # A test of one operating system stays on it. The browser tests may say that this machine has no browser;
    # the build machine installs one.
    assert [place for place in lines_with(UNRUN, ".py") if not place.startswith("tests/browser/")] == []


def test_no_file_knows_one_machine() -> None:
    assert lines_with(A_MACHINE) == []


def test_no_file_names_a_package_index() -> None:
    assert lines_with(AN_INDEX) == []


def test_no_secret_is_kept_in_the_tree() -> None:
    assert lines_with(A_SECRET) == []


def test_pages_load_nothing_from_another_host() -> None:
    pattern = re.compile(r"""(src|href)=["']?(https?:)?//|@import|url\(\s*["']?https?:""")
    pages = [
        path for path in files(".html", ".css", ".js") if "templates" in path.parts or "static" in path.parts
    ]

    assert pages != []
    assert [name(path) for path in pages if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_tests_are_sentences() -> None:
    short = [
        f"{name(path)}: {found}"
        for path in modules("tests")
        for found in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if found.count("_") < 3
    ]

    assert short == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (UNFINISHED, "# TODO later"),
        (UNRUN, "@pytest.mark.xfail"),
        (A_MACHINE, "cd /home/someone/src"),
        (AN_INDEX, "--index-url https://packages.example"),
        (A_SECRET, "key = sk_live_0123456789"),
    ],
)
def test_the_rules_see_what_they_look_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)
