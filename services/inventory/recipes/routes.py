"""Recipes over HTTP."""

from typing import Any

from services.inventory.recipes import service
from services.inventory.recipes.schemas import RecipePage, RecipeQuery
from shared.auth.decorators import requires
from shared.auth.permissions import Permission
from shared.clock import utc_now
from shared.db import reading
from shared.web.api import Blueprint

blp = Blueprint("recipes", __name__, url_prefix="/v1/recipes", description="What a charge usually takes")


@blp.get("")
@requires(Permission.READ_ITEMS)
@blp.arguments(RecipeQuery(), location="query")
@blp.response(200, RecipePage)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """List the recipes in force on a day, today if none is named."""
    at = query.pop("at") or utc_now().date()
    with reading() as session:
        return service.find_recipes(session, at=at, **query)
