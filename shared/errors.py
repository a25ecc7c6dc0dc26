"""Business failures as named exceptions, and the one place that turns a failure into an answer (RFC 9457)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, ClassVar

import structlog
from flask import Flask, Response, g, json, request
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

log = structlog.get_logger()

PROBLEM = "application/problem+json"
BUSY_SECONDS = 2
# As many as somebody reads; a thousand wrong lines are told by the first few.
MOST_ERRORS = 50
LONGEST_POINTER = 200


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field. `pointer` is a JSON pointer into what was sent."""

    pointer: str
    code: str
    detail: str


class AppError(Exception):
    """A refusal with a status and a stable code. `detail` tells the person what to do."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = extra


class Malformed(AppError):
    status, code, title = 400, "malformed", "The request could not be read"


class TokenInvalid(AppError):
    status, code, title = 401, "token-invalid", "Sign in first"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **extra)


class Forbidden(AppError):
    status, code, title = 403, "forbidden", "Your role does not allow this"


class NotFound(AppError):
    """Not there, or not in a clinic this person works at: the answer is the same."""

    status, code, title = 404, "not-found", "There is nothing here under that name"


class Conflict(AppError):
    status, code, title = 409, "state-conflict", "Something changed in the meantime"


class Invalid(AppError):
    status, code, title = 422, "validation", "Some fields need another look"


class TooManyRequests(AppError):
    status, code, title = 429, "rate-limited", "Too many tries"

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_seconds)})


class Busy(AppError):
    status, code, title = 503, "busy", "The system is busy"

    def __init__(self, detail: str = "", *, retry_after_seconds: int = BUSY_SECONDS) -> None:
        super().__init__(
            detail or "Nothing was lost. Try again in a moment with the same Idempotency-Key.",
            headers={"Retry-After": str(retry_after_seconds)},
        )


HTTP_CODES = {
    400: "malformed",
    401: "token-invalid",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    428: "precondition-required",
}


def problem(error: AppError) -> Response:
    """Render a refusal as a problem document. Nothing internal is ever in it."""
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": request.path,
        "request_id": g.get("request_id", ""),
        **error.extra,
    }
    if error.errors:
        body["errors"] = [asdict(field) for field in error.errors]
    response = Response(json.dumps(body), status=error.status, content_type=PROBLEM)
    response.headers.update(error.headers)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def from_http_exception(error: HTTPException) -> AppError:
    """Translate the framework's own refusals (routing, body size, schema) into ours."""
    data = getattr(error, "data", None) or {}
    if messages := data.get("messages"):
        return Invalid(
            "Correct the fields named below and send it again.",
            errors=islice(field_errors(messages), MOST_ERRORS),
        )
    status = error.code or 500
    translated = AppError(str(error.description or error.name))
    translated.status = status  # type: ignore[misc]
    translated.code = HTTP_CODES.get(status, f"http-{status}")  # type: ignore[misc]
    translated.title = error.name  # type: ignore[misc]
    if allowed := getattr(error, "valid_methods", None):
        translated.headers["Allow"] = ", ".join(sorted(allowed))
    return translated


LOCATIONS = frozenset({"json", "query", "path", "headers", "form"})


def field_errors(messages: Any, pointer: str = "") -> Iterable[FieldError]:
    """Flatten the nested messages of a schema into one list of pointers."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            skip = (not pointer and key in LOCATIONS) or key == "_schema"
            yield from field_errors(inner, pointer if skip else f"{pointer}/{key}"[:LONGEST_POINTER])
    elif isinstance(messages, list | tuple):
        for message in messages:
            yield FieldError(pointer or "/", "invalid", str(message))
    else:
        yield FieldError(pointer or "/", "invalid", str(messages))


def from_database(error: DBAPIError) -> AppError:
    """Tell a database that is away or overloaded (try again) from a value it cannot hold (correct it)."""
    if isinstance(error, DataError):
        return Invalid("A value is outside what can be stored.")
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return Busy()
    return AppError()


def install(app: Flask) -> None:
    """Make every failure a problem document: ours, the framework's, the database's, the unforeseen."""

    @app.errorhandler(AppError)
    def _ours(error: AppError) -> Response:
        return problem(error)

    @app.errorhandler(HTTPException)
    def _frameworks(error: HTTPException) -> Response:
        if error.code is not None and error.code < 400 and error.response is None:
            return error.get_response()  # type: ignore[return-value]
        return problem(from_http_exception(error))

    @app.errorhandler(DBAPIError)
    def _databases(error: DBAPIError) -> Response:
        translated = from_database(error)
        if translated.status == 500:
            log.error("database_error", exc_info=error)
        return problem(translated)

    @app.errorhandler(PoolTimeout)
    def _pool_exhausted(_error: PoolTimeout) -> Response:
        return problem(Busy())

    @app.errorhandler(RecursionError)
    def _too_deep(_error: RecursionError) -> Response:
        return problem(Malformed("The document is nested too deeply."))

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> Response:
        log.error("unforeseen_error", exc_info=error)
        return problem(AppError("The failure was recorded. Quote the request id when you ask about it."))
