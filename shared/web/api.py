"""The API side of a service: strict arguments, problem documents, and an OpenAPI document that says so."""

from typing import Any, ClassVar

import flask_smorest  # type: ignore[import-untyped]
from flask import Flask, Request, Response, json, render_template_string, request
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge

from shared.auth.decorators import public
from shared.errors import PROBLEM, AppError, Malformed
from shared.web import strict_json
from shared.web.api_page import PAGE


class UnsupportedMediaType(AppError):
    status, code, title = 415, "unsupported-media-type", "This kind of content is not accepted"


class StrictParser(FlaskParser):
    """Reads bodies and queries; refuses what is ambiguous instead of guessing."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": RAISE,
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Any) -> Any:
        return read_json(req)

    def load_querystring(self, req: Request, schema: Any) -> Any:
        if any(len(values) > 1 for _, values in req.args.lists()):
            raise Malformed("Give each query parameter once.")
        return req.args.to_dict()


def read_json(req: Request, content_type: str = "application/json") -> Any:
    """Return the JSON body of a request, read strictly."""
    if req.mimetype != content_type:
        raise UnsupportedMediaType(f"Send {content_type}.")
    if req.headers.get("Content-Encoding"):
        raise UnsupportedMediaType("Send the body as it is, not compressed.")
    raw = req.get_data(cache=False)
    if req.content_length is None and len(raw) == req.max_content_length:
        # A body that came in pieces is cut there, without a word.
        raise RequestEntityTooLarge
    return strict_json.loads(raw)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A feature's routes."""

    ARGUMENTS_PARSER = StrictParser()


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The OpenAPI document and its routes. Errors are rendered by `shared.errors`, not here."""

    def _register_error_handlers(self) -> None:
        """Leave errors to the one renderer."""

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document, with errors in the content type they really have."""
        document: dict[str, Any] = self.spec.to_dict()
        schemas = document.get("components", {}).get("schemas", {})
        schemas["Problem"] = _PROBLEM_SCHEMA
        schemas.pop("Error", None)
        schemas.pop("PaginationMetadata", None)
        content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses = document.setdefault("components", {}).setdefault("responses", {})
        for response in responses.values():
            if "content" in response:
                response["content"] = content
        for path in document.get("paths", {}).values():
            for operation in path.values():
                if isinstance(operation, dict) and "responses" in operation:
                    operation["responses"]["default"] = {
                        "description": "A problem document",
                        "content": content,
                    }
        return document


_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def install(app: Flask, title: str, blueprints: tuple[Blueprint, ...]) -> Api:
    """Register the features of an API and publish what they take and answer."""
    app.config.update(
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "components": {
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
            },
            "security": [{"bearer": []}],
        },
    )
    api = Api(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)

    @app.get("/openapi.json")
    @public("what the API takes and answers is no secret")
    def openapi() -> Response:
        return Response(json.dumps(api.document()), content_type="application/json")

    @app.get("/docs")
    @public("what the API takes and answers is no secret")
    def api_page() -> str:
        return render_template_string(PAGE, document=api.document(), path=request.path)

    return api
