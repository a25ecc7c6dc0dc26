"""Serves styles and scripts for ever: their address names their content, so a new version is a new address.

One digest over all files stands in front of the name, so that a script's relative imports follow it.
"""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

from shared.auth.decorators import public

FOLDER = Path(__file__).resolve().parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
# A page drawn by another version during an update: served, not remembered.
ASK_AGAIN = "no-cache"


def install(app: Flask) -> None:
    """Publish the folder `static` as the endpoint `static`."""
    digest = digest_of(FOLDER)

    @app.get("/static/<digest>/<path:filename>", endpoint="static")
    @public("styles and scripts hold no data")
    def static(digest: str, filename: str) -> Response:
        response = send_from_directory(FOLDER, filename)
        response.headers["Cache-Control"] = FOR_EVER if digest == current else ASK_AGAIN
        return response

    @app.url_defaults
    def _name_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("digest", current)

    current = digest


def digest_of(folder: Path) -> str:
    """Return a short name for the content of all files in a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found.update(f"{path.relative_to(folder).as_posix()}:{len(content)}:".encode())
            found.update(content)
    return found.hexdigest()[:16]
