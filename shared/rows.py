"""Set-based inserts: any number of rows in one statement whose text does not depend on how many."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session


def insert_rows(session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns. The database converts the values to its own types."""
    if rows:
        statement = _statement(table, tuple(rows[0]))
        session.execute(statement, {"rows": json.dumps(rows, default=str)})


@cache
def _statement(table: str, columns: tuple[str, ...]) -> TextClause:
    names = ", ".join(columns)
    # Names come from our own code, never from a request.
    return text(
        f"INSERT INTO {table} ({names})"  # noqa: S608
        f" SELECT {names} FROM json_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS json))"
    )
