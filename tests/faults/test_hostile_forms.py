"""Forms no browser of ours would send: answered as a page or a refusal, never a failure (B37, B76 to B79)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.auth.permissions import Role
from tests.databases import Databases
from tests.faults.doors import path_of, rules
from tests.faults.front_doors import AS_PROGRAM, Portal, opened_portal

NAMES = (
    *(
        "clinic_id",
        "patient_id",
        "visit_id",
        "charge",
        "line",
        "quantity",
        "tender",
        "amount",
        "sku",
        "lot",
        "expires_on",
    ),
    *(
        "name",
        "email",
        "password",
        "new_password",
        "roles",
        "clinics",
        "next",
        "key",
        "draft_key",
        "checkout_key",
        "status",
    ),
    *(
        "given_name",
        "family_name",
        "phone",
        "cost",
        "reason",
        "flag",
        "area",
        "depth",
        "scan",
        "query",
        "version",
        "supplies",
    ),
)
VALUES = (
    "",
    " ",
    "\x00",
    "\x1b[31m",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "-1",
    "1E+600000",
    "NaN",
    "9" * 5000,
    "\u00b2",
    "\u0661",
    "' OR 1=1--",
    "é" * 3000,
)
FORMS: dict[str, Any] = {
    **{f"all fields {value[:12]!r}": dict.fromkeys(NAMES, value) for value in VALUES},
    "every field twice": {name: ["a", "b"] for name in NAMES},
    "2,000 fields": {f"field{number}": "x" for number in range(2000)},
    "brackets": {f"{name}[0][__class__]": "x" for name in NAMES},
    "names that are markup": {"<b>": "x", "\x00": "y", "": "z", "a" * 5000: "w"},
    "half a megabyte": {"note": "x" * 500_000},
}
BROKEN: dict[str, tuple[bytes, str]] = {
    "not a form": (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    "half escapes": (b"a=%&b=%f&%=%zz&%00=%00&c=%ff%fe", "application/x-www-form-urlencoded"),
    "parts without end": (
        b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1",
        "multipart/form-data; boundary=x",
    ),
    "parts without mark": (b"--x", "multipart/form-data"),
    "2,000 parts": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(2000))
        + b"--x--",
        "multipart/form-data; boundary=x",
    ),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="../../etc/passwd"\r\n\r\nx\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "JSON": (b'{"a": 1}', "application/json"),
    "two megabytes": (b"a=" + b"x" * 2_000_000, "application/x-www-form-urlencoded"),
}


@pytest.fixture(scope="module")
def portal(databases: Databases, keys_dir: Path) -> Iterator[Portal]:
    with opened_portal(databases, keys_dir) as found:
        yield found


def forms(portal: Portal) -> list[str]:
    """Return where forms are sent, but for the way out."""
    return [
        path_of(rule, {})
        for method, rule, _ in rules(portal.app)
        if method == "POST" and not rule.rule.startswith("/v1/") and rule.rule != "/sign-out"
    ]


def flaws(portal: Portal, **call: Any) -> dict[str, str]:
    browser = portal.browsers[Role.OWNER]
    token = browser.csrf_token("/password")
    found = {}
    for path in forms(portal):
        answer = browser.client.post(path, headers={**AS_PROGRAM, "X-CSRFToken": token}, **call)
        # The sibling services are away; that a page says so is not a failure.
        if answer.status_code >= 500 and answer.status_code not in {502, 503}:
            found[path] = f"{answer.status_code} {answer.text[:200]}"
    return found


@pytest.mark.parametrize("name", FORMS)
def test_a_form_with_anything_in_it_is_no_failure(portal: Portal, name: str) -> None:
    assert flaws(portal, data=FORMS[name]) == {}


@pytest.mark.parametrize("name", BROKEN)
def test_a_form_that_is_broken_is_no_failure(portal: Portal, name: str) -> None:
    body, content_type = BROKEN[name]

    assert flaws(portal, data=body, content_type=content_type) == {}


def test_no_form_of_these_has_made_anybody_an_owner(portal: Portal) -> None:
    owners = portal.database.rows("SELECT count(*) FROM staff_roles WHERE role = 'owner'")

    assert owners == [(1,)]
