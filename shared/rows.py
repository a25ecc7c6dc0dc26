"""Set-based inserts: rows for any tables in one statement, whose text does not depend on how many rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import TextualSelect, column, text
from sqlalchemy.orm import Session


class Rows:
    """New rows, gathered by the features that make up one fact and written in one round trip.

    All rows of a table name the same columns; the database converts the values to its own types. Foreign keys
    between the tables are checked when the whole statement is done, so the order of adding does not matter.
    """

    def __init__(self) -> None:
        self._by_table: dict[str, list[Mapping[str, Any]]] = {}

    def add(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows for a table. None at all is fine."""
        added = list(rows)
        if added:
            self._by_table.setdefault(table, []).extend(added)

    def insert(self, session: Session) -> None:
        """Write everything that was added."""
        if self._by_table:
            shape = tuple((table, tuple(rows[0])) for table, rows in self._by_table.items())
            session.execute(_statement(shape), {"rows": json.dumps(self._by_table, default=str)})


def insert_rows(session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows into one table."""
    gathered = Rows()
    gathered.add(table, rows)
    gathered.insert(session)


@lru_cache(maxsize=256)
def _statement(shape: tuple[tuple[str, tuple[str, ...]], ...]) -> TextualSelect:
    # Names come from our own code, never from a request.
    inserts = ", ".join(
        f"into_{table} AS (INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns)}"  # noqa: S608
        f" FROM json_populate_recordset(CAST(NULL AS {table}), (SELECT rows -> '{table}' FROM given)))"
        for table, columns in shape
    )
    return text(f"WITH given AS (SELECT CAST(:rows AS json) AS rows), {inserts} SELECT 1 AS done").columns(
        column("done")
    )
