"""What must always be true of stored data, each with the query that finds where it is not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

Violations = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise about the rows of one service.

    `violations` finds one row for each place where it is broken: a statement, or a function where that is
    easier to read in Python. `over` is the table whose rows the promise is about.
    """

    id: str
    sentence: str
    over: str
    violations: str | Callable[[Connection], Violations]
