"""The owner's page: who works here, what they may do and where."""

import threading
from uuid import UUID

import pytest
from flask import Flask

from services.portal.staff import service
from shared.db import EVERY_CLINIC
from tests.databases import ServiceDatabase
from tests.portal.conftest import PEOPLE, Browser

NEW = [
    ("name", "Rana New"),
    ("email", "Rana@Demo.Clinic"),
    ("roles", "front_desk"),
    ("roles", "clinician"),
    ("clinics", "main"),
]


def _replaced(**changes: str) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in NEW if name not in changes]
    return [*kept, *((name, value) for name, value in changes.items() if value)]


def test_the_page_lists_everybody(owner: Browser) -> None:
    page = owner.get("/admin/staff").text

    assert all(name in page for name, _, _ in PEOPLE.values())


def test_a_new_colleague_signs_in_with_the_password_shown_once(owner: Browser, portal_app: Flask) -> None:
    answer = owner.post("/admin/staff", NEW, page="/admin/staff")
    password = answer.text.split("data-one-time-password>")[1].split("<")[0]
    rana = Browser(portal_app)

    signed_in = rana.post("/sign-in", {"email": "rana@demo.clinic", "password": password})

    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert signed_in.status_code == 303
    assert password not in owner.get("/admin/staff").text


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"email": "dora_desk@demo.clinic"}, 409, "Use another address, or change the account that has it."),
        ({"email": "ＤORA_DESK@demo.clinic"}, 409, "Use another address, or change the account that has it."),
        ({"email": "no address"}, 422, "This does not look like one e-mail address."),
        ({"email": ""}, 422, "This does not look like one e-mail address."),
        ({"name": ""}, 422, "Use 1 to 100 characters."),
        ({"name": "x" * 101}, 422, "Use 1 to 100 characters."),
        ({"name": "Ra\x00na"}, 422, "Remove the control characters."),
        ({"roles": ""}, 422, "Choose at least one role."),
        ({"roles": "god"}, 422, "The roles are front_desk"),
        ({"clinics": ""}, 422, "Choose at least one clinic."),
        ({"clinics": "nowhere"}, 422, "There is no clinic nowhere."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    owner: Browser, portal_database: ServiceDatabase, changes: dict[str, str], status: int, words: str
) -> None:
    answer = owner.post("/admin/staff", _replaced(**changes), page="/admin/staff")

    field = next(iter(changes))
    assert answer.status_code == status
    assert words in answer.text.split(f'id="field-{field}-error"')[1].split("</p>")[0]
    if "name" not in changes:
        assert 'value="Rana New"' in answer.text
    assert portal_database.value("SELECT count(*) FROM staff") == len(PEOPLE)


def test_everything_that_is_wrong_is_said_at_once(owner: Browser) -> None:
    page = owner.post("/admin/staff", {"email": "no address"}, page="/admin/staff").text

    for field in ("name", "email", "roles", "clinics"):
        assert "<span>" in page.split(f'id="field-{field}-error"')[1].split("</p>")[0]


def test_a_name_cannot_become_markup(owner: Browser) -> None:
    owner.post("/admin/staff", _replaced(name="<script>alert(1)</script>"), page="/admin/staff")

    page = owner.get("/admin/staff").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_last_owner_stays(owner: Browser, staff_ids: dict[str, UUID]) -> None:
    path = f"/admin/staff/{staff_ids['anna_owner']}"
    disabled = owner.post(f"{path}/disable", page="/admin/staff")
    demoted = owner.post(f"{path}/roles", {"roles": "manager"}, page="/admin/staff")

    assert (disabled.status_code, demoted.status_code) == (409, 409)
    assert "Make somebody else an owner first." in disabled.text
    assert "Make somebody else an owner first." in demoted.text
    assert owner.get("/admin/staff").status_code == 200


def test_an_owner_may_go_when_another_is_there(
    owner: Browser, staff_ids: dict[str, UUID], portal_database: ServiceDatabase
) -> None:
    owner.post(f"/admin/staff/{staff_ids['mara_manager']}/roles", {"roles": "owner"}, page="/admin/staff")

    answer = owner.post(f"/admin/staff/{staff_ids['anna_owner']}/disable", page="/admin/staff")

    assert answer.status_code == 303
    assert portal_database.value("SELECT active FROM staff WHERE email LIKE 'anna%'") is False


def test_two_owners_who_disable_each_other_at_once_do_not_both_succeed(
    portal_database: ServiceDatabase, staff_ids: dict[str, UUID], portal_app: Flask
) -> None:
    database = portal_database.app
    with database.transaction(EVERY_CLINIC) as session:
        service.set_roles(session, staff_id=staff_ids["mara_manager"], roles=["owner"])
    ready, outcomes = threading.Barrier(2), []

    def leave(staff_id: UUID) -> None:
        try:
            with database.transaction(EVERY_CLINIC) as session:
                service.get(session, staff_id=staff_id)
                ready.wait(10)
                service.disable(session, staff_id=staff_id, now=portal_app.extensions["clock"]())
                outcomes.append("left")
        except service.LastOwner:
            outcomes.append("stayed")

    leaving = [
        threading.Thread(target=leave, args=(staff_ids[name],)) for name in ("anna_owner", "mara_manager")
    ]
    for thread in leaving:
        thread.start()
    for thread in leaving:
        thread.join(30)

    assert sorted(outcomes) == ["left", "stayed"]


def test_clinics_are_changed_and_the_working_clinic_follows(
    owner: Browser, dora: Browser, staff_ids: dict[str, UUID]
) -> None:
    path = f"/admin/staff/{staff_ids['dora_desk']}/clinics"

    owner.post(path, {"clinics": "harbor"}, page="/admin/staff")

    assert "· Harbor clinic</title>" in dora.get("/password").text


@pytest.mark.parametrize("step", ["roles", "clinics", "disable", "enable", "password"])
@pytest.mark.parametrize("account", ["00000000-0000-4000-8000-000000000000", "1", "me", "0"])
def test_an_account_that_is_not_there_is_not_found(owner: Browser, account: str, step: str) -> None:
    form = {"roles": "manager", "clinics": "main"}

    answer = owner.post(f"/admin/staff/{account}/{step}", form, page="/admin/staff")

    assert answer.status_code == 404


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "anna_owner"])
def test_nobody_but_the_owner_comes_in(portal: Browser, staff_ids: dict[str, UUID], name: str) -> None:
    portal.sign_in(name)
    path = f"/admin/staff/{staff_ids[name]}"
    attempts = [
        portal.get("/admin/staff"),
        portal.get(path),
        portal.post("/admin/staff", NEW, page="/password"),
        portal.post(f"{path}/roles", {"roles": "owner"}, page="/password"),
        portal.post(f"{path}/clinics", {"clinics": "harbor"}, page="/password"),
        portal.post(f"{path}/password", page="/password"),
        portal.post(f"{path}/disable", page="/password"),
        portal.post(f"{path}/enable", page="/password"),
    ]

    assert [answer.status_code for answer in attempts] == [403] * 8
    assert "Your role does not allow this" in attempts[0].text


def test_a_reset_password_ends_every_session_and_the_trust_in_devices(
    owner: Browser, dora: Browser, staff_ids: dict[str, UUID], portal_database: ServiceDatabase
) -> None:
    owner.post(f"/admin/staff/{staff_ids['dora_desk']}/password", page="/admin/staff")

    assert dora.get("/password").status_code == 303
    count = "SELECT count(*) FROM devices d JOIN staff USING (staff_id) WHERE email LIKE 'dora%'"
    assert portal_database.value(count) == 0
