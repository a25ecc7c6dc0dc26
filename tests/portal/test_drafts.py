"""Nothing typed is lost: drafts on request, and the form of a session that had expired."""

from uuid import UUID

import pytest

from services.portal.drafts import service
from shared.db import EVERY_CLINIC
from tests.databases import ServiceDatabase
from tests.portal.conftest import Browser, Clock


def _keep(browser: Browser, key: str, fields: object, **kwargs: object) -> object:
    return browser.post(f"/drafts/{key}", fields, page="/password", **kwargs)


def _load(database: ServiceDatabase, staff_id: UUID, key: str) -> object:
    with database.app.reading(EVERY_CLINIC) as session:
        found = service.load_draft(session, staff_id=staff_id, key=key)
    return None if found is None else list(found.items(multi=True))


def test_a_draft_keeps_every_field_in_its_order(
    dora: Browser, portal_database: ServiceDatabase, staff_ids: dict[str, UUID]
) -> None:
    fields = [("charge", "face"), ("depth", "1.5"), ("charge", "neck"), ("note", "Łukasz “ok” 😀")]

    answer = _keep(dora, "till", fields)

    kept = _load(portal_database, staff_ids["dora_desk"], "till")
    assert answer.status_code == 204  # type: ignore[attr-defined]
    assert kept == [("charge", "face"), ("charge", "neck"), ("depth", "1.5"), ("note", "Łukasz “ok” 😀")]


def test_a_draft_belongs_to_one_person(
    dora: Browser, portal_database: ServiceDatabase, staff_ids: dict[str, UUID]
) -> None:
    _keep(dora, "till", {"charge": "face"})

    assert _load(portal_database, staff_ids["cleo_clinician"], "till") is None


def test_passwords_and_proofs_are_not_kept(
    dora: Browser, portal_database: ServiceDatabase, staff_ids: dict[str, UUID]
) -> None:
    _keep(dora, "till", {"new_password": "secret", "charge": "face"})

    assert _load(portal_database, staff_ids["dora_desk"], "till") == [("charge", "face")]


def test_a_draft_has_a_largest_size(
    dora: Browser, portal_database: ServiceDatabase, staff_ids: dict[str, UUID]
) -> None:
    _keep(dora, "till", {"note": "small"})

    answer = _keep(dora, "till", {"note": "é" * 17_000})

    assert answer.status_code == 413  # type: ignore[attr-defined]
    assert _load(portal_database, staff_ids["dora_desk"], "till") == [("note", "small")]


@pytest.mark.parametrize("key", ["Till", "..", "-x", "x" * 121, "a b", "tïll", "%00"])
def test_a_strange_key_is_refused(dora: Browser, portal_database: ServiceDatabase, key: str) -> None:
    answer = _keep(dora, key, {"note": "x"})

    assert answer.status_code in {400, 404}  # type: ignore[attr-defined]
    assert portal_database.value("SELECT count(*) FROM drafts") == 0


def test_too_many_fields_are_refused(dora: Browser) -> None:
    answer = _keep(dora, "till", {f"field{number}": "x" for number in range(2000)})

    assert answer.status_code == 413  # type: ignore[attr-defined]


def test_text_that_cannot_be_stored_is_refused(dora: Browser) -> None:
    answer = _keep(dora, "till", {"note": "nul\x00"})

    assert answer.status_code == 422  # type: ignore[attr-defined]


def test_a_person_has_at_most_fifty_drafts(
    dora: Browser, clock: Clock, portal_database: ServiceDatabase
) -> None:
    token = dora.csrf_token("/password")
    for number in range(52):
        clock.move(seconds=1)
        dora.send(f"/drafts/n{number}", {"x": "y"}, headers={"X-CSRFToken": token})

    kept = portal_database.rows("SELECT key FROM drafts")

    assert len(kept) == 50
    assert ("n0",) not in kept
    assert ("n51",) in kept


