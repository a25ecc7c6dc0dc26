"""Speaks to an app as somebody, in process, with a key for everything that makes something."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from shared.auth.tokens import Actor
from tests.cast import service_token, staff_token

_DEFAULT: Any = object()


class Client:
    """One person or service talking to one app."""

    def __init__(self, app: Flask, token: str) -> None:
        self._app = app
        self._token = token

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self._send("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, *, key: str | None = _DEFAULT, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", {}))
        if key is not None:
            headers["Idempotency-Key"] = uuid4().hex if key is _DEFAULT else key
        return self._send("POST", path, json=json, headers=headers, **kwargs)

    def patch(self, path: str, json: Any, *, version: int | None = None, **kwargs: Any) -> TestResponse:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self._send("PATCH", path, json=json, headers=headers, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self._send("DELETE", path, **kwargs)

    def _send(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self._token}", **kwargs.pop("headers", {})}
        # A client of its own for each call, so that threads may share this one.
        return self._app.test_client().open(path, method=method, headers=headers, **kwargs)


class Clients:
    """An app, and the ways to speak to it."""

    def __init__(self, app: Flask, keys_dir: Path) -> None:
        self.app = app
        self._keys_dir = keys_dir

    def as_(self, actor: Actor) -> Client:
        return Client(self.app, staff_token(self._keys_dir, actor))

    def as_service(self, sender: str) -> Client:
        return Client(
            self.app, service_token(self._keys_dir, sender, self.app.extensions["settings"].service)
        )

    def anonymous(self) -> Any:
        return self.app.test_client()
