"""Every retry has a key: key and request hash live on the row they create, so the effect happens once."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response, json, request
from sqlalchemy import LargeBinary, Text, TextualSelect, UniqueConstraint, column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.auth.decorators import current_actor
from shared.db import transaction
from shared.errors import AppError, Malformed

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
_TRIES = 3


class KeyReused(AppError):
    status, code, title = 422, "idempotency-key-reused", "This key belongs to another request"


class MissingKey(AppError):
    status, code, title = 400, "idempotency-key-missing", "An Idempotency-Key is needed"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The key of one intent: who asks, under which key, for exactly what."""

    key: str
    request_hash: bytes
    created_by: str

    def columns(self) -> dict[str, Any]:
        """Return the columns of `Keyed` except the answer."""
        return {
            "idempotency_key": self.key,
            "request_hash": self.request_hash,
            "created_by": self.created_by,
        }


class Keyed:
    """Columns of a row that a keyed POST creates. `answer` is what the first caller was told."""

    created_by: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(Text)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)


def unique_key(*scope: str) -> UniqueConstraint:
    """Return the constraint that makes a retry meet its first attempt. `scope` is usually the clinic."""
    return UniqueConstraint(*scope, "created_by", "idempotency_key")


def request_key(body: Mapping[str, Any]) -> RequestKey:
    """Read the Idempotency-Key of this request and bind it to what was asked.

    Raises:
        MissingKey: no key.
        Malformed: more than one, or not 1 to 200 letters, digits, dots, colons, dashes and underscores.
    """
    keys = request.headers.getlist("Idempotency-Key")
    if not keys:
        raise MissingKey("Send an Idempotency-Key header, a new one for each thing you want made.")
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        raise Malformed(
            "Idempotency-Key: 1 to 200 letters, digits, dots, colons, dashes or underscores, once."
        )
    return RequestKey(keys[0], request_hash(request.method, request.path, body), current_actor().subject)


def request_hash(method: str, path: str, body: Mapping[str, Any]) -> bytes:
    """Return SHA-256 over method, path and the body in canonical form."""
    canonical = json.dumps([method, path, body], sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).digest()


def answered(session: Session, model: Any, key: RequestKey, clinic_id: str | None) -> dict[str, Any] | None:
    """Return what the first attempt was told, or None if there was none.

    Raises:
        KeyReused: the key was used for a different request.
    """
    statement = _first_attempt(model.__tablename__, clinic_id is not None)
    values = {"created_by": key.created_by, "key": key.key, "clinic_id": clinic_id}
    row = session.execute(statement, values).first()
    if row is None:
        return None
    if row.request_hash != key.request_hash:
        raise KeyReused("Use a new Idempotency-Key for a new request.")
    answer: dict[str, Any] = row.answer
    return answer


@cache
def _first_attempt(table: str, of_a_clinic: bool) -> TextualSelect:
    # Asked before everything that makes something: worth not being composed anew each time.
    scope = "clinic_id = :clinic_id AND " if of_a_clinic else ""
    return text(
        f"SELECT request_hash, answer FROM {table}"  # noqa: S608 (the name is a model's)
        f" WHERE {scope}created_by = :created_by AND idempotency_key = :key"
    ).columns(column("request_hash"), column("answer"))


def once(
    model: Any, key: RequestKey, clinic_id: str | None, make: Callable[[Session], dict[str, Any]]
) -> Response:
    """Run `make` in one transaction, at most once per key; a retry gets the first answer, byte for byte.

    `make` creates a row of `model` carrying `key.columns()` and the answer it returns.
    """
    for tries_left in range(_TRIES - 1, -1, -1):
        try:
            with transaction() as session:
                answer = make(session)
            return created(answer, hit=False)
        except (AppError, IntegrityError) as refusal:
            # Most requests are the first of their key: only a refusal is worth asking whether it was not one,
            # because what was refused may have been done before, or meanwhile by our own twin.
            with transaction() as session:
                earlier = answered(session, model, key, clinic_id)
            if earlier is not None:
                return created(earlier, hit=True)
            if isinstance(refusal, AppError) or not is_key_clash(refusal) or tries_left == 0:
                raise
    raise AssertionError("unreachable")


def is_key_clash(clash: IntegrityError) -> bool:
    """Tell whether the database refused the row because its key is already there."""
    name = getattr(getattr(clash.orig, "diag", None), "constraint_name", "") or ""
    return name.endswith("_idempotency_key")


def created(answer: Mapping[str, Any], *, hit: bool) -> Response:
    """Render the answer to a keyed POST."""
    response = Response(json.dumps(answer), status=201, content_type="application/json")
    if hit:
        response.headers["Idempotency-Hit"] = "true"
    return response
