"""How the portal speaks to a sibling service: as the person signed in, and never waiting long."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from flask import g

from services.portal.tokens import own_token
from shared.errors import AppError, FieldError
from shared.http import DEADLINE_SECONDS, Answer, HttpClient, Unreachable

Query = str | int | None
Document = dict[str, Any]


class ProblemFromService(AppError):
    """A sibling's refusal, in its own words."""

    def __init__(
        self, status: int, code: str, title: str, detail: str, errors: tuple[FieldError, ...] = ()
    ) -> None:
        super().__init__(detail, errors=errors)
        # Each refusal has the status and code of the sibling it came from.
        self.status, self.code, self.title = status, code, title  # type: ignore[misc]


class ServiceAway(AppError):
    """A sibling gave no usable answer. Whether it acted is unknown; the same key asks again safely."""

    status, code, title = 503, "service-away", "A part of the suite does not answer"


class ServiceClient:
    """One sibling service, spoken to with the token of the person signed in."""

    name: ClassVar[str]
    while_away: ClassVar[str]

    def __init__(self, http: HttpClient, *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._http = http
        self._deadline_seconds = deadline_seconds

    def within(self, seconds: float) -> Self:
        """Return the same sibling, asked by a page that would do without its answer rather than wait."""
        return type(self)(self._http, deadline_seconds=seconds)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Query] | None = None,
        idempotency_key: str | None = None,
        if_match: int | None = None,
        deadline_seconds: float | None = None,
    ) -> Document:
        """Send one request and return the JSON object that came back.

        Raises:
            ProblemFromService: the sibling refused; status, code, words and fields are its own.
            ServiceAway: it gave no usable answer.
        """
        answer = self.fetch(
            method,
            path,
            body=body,
            query=query,
            idempotency_key=idempotency_key,
            if_match=if_match,
            deadline_seconds=deadline_seconds,
        )
        if not answer.body:
            return {}
        try:
            document = answer.json()
        except Unreachable as garbage:
            raise self._away() from garbage
        if not isinstance(document, dict):
            raise self._away()
        return document

    def fetch(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Query] | None = None,
        idempotency_key: str | None = None,
        if_match: int | None = None,
        deadline_seconds: float | None = None,
    ) -> Answer:
        """As `call`, but return the answer as it came: for PDFs."""
        headers = {"X-Request-Id": g.get("request_id", "")}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            answer = self._http.send(
                method,
                path,
                token=own_token(),
                body=body,
                query=asked or None,
                headers=headers,
                deadline_seconds=deadline_seconds or self._deadline_seconds,
            )
        except Unreachable as away:
            raise self._away() from away
        if not answer.ok:
            raise self._refusal(answer)
        return answer

    def _away(self) -> ServiceAway:
        return ServiceAway(self.while_away, headers={"Retry-After": "5"})

    def _refusal(self, answer: Answer) -> AppError:
        try:
            problem = answer.json()
            code = str(problem["type"]).removeprefix("/problems/")
            title, detail = str(problem["title"]), str(problem["detail"])
            errors = tuple(
                FieldError(str(error["pointer"]), str(error["code"]), str(error["detail"]))
                for error in problem.get("errors", [])
            )
        except (Unreachable, KeyError, TypeError, AttributeError):
            return self._away()
        # A failure over there, or our own token refused, is nothing the person can mend.
        if answer.status == 401 or answer.status >= 500 or answer.status < 400:
            return self._away()
        return ProblemFromService(answer.status, code, title, detail, errors)
