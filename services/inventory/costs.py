"""Who may see what things cost: for everybody else the fields are not there."""

from typing import Any

from marshmallow import Schema

from shared.auth.decorators import current_actor
from shared.auth.permissions import Permission


class Shapes:
    """The same answer twice: with its costs, and without."""

    def __init__(self, schema: type[Schema], *costs: str) -> None:
        self._full = schema()
        self._without = schema(exclude=costs)

    def dump(self, thing: Any) -> dict[str, Any]:
        """Return the answer as whoever asks may see it."""
        shape = self._full if current_actor().may(Permission.READ_COSTS) else self._without
        dumped: dict[str, Any] = shape.dump(thing)
        return dumped

    def dump_page(self, page: dict[str, Any]) -> dict[str, Any]:
        """Return a page of answers as whoever asks may see them."""
        return {"items": [self.dump(thing) for thing in page["items"]], "next": page["next"]}
