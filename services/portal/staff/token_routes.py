"""Tokens for programs that speak for a person: e-mail and password in, ten minutes of access out."""

from typing import Any

from flask import current_app
from marshmallow import fields, validate

from services.portal import current
from services.portal.staff import front_door, service
from services.portal.staff.first_password import PasswordChangeNeeded
from shared.auth.decorators import public
from shared.auth.tokens import LIFETIME, STAFF, Actor, KeyRing
from shared.web.api import Blueprint
from shared.web.fields import StrictSchema

blp = Blueprint("tokens", __name__, url_prefix="/v1/token", description="Access for programs")


class TokenRequest(StrictSchema):
    email = fields.String(required=True, validate=validate.Length(max=1000))
    password = fields.String(required=True, load_only=True)


class TokenClinic(StrictSchema):
    clinic_id = fields.String()
    name = fields.String()


class TokenAnswer(StrictSchema):
    access_token = fields.String()
    token_type = fields.String()
    expires_in = fields.Integer(metadata={"description": "seconds"})
    clinics = fields.List(fields.Nested(TokenClinic))
    roles = fields.List(fields.String())


@blp.post("")
@public("whoever asks has no token yet; e-mail and password are the proof")
@blp.arguments(TokenRequest)
@blp.response(200, TokenAnswer)
@blp.doc(security=[])
def issue(body: dict[str, Any]) -> dict[str, Any]:
    """Exchange e-mail and password for a bearer token for billing and inventory."""
    staff_id = front_door.admit(email=body["email"], password=body["password"])
    with current.reading() as session:
        member = service.get(session, staff_id=staff_id)
        names = service.list_clinics(session)
    if member.must_change_password:
        raise PasswordChangeNeeded("Sign in at the portal and replace the password you were given.")
    keys: KeyRing = current_app.extensions["keys"]
    actor = Actor(str(staff_id), member.name, STAFF, frozenset(member.roles), frozenset(member.clinics))
    return {
        "access_token": keys.staff_token(actor, now=current.now()),
        "token_type": "Bearer",
        "expires_in": int(LIFETIME.total_seconds()),
        "clinics": [{"clinic_id": clinic_id, "name": names[clinic_id]} for clinic_id in member.clinics],
        "roles": list(member.roles),
    }
