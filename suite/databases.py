"""Roles and databases: one owner role, one app role and one database per service, on any PostgreSQL.

The owner role owns the database and changes its schema; the app role, which the service runs as, may only
connect and use what the migrations grant it. Names and passwords come from the addresses, their one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from psycopg import sql

from suite.errors import CannotStart
from suite.keys import SERVICES

OLDEST_SUPPORTED = 180000
# Two set-ups at the same time would both find a role missing and both create it.
ONE_AT_A_TIME = 4_711_000


@dataclass(frozen=True, slots=True)
class Address:
    """A PostgreSQL address, apart and together."""

    user: str
    password: str
    database: str
    host: str
    port: int = 5432

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read `postgresql[+driver]://user:password@host:port/database`; a socket as `?host=/its/folder`."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        return cls(
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")),
            host=parts.hostname or query.get("host", ""),
            port=parts.port or int(query.get("port", "5432")),
        )

    def url(self) -> str:
        """Return the address for SQLAlchemy with psycopg."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        if self.host.startswith("/"):
            where = f"@/{quote(self.database)}?{urlencode({'host': self.host, 'port': self.port})}"
        else:
            where = f"@{self.host}:{self.port}/{quote(self.database)}"
        return f"postgresql+psycopg://{who}{where}"

    def connect(self, database: str | None = None) -> psycopg.Connection:
        """Open a connection that commits each statement by itself."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database or self.database,
            connect_timeout=5,
            autocommit=True,
        )


def variable(service: str, *, owner: bool = False) -> str:
    """Return the name of the environment variable with the address of a service's database."""
    return f"{service.upper()}_OWNER_DATABASE_URL" if owner else f"{service.upper()}_DATABASE_URL"


def ensure_databases(admin_url: str, environment: Mapping[str, str]) -> None:
    """Create the roles and databases that are missing and set the passwords of `environment`. Repeatable.

    Raises:
        CannotStart: PostgreSQL does not answer, is too old, or does not let the administrator do this.
    """
    admin = Address.parse(admin_url)
    try:
        with admin.connect() as connection:
            _refuse_old_server(connection)
            connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            for service in SERVICES:
                owner = Address.parse(environment[variable(service, owner=True)])
                app = Address.parse(environment[variable(service)])
                for role in (owner, app):
                    _ensure_role(connection, role)
                _ensure_database(connection, owner)
                _ensure_rights(admin, owner.database, owner.user, app.user)
    except psycopg.OperationalError as error:
        raise CannotStart(f"PostgreSQL does not answer: {_first_line(error)}") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotStart(
            f"The administrator of PostgreSQL may not set up the databases: {_first_line(error)}"
        ) from error


def drop_databases(admin_url: str, environment: Mapping[str, str]) -> None:
    """Delete the three databases with everything in them: for a demo interrupted while it was loaded."""
    with Address.parse(admin_url).connect() as connection:
        for service in SERVICES:
            database = Address.parse(environment[variable(service)]).database
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )


def _refuse_old_server(connection: psycopg.Connection) -> None:
    if connection.info.server_version < OLDEST_SUPPORTED:
        raise CannotStart(
            f"PostgreSQL {OLDEST_SUPPORTED // 10000} or newer is needed,"
            f" this one is {connection.info.parameter_status('server_version')}."
        )


def _ensure_role(connection: psycopg.Connection, role: Address) -> None:
    name = sql.Identifier(role.user)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.user]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    # Always, so that a changed secret takes effect. Statements are not logged (see postgres_files.py).
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(role.password)))


def _ensure_database(connection: psycopg.Connection, owner: Address) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [owner.database]).fetchone():
        return
    # An administrator who is not a superuser may give a database only to a role he can become.
    superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if superuser and not superuser[0]:
        connection.execute(
            sql.SQL("GRANT {} TO CURRENT_USER WITH SET TRUE").format(sql.Identifier(owner.user))
        )
    # PostgreSQL's own C.UTF-8: the same order on every machine, for ever; the system's locales change.
    connection.execute(
        sql.SQL(
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
        ).format(sql.Identifier(owner.database), sql.Identifier(owner.user))
    )


def _ensure_rights(admin: Address, database: str, owner: str, app: str) -> None:
    names = {"database": sql.Identifier(database), "owner": sql.Identifier(owner), "app": sql.Identifier(app)}
    statements = (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {app}",
        "ALTER SCHEMA public OWNER TO {owner}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
    )
    with admin.connect(database) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement).format(**names))


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
