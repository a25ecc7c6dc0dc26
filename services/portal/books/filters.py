"""The filter bar that is also the address: what is asked for, and the way to the next page of just that."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from services.portal import current

EVERY_CLINIC = "all"


@dataclass(frozen=True, slots=True)
class Filters:
    """What stands in the address."""

    path: str
    values: dict[str, str]
    cursor: str | None

    @classmethod
    def of_request(cls, *names: str) -> "Filters":
        """Read the address. Without a clinic it is about the one where this person works just now."""
        values = {name: request.args.get(name, "").strip() for name in names}
        values["clinic"] = request.args.get("clinic", "").strip() or current.working_clinic()
        return cls(request.path, values, request.args.get("cursor") or None)

    @property
    def clinic_id(self) -> str | None:
        """The clinic to ask for; None for all where this person works."""
        return None if self.values["clinic"] == EVERY_CLINIC else self.values["clinic"]

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the clinic is asked for."""
        return any(value for name, value in self.values.items() if name != "clinic")

    def query(self, **names: str) -> dict[str, Any]:
        """Return the query for billing; `names` says what billing calls a field of the bar."""
        asked = {names.get(name, name): value for name, value in self.values.items() if value}
        asked.pop("clinic", None)
        return {**asked, "clinic_id": self.clinic_id, "cursor": self.cursor}

    def href(self, cursor: str | None) -> str:
        """Return the address of another page of the same list."""
        asked = {name: value for name, value in self.values.items() if value}
        return f"{self.path}?{urlencode({**asked, **({'cursor': cursor} if cursor else {})})}"


def clinic_choices() -> list[tuple[str, str]]:
    """Return the clinics to choose from; empty for whoever works at one only."""
    names = current.person().clinic_names
    return [*names.items(), (EVERY_CLINIC, "All my clinics")] if len(names) > 1 else []
