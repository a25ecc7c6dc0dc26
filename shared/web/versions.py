"""Lost updates are refused: a change names the version it was made from (ETag and If-Match)."""

import re

from flask import Response, request

from shared.errors import AppError, Malformed

_ETAG = re.compile(r'"([0-9]{1,9})"')


class VersionMissing(AppError):
    status, code, title = 428, "precondition-required", "Say which version you changed"


class VersionMismatch(AppError):
    status, code, title = 412, "version-mismatch", "Somebody else changed this meanwhile"


def expected_version() -> int:
    """Return the version in If-Match.

    Raises:
        VersionMissing: there is none.
        Malformed: it is not one of ours.
    """
    given = request.headers.get("If-Match")
    if given is None:
        raise VersionMissing("Send the ETag you read as If-Match.")
    match = _ETAG.fullmatch(given)
    if match is None:
        raise Malformed('If-Match must be an ETag as we gave it, such as "3".')
    return int(match[1])


def with_version(response: Response, version: int) -> Response:
    """Name the version of what is shown."""
    response.headers["ETag"] = f'"{version}"'
    return response
