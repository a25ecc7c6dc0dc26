"""The owner's page about who works here: accounts, their roles and clinics."""

from typing import Any
from uuid import UUID

import structlog
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session

from services.portal import current
from services.portal.drafts.routes import discard, recall
from services.portal.form_errors import errors_by_field
from services.portal.staff import details, service
from services.portal.staff.service import StaffMember
from services.portal.staff.words import ROLE_WORDS, role_words
from shared.auth import passwords
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.errors import Conflict, Invalid

log = structlog.get_logger()
blueprint = Blueprint("admin", __name__, url_prefix="/admin")
MANAGE = Permission.MANAGE_STAFF


@blueprint.get("/staff")
@requires(MANAGE)
def staff_page() -> str:
    """Show everybody who works here, and the form to add somebody."""
    return _staff_page(recall())


@blueprint.post("/staff")
@requires(MANAGE)
def add() -> Response:
    """Add somebody, with a password that works once and is shown once."""
    form = request.form
    password = details.one_time_password()
    password_hash = passwords.hash_password(password)
    try:
        with current.transaction() as session:
            member = service.create(
                session,
                email=form.get("email", ""),
                name=form.get("name", ""),
                roles=form.getlist("roles"),
                clinics=form.getlist("clinics"),
                password_hash=password_hash,
                must_change_password=True,
                now=current.now(),
            )
    except (Invalid, Conflict) as refused:
        return make_response(_staff_page(form, errors_by_field(refused)), refused.status)
    discard("page.admin.staff")
    _note("staff_added", member)
    return make_response(_member_page(member, password=password), 201)


@blueprint.get("/staff/<uuid:staff_id>")
@requires(MANAGE)
def member_page(staff_id: UUID) -> str:
    """Show one account."""
    with current.reading() as session:
        member = service.get(session, staff_id=staff_id)
    return _member_page(member)


@blueprint.post("/staff/<uuid:staff_id>/roles")
@requires(MANAGE)
def set_roles(staff_id: UUID) -> Response:
    """Give somebody other roles."""
    roles = request.form.getlist("roles")
    return _change(
        staff_id,
        "roles",
        lambda session: service.set_roles(session, staff_id=staff_id, roles=roles),
        "has other roles now.",
    )


@blueprint.post("/staff/<uuid:staff_id>/clinics")
@requires(MANAGE)
def set_clinics(staff_id: UUID) -> Response:
    """Let somebody work at other clinics."""
    clinics = request.form.getlist("clinics")
    return _change(
        staff_id,
        "clinics",
        lambda session: service.set_clinics(session, staff_id=staff_id, clinics=clinics),
        "works at other clinics now.",
    )


@blueprint.post("/staff/<uuid:staff_id>/disable")
@requires(MANAGE)
def disable(staff_id: UUID) -> Response:
    """Let somebody in no more."""
    now = current.now()
    return _change(
        staff_id,
        "active",
        lambda session: service.disable(session, staff_id=staff_id, now=now),
        "is signed out everywhere and cannot sign in any more.",
    )


@blueprint.post("/staff/<uuid:staff_id>/enable")
@requires(MANAGE)
def enable(staff_id: UUID) -> Response:
    """Let somebody in again."""
    return _change(
        staff_id,
        "active",
        lambda session: service.enable(session, staff_id=staff_id),
        "can sign in again.",
    )


@blueprint.post("/staff/<uuid:staff_id>/password")
@requires(MANAGE)
def reset_password(staff_id: UUID) -> Response:
    """Give somebody a new password that works once and is shown once."""
    password = details.one_time_password()
    password_hash = passwords.hash_password(password)
    with current.transaction() as session:
        member = service.set_password(
            session, staff_id=staff_id, password_hash=password_hash, must_change=True, now=current.now()
        )
    _note("staff_password_reset", member)
    return make_response(_member_page(member, password=password))


def _change(staff_id: UUID, field: str, change: Any, words: str) -> Response:
    """Make one change and go back to the account, or show there why not."""
    try:
        with current.transaction() as session:
            member: StaffMember = change(session)
    except (Invalid, Conflict) as refused:
        # What is wrong stands where it was tried, with the account as it still is.
        with current.reading() as session:
            member = service.get(session, staff_id=staff_id)
        return make_response(_member_page(member, errors={field: _words(refused)}), refused.status)
    _note(f"staff_{field}_changed", member)
    flash(f"{member.name} {words}")
    return redirect(f"/admin/staff/{staff_id}", 303)  # type: ignore[return-value]


def _words(refused: Invalid | Conflict) -> str:
    return refused.errors[0].detail if refused.errors else refused.detail


def _staff_page(typed: Any = None, errors: dict[str, str] | None = None) -> str:
    with current.reading() as session:
        members, clinics = service.list_all(session), service.list_clinics(session)
    return render_template(
        "admin/staff.html",
        members=members,
        clinics=list(clinics.items()),
        clinic_names=clinics,
        roles=list(ROLE_WORDS.items()),
        role_words=role_words,
        typed=typed,
        errors=errors or {},
    )


def _member_page(member: StaffMember, *, password: str = "", errors: dict[str, str] | None = None) -> str:
    with current.reading() as session:
        clinics = _clinics(session)
    return render_template(
        "admin/staff_member.html",
        member=member,
        password=password,
        clinics=clinics,
        roles=list(ROLE_WORDS.items()),
        errors=errors or {},
    )


def _clinics(session: Session) -> list[tuple[str, str]]:
    return list(service.list_clinics(session).items())


def _note(event: str, member: StaffMember) -> None:
    """Say in the log who changed whose account; ids only."""
    log.info(event, staff_id=str(member.staff_id), by=current.person().actor.subject)
