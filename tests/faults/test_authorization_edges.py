"""Odd ids, forgotten paths, and fields that only some may see (B62, B64, B68, B75)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.auth.permissions import ROLE_PERMISSIONS, Permission
from shared.auth.tokens import STAFF
from tests.cast import ABEL
from tests.databases import Databases
from tests.faults.doors import (
    APIS,
    BY_ROLE,
    NEEDED_QUERY,
    SIBLING,
    Door,
    call,
    flaw_of,
    guarded,
    may,
    opened,
    path_of,
)
from tests.settings import METRICS_TOKEN


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


@pytest.mark.parametrize(
    "odd", ["0", "-1", "1e3", "1;", "me", "%00", "..", "..%2f..%2fetc%2fpasswd", "\u0661", "x" * 3000]
)
def test_an_id_that_is_none_is_not_there(door: Door, odd: str) -> None:
    """B62, B75."""
    flaws = {}
    for method, rule, access in guarded(door):
        if access.kind == STAFF and rule.arguments:
            path = re.sub(r"<[^>]+>", odd, rule.rule) + NEEDED_QUERY.get(rule.rule, "")
            # A path may also name a shorter route, which then says that it does not know this method.
            if flaw := flaw_of(call(door.owner, method, path), 404, 405, 422):
                flaws[f"{method} {path[:80]}"] = flaw

    assert flaws == {}


def test_the_id_of_one_thing_opens_no_other(door: Door) -> None:
    """B62: a known id of the wrong kind."""
    flaws = []
    for method, rule, access in guarded(door):
        if method == "GET" and access.kind == STAFF and len(rule.arguments) == 1:
            (name,) = rule.arguments
            kin = {door.ids.get(name), door.ids.get("done_visit_id"), door.ids.get("duplicate_id")}
            for other in set(door.ids.values()) - kin:
                if flaw := flaw_of(call(door.owner, "GET", path_of(rule, {name: other})), 404):
                    flaws.append(f"{rule.rule} with {other}: {flaw}")

    assert flaws == []


@pytest.mark.parametrize(
    "path",
    [
        "/console",
        "/.git/config",
        "/.env",
        "/static/../app.db",
        "/admin",
        "/v1",
        "/v1/",
        "/static/app",
        "/v1/patients//x",
    ],
)
def test_nothing_is_left_lying_around(door: Door, path: str) -> None:
    """B68."""
    assert flaw_of(door.owner.get(path), 404) == ""


def test_metrics_are_for_whoever_holds_their_token(door: Door) -> None:
    """B68: not for people, not for services, not for the owner."""
    anonymous = door.app.test_client()

    assert flaw_of(anonymous.get("/metrics"), 401) == ""
    assert flaw_of(door.owner.get("/metrics"), 401) == ""
    assert flaw_of(door.clients.as_service(SIBLING[door.service]).get("/metrics"), 401) == ""
    assert flaw_of(anonymous.get("/metrics", headers={"Authorization": "Bearer \u00e9"}), 401) == ""
    assert flaw_of(anonymous.get(f"/metrics?token={METRICS_TOKEN}"), 401) == ""
    assert anonymous.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}).status_code == 200


def test_cost_and_margin_are_only_for_those_who_may_know_them(door: Door) -> None:
    """B64: the same routes, read by everybody who may read them."""
    costly = re.compile(r'"(cost_cents|margin_cents|value_cents)"')
    paths = [rule for method, rule, _ in guarded(door) if method == "GET" and ".pdf" not in rule.rule]
    leaks, seen = [], set()

    for role, actor in BY_ROLE.items():
        knows = Permission.READ_COSTS in ROLE_PERMISSIONS[role]
        for rule in paths:
            answer = call(door.clients.as_(actor), "GET", path_of(rule, door.ids))
            if answer.status_code == 200 and costly.search(answer.text):
                seen.add(rule.rule)
                if not knows:
                    leaks.append(f"{rule.rule} tells {role}")

    assert leaks == []
    assert seen != set()


def test_the_patients_name_is_not_for_the_accountant(door: Door) -> None:
    """B64: Abel reads invoices and stock; whose skin it was is none of his business."""
    abel = door.clients.as_(ABEL)
    paths = [rule for method, rule, access in guarded(door) if method == "GET" and may(ABEL, access)]

    assert [rule.rule for rule in paths if b"Lopez" in call(abel, "GET", path_of(rule, door.ids)).data] == []
