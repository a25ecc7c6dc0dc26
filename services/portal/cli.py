"""The portal from a terminal: `python -m services.portal.cli staff list`."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from services.portal import settings
from services.portal.staff import details, service
from services.portal.staff.models import ROLES
from services.portal.staff.service import StaffMember
from shared.auth import passwords
from shared.clock import utc_now
from shared.db import EVERY_CLINIC, Database
from shared.errors import AppError


@click.group()
def main() -> None:
    """Manage accounts and clinics."""


@main.group()
def staff() -> None:
    """Who works here."""


@main.group()
def clinics() -> None:
    """Where people work."""


_ROLES = click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
_CLINICS = click.option(
    "--clinic", "clinic_ids", multiple=True, required=True, help="The clinic's short name."
)


@staff.command("add")
@click.argument("email")
@click.option("--name", required=True)
@_ROLES
@_CLINICS
@click.option("--ask-password", is_flag=True, help="Type the password instead of having a one-time one made.")
def add(
    email: str, name: str, roles: tuple[str, ...], clinic_ids: tuple[str, ...], ask_password: bool
) -> None:
    """Add an account and print a password that works once."""
    password = _typed_password(email) if ask_password else details.one_time_password()
    password_hash = passwords.hash_password(password)
    with _transaction() as session:
        member = service.create(
            session,
            email=email,
            name=name,
            roles=roles,
            clinics=clinic_ids,
            password_hash=password_hash,
            must_change_password=not ask_password,
            now=utc_now(),
        )
    click.echo(_line(member))
    if not ask_password:
        click.echo(f"Password for the first sign-in: {password}")


@staff.command("list")
def list_all() -> None:
    """Print every account."""
    with _transaction() as session:
        members = service.list_all(session)
    for member in members:
        click.echo(_line(member))


@staff.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Let somebody in no more."""
    with _transaction() as session:
        staff_id = service.find(session, email=email).staff_id
        member = service.disable(session, staff_id=staff_id, now=utc_now())
    click.echo(_line(member))


@staff.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let somebody in again."""
    with _transaction() as session:
        member = service.enable(session, staff_id=service.find(session, email=email).staff_id)
    click.echo(_line(member))


@staff.command("roles")
@click.argument("email")
@_ROLES
def set_roles(email: str, roles: tuple[str, ...]) -> None:
    """Give somebody exactly these roles."""
    with _transaction() as session:
        staff_id = service.find(session, email=email).staff_id
        member = service.set_roles(session, staff_id=staff_id, roles=roles)
    click.echo(_line(member))


@staff.command("clinics")
@click.argument("email")
@_CLINICS
def set_clinics(email: str, clinic_ids: tuple[str, ...]) -> None:
    """Let somebody work at exactly these clinics."""
    with _transaction() as session:
        staff_id = service.find(session, email=email).staff_id
        member = service.set_clinics(session, staff_id=staff_id, clinics=clinic_ids)
    click.echo(_line(member))


@staff.command("reset-password")
@click.argument("email")
def reset_password(email: str) -> None:
    """Print a new password that works once; the old one and all sessions end."""
    password = details.one_time_password()
    password_hash = passwords.hash_password(password)
    with _transaction() as session:
        staff_id = service.find(session, email=email).staff_id
        member = service.set_password(
            session, staff_id=staff_id, password_hash=password_hash, must_change=True, now=utc_now()
        )
    click.echo(_line(member))
    click.echo(f"Password for the first sign-in: {password}")


@clinics.command("add")
@click.argument("clinic_id")
@click.option("--name", required=True)
def add_clinic(clinic_id: str, name: str) -> None:
    """Add a clinic people can be given access to, or rename it."""
    with _transaction() as session:
        service.create_clinic(session, clinic_id=clinic_id, name=name)
    click.echo(f"{clinic_id}  {name}")


@contextmanager
def _transaction() -> Iterator[Session]:
    """Open one transaction on the portal's database; a refusal becomes one clear line."""
    database = Database(settings.load().database_url, pool_size=1, application_name="portal-cli")
    try:
        with database.transaction(EVERY_CLINIC) as session:
            yield session
    except AppError as refused:
        reasons = [error.detail for error in refused.errors] or [refused.detail]
        raise click.ClickException(" ".join(reasons)) from refused
    finally:
        database.engine.dispose()


def _typed_password(email: str) -> str:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        details.check_password(password, email=details.read_email(email))
    except AppError as refused:
        raise click.ClickException(refused.errors[0].detail) from refused
    return password


def _line(member: StaffMember) -> str:
    state = "active" if member.active else "disabled"
    return f"{member.email}  {member.name}  {','.join(member.roles)}  {','.join(member.clinics)}  {state}"


if __name__ == "__main__":
    main()
