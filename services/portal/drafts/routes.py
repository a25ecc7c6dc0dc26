"""What pages keep while somebody types, and what is saved from a form that came too late."""

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from services.portal import current
from services.portal.drafts import service
from services.portal.own_paths import page_before
from shared.auth.decorators import staff_only
from shared.web.api import UnsupportedMediaType

blueprint = Blueprint("drafts", __name__)
_FORM = "application/x-www-form-urlencoded"


@blueprint.route("/drafts/<key>", methods=["POST", "PUT"])
@staff_only
def save(key: str) -> Response:
    """Keep the fields of a form as they stand."""
    if request.mimetype != _FORM:
        raise UnsupportedMediaType(f"Send {_FORM}.")
    with current.transaction() as session:
        service.save_draft(
            session,
            staff_id=current.person().staff_id,
            key=key,
            fields=request.form.items(multi=True),
            now=current.now(),
        )
    return Response(status=204)


@blueprint.delete("/drafts/<key>")
@staff_only
def forget(key: str) -> Response:
    """Throw a draft away."""
    discard(key)
    return Response(status=204)


def recall(key: str | None = None) -> MultiDict[str, str] | None:
    """Return what the signed-in person typed under this key, or on this page before their session expired."""
    with current.reading() as session:
        return service.load_draft(
            session, staff_id=current.person().staff_id, key=key or service.key_of_page(request.path)
        )


def begin(key: str, fields: dict[str, str]) -> MultiDict[str, str]:
    """Return the draft under this key, begun with these fields if there was none."""
    with current.transaction() as session:
        return service.begin_draft(
            session,
            staff_id=current.person().staff_id,
            key=key,
            fields=fields.items(),
            now=current.now(),
        )


def keep(key: str, fields: MultiDict[str, str]) -> None:
    """Keep a form under this key before it does its work, for whoever never hears the answer."""
    with current.transaction() as session:
        service.save_draft(
            session,
            staff_id=current.person().staff_id,
            key=key,
            fields=fields.items(multi=True),
            now=current.now(),
        )


def discard(key: str | None = None) -> None:
    """Forget a draft once its form has done its work."""
    with current.transaction() as session:
        service.forget_draft(
            session, staff_id=current.person().staff_id, key=key or service.key_of_page(request.path)
        )


def keep_of_expired() -> None:
    """Keep the form of this request for the person whose session ended before they sent it."""
    if request.endpoint == "drafts.save":
        key = (request.view_args or {})["key"]
    else:
        key = request.form.get("draft_key") or service.key_of_page(page_before(request.path))
    with current.transaction() as session:
        service.save_draft(
            session,
            staff_id=g.expired.staff_id,
            key=key,
            fields=request.form.items(multi=True),
            now=current.now(),
        )
