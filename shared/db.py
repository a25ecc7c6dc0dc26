"""The database of a service: its engine, and `transaction()`, the only commit in the suite."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import BigInteger, DateTime, Text, Uuid, column, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

EVERY_CLINIC = ("*",)

POOL_TIMEOUT_SECONDS = 2
SESSION_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=20000 -c lock_timeout=5000"
    " -c idle_in_transaction_session_timeout=30000"
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

TYPES: dict[Any, Any] = {str: Text(), int: BigInteger(), datetime: DateTime(timezone=True), UUID: Uuid()}

_inside_transaction: ContextVar[bool] = ContextVar("inside_transaction", default=False)


def inside_transaction() -> bool:
    """Tell whether this thread holds a transaction open; the HTTP client refuses to speak while it does."""
    return _inside_transaction.get()


def psycopg_url(address: str) -> Any:
    """Return the address with the driver this suite uses, whatever prefix the operator wrote."""
    return make_url(address).set(drivername="postgresql+psycopg")


def libpq_address(address: str) -> str:
    """Return the address as the driver and the command-line tools write it."""
    url: str = psycopg_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    return url


class Database:
    """One engine. Sessions are made fresh for each transaction and never shared between threads."""

    def __init__(self, address: str, *, pool_size: int = 8, application_name: str = "clinic-suite") -> None:
        self.address = libpq_address(address)
        # Told after each commit that put an event into the outbox.
        self.on_published: Callable[[], None] = lambda: None
        self.engine = create_engine(
            psycopg_url(address),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            pool_recycle=1800,
            pool_use_lifo=True,
            connect_args={
                "options": SESSION_OPTIONS,
                "application_name": application_name,
                "connect_timeout": 3,
            },
        )

    @contextmanager
    def transaction(self, clinics: Iterable[str]) -> Iterator[Session]:
        """Open one transaction that sees the rows of `clinics` only, and commit it when the block ends.

        Any exception rolls everything back. This is the only place in the suite that commits.
        """
        with self._session(clinics) as session:
            yield session
            session.commit()
            if session.info.get("published"):
                self.on_published()

    @contextmanager
    def reading(self, clinics: Iterable[str]) -> Iterator[Session]:
        """Open one transaction for reading: what is changed in it by mistake is refused and rolled back."""
        with self._session(clinics, read_only=True) as session:
            yield session

    @contextmanager
    def _session(self, clinics: Iterable[str], *, read_only: bool = False) -> Iterator[Session]:
        if _inside_transaction.get():
            raise RuntimeError("transactions do not nest: pass the session on instead")
        token = _inside_transaction.set(True)
        try:
            with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
                session.execute(
                    _SET_READING if read_only else _SET_WRITING, {"clinics": ",".join(sorted(clinics))}
                )
                yield session
        finally:
            _inside_transaction.reset(token)

    def ping(self) -> None:
        """Raise unless the database answers."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))


# Results with named columns are understood once; those of a bare text are looked at anew each time.
_SET_WRITING = text("SELECT set_config('app.clinics', :clinics, true)").columns(column("set_config"))
_SET_READING = text(
    "SELECT set_config('app.clinics', :clinics, true), set_config('transaction_read_only', 'on', true)"
)


def database() -> Database:
    """Return the database of the app that answers this request."""
    found: Database = current_app.extensions["database"]
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the request's transaction, seeing only the clinics of the person who asks."""
    from shared.auth.decorators import visible_clinics

    with database().transaction(visible_clinics()) as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """As `transaction()`, for routes that only read."""
    from shared.auth.decorators import visible_clinics

    with database().reading(visible_clinics()) as session:
        yield session
