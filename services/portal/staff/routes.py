"""Signing in and out, one's own password, and the clinic one is working at."""

from uuid import UUID

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from flask import session as web_session

from services.portal import current
from services.portal.form_errors import errors_by_field
from services.portal.own_paths import home_of, own_path, page_before
from services.portal.staff import cookies, details, front_door, service, sessions
from services.portal.staff.front_door import SignInRefused
from shared.auth import passwords
from shared.auth.decorators import public, staff_only
from shared.errors import Invalid, TooManyRequests

blueprint = Blueprint("staff", __name__)


@blueprint.get("/")
@staff_only
def home() -> Response:
    """Lead to the page of the day."""
    return _to(home_of(current.person().actor.roles))


@blueprint.get("/sign-in")
@public("everybody starts here")
def sign_in_page() -> Response:
    """Show the sign-in form, or go on for somebody who is signed in already."""
    next_path = own_path(request.args.get("next"))
    if current.signed_in() is not None:
        return _to(next_path)
    return make_response(render_template("staff/sign_in.html", next=next_path, email="", refusal=""))


@blueprint.post("/sign-in")
@public("everybody starts here")
def sign_in() -> Response:
    """Let somebody in."""
    email, next_path = request.form.get("email", ""), own_path(request.form.get("next"))
    device_id = cookies.device_id()
    try:
        staff_id = front_door.admit(
            email=email, password=request.form.get("password", ""), device_id=device_id
        )
    except (SignInRefused, TooManyRequests) as refused:
        page = render_template(
            "staff/sign_in.html", next=next_path, email=email[: details.LONGEST_EMAIL], refusal=refused.detail
        )
        return make_response(page, refused.status, refused.headers)
    return _let_in(staff_id, device_id, next_path)


@blueprint.post("/sign-out")
@public("whoever wants to leave may; the form still proves itself")
def sign_out() -> Response:
    """End this session, or all of this person's."""
    person, now = current.signed_in(), current.now()
    with current.transaction() as session:
        if person is not None and request.form.get("everywhere"):
            service.end_sessions(session, staff_id=person.staff_id, now=now)
        sessions.end(session, session_id=cookies.read(cookies.SESSION), now=now)
    _become_visitor()
    flash("You are signed out.")
    response = _to("/sign-in")
    cookies.forget(response, cookies.SESSION)
    return response


@blueprint.get("/password")
@staff_only
def password_page() -> str:
    """Show the form for one's own password."""
    return _password_page({})


@blueprint.post("/password")
@staff_only
def change_password() -> Response:
    """Change one's own password, end all sessions and go on in a new one."""
    person, now = current.person(), current.now()
    device_id = cookies.device_id()
    try:
        password = _new_password(person.email, device_id)
    except (Invalid, TooManyRequests) as refused:
        return make_response(_password_page(errors_by_field(refused)), refused.status, refused.headers)
    password_hash = passwords.hash_password(password)
    with current.transaction() as session:
        service.set_password(
            session, staff_id=person.staff_id, password_hash=password_hash, must_change=False, now=now
        )
    return _let_in(person.staff_id, device_id, "/", clinic_id=person.clinic_id)


@blueprint.post("/clinic")
@staff_only
def switch_clinic() -> Response:
    """Work at another clinic from now on, in this session."""
    person = current.person()
    clinic_id = person.actor.require_clinic(request.form.get("clinic_id", ""))
    with current.transaction() as session:
        sessions.choose_clinic(session, session_hash=person.session_hash, clinic_id=clinic_id)
    return _to(own_path(request.form.get("next"), page_before()))


def _new_password(email: str, device_id: str) -> str:
    """Return the new password, or raise Invalid with everything that is wrong beside its field."""
    current_password, password, repeated = (
        request.form.get(field, "") for field in ("current_password", "new_password", "repeated_password")
    )
    details.all_at_once(
        lambda: _check_current(email, current_password, device_id),
        lambda: details.check_password(password, email=email, field="new_password"),
        lambda: _refuse(password == current_password, "new_password", "Choose a different one than before."),
        lambda: _refuse(password != repeated, "repeated_password", "The two are not the same."),
    )
    return password


def _check_current(email: str, password: str, device_id: str) -> None:
    try:
        front_door.admit(email=email, password=password, device_id=device_id)
    except SignInRefused as refused:
        raise details.invalid("current_password", "This is not your password.") from refused
    except TooManyRequests as refused:
        refused.errors = details.invalid("current_password", refused.detail).errors
        raise


def _refuse(is_wrong: bool, field: str, words: str) -> None:
    if is_wrong:
        raise details.invalid(field, words)


def _password_page(errors: dict[str, str]) -> str:
    person = current.person()
    return render_template(
        "staff/password.html", errors=errors, email=person.email, must_change=person.must_change_password
    )


def _let_in(staff_id: UUID, device_id: str, next_path: str, *, clinic_id: str | None = None) -> Response:
    """Begin a session under a new id; what the browser held before ends."""
    now = current.now()
    csrf_value = sessions.new_csrf_value()
    if g.expired is not None and g.expired.staff_id == staff_id:
        # The same person comes back: forms in their other windows stay good.
        csrf_value, clinic_id = g.expired.data["csrf_token"], g.expired.clinic_id
    with current.transaction() as session:
        sessions.end(session, session_id=cookies.read(cookies.SESSION), now=now)
        session_id = sessions.begin(
            session, staff_id=staff_id, clinic_id=clinic_id, csrf_value=csrf_value, now=now
        )
        front_door.remember_device(session, device_id=device_id, staff_id=staff_id, now=now)
    _become_visitor()
    response = _to(next_path)
    cookies.write(response, cookies.SESSION, session_id)
    cookies.write(response, cookies.DEVICE, device_id, max_age=cookies.YEAR_SECONDS)
    return response


def _become_visitor() -> None:
    """From here on this request belongs to nobody: nothing of it is kept in the session that was."""
    g.signed_in = None
    web_session.clear()


def _to(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]
