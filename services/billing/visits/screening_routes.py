"""The screening list over HTTP: what the desk reads out at check-in."""

from typing import Any

from marshmallow import fields

from services.billing.visits.screening import SCREENING_ANSWERS, SCREENING_LIST, SCREENING_QUESTION
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.web.api import Blueprint
from shared.web.fields import StrictSchema

blp = Blueprint("screening", __name__, url_prefix="/v1/screening", description="What is asked at check-in")


class ScreeningItemAnswer(StrictSchema):
    code = fields.String()
    condition = fields.String()
    severity = fields.String()


class ScreeningListAnswer(StrictSchema):
    question = fields.String()
    answers = fields.List(fields.String())
    items = fields.List(fields.Nested(ScreeningItemAnswer))


@blp.get("")
@requires(Permission.READ_VISITS)
@blp.response(200, ScreeningListAnswer)
def screening_list() -> dict[str, Any]:
    """Read the question, the three answers and the conditions it is about.

    Which of them applies is never kept.
    """
    return {
        "question": SCREENING_QUESTION,
        "answers": list(SCREENING_ANSWERS),
        "items": [item._asdict() for item in SCREENING_LIST],
    }