def test_a_draft_is_forgotten_on_request(dora: Browser, portal_database: ServiceDatabase) -> None:
    _keep(dora, "till", {"x": "y"})

    answer = dora.client.delete("/drafts/till", headers={"X-CSRFToken": dora.csrf_token("/password")})

    assert answer.status_code == 204
    assert portal_database.value("SELECT count(*) FROM drafts") == 0


NEW = {"name": "Rana New", "email": "rana@demo.clinic", "roles": "clinician", "clinics": "main"}


def _send_late(owner: Browser, clock: Clock) -> object:
    token = owner.csrf_token("/admin/staff")
    clock.move(minutes=31)
    headers = {"Referer": "http://localhost/admin/staff"}
    return owner.send("/admin/staff", {**NEW, "csrf_token": token}, headers=headers)


def test_a_form_sent_after_the_session_expired_is_there_again_after_signing_in(
    owner: Browser, clock: Clock, portal_database: ServiceDatabase
) -> None:
    late = _send_late(owner, clock)
    sign_in_page = owner.get("/sign-in?next=/admin/staff").text
    back = owner.sign_in("anna_owner", next_path="/admin/staff")
    page = owner.get("/admin/staff").text

    assert late.location == "/sign-in?next=/admin/staff"  # type: ignore[attr-defined]
    assert portal_database.value("SELECT count(*) FROM staff WHERE email LIKE 'rana%'") == 0
    assert "what you typed is still here" in sign_in_page
    assert back.location == "/admin/staff"
    assert 'value="Rana New"' in page
    assert 'name="roles" value="clinician" checked' in page


def test_once_sent_the_form_is_empty_again(owner: Browser, clock: Clock) -> None:
    _send_late(owner, clock)
    owner.sign_in("anna_owner")
    owner.post("/admin/staff", NEW, page="/admin/staff")

    assert 'value="Rana New"' not in owner.get("/admin/staff").text


def test_somebody_else_who_signs_in_there_does_not_see_it(owner: Browser, clock: Clock) -> None:
    _send_late(owner, clock)
    owner.sign_in("mara_manager")
    token = owner.csrf_token("/password")

    answer = owner.send("/admin/staff", {**NEW, "csrf_token": token})

    assert answer.status_code == 403
    assert "Rana New" not in answer.text


def test_forms_in_other_windows_stay_good_for_the_same_person_only(owner: Browser, clock: Clock) -> None:
    window = owner.csrf_token("/admin/staff")
    clock.move(minutes=31)
    owner.sign_in("anna_owner")
    again = owner.send("/admin/staff", {**NEW, "csrf_token": window})
    clock.move(minutes=31)
    owner.sign_in("mara_manager")
    as_other = owner.send("/clinic", {"clinic_id": "main", "csrf_token": window})

    assert again.status_code == 201
    assert as_other.status_code == 403


def test_a_draft_sent_by_a_script_after_expiry_is_kept_too(
    dora: Browser, clock: Clock, portal_database: ServiceDatabase, staff_ids: dict[str, UUID]
) -> None:
    token = dora.csrf_token("/password")
    clock.move(minutes=31)

    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    answer = dora.send("/drafts/till", {"charge": "face"}, headers=headers)

    assert answer.status_code == 401
    assert _load(portal_database, staff_ids["dora_desk"], "till") == [("charge", "face")]


def test_another_site_cannot_plant_a_draft_in_an_expired_session(
    owner: Browser, clock: Clock, portal_database: ServiceDatabase
) -> None:
    clock.move(minutes=31)

    answer = owner.send("/admin/staff", {**NEW, "csrf_token": "made up"})

    assert answer.status_code == 403
    assert portal_database.value("SELECT count(*) FROM drafts") == 0


def test_after_a_day_an_expired_session_knows_nobody_any_more(
    owner: Browser, clock: Clock, portal_database: ServiceDatabase
) -> None:
    token = owner.csrf_token("/admin/staff")
    clock.move(hours=25)

    answer = owner.send("/admin/staff", {**NEW, "csrf_token": token})

    assert answer.status_code == 403
    assert portal_database.value("SELECT count(*) FROM drafts") == 0
