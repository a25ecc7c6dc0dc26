"""Promises that each database keeps by itself, whichever service it belongs to."""
# ruff: noqa: S608 (names come from the database's own catalogue)

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from shared.invariants import Invariant
from suite.verify.snapshots import STUCK

OLDEST_UNSENT_SECONDS = 60

_FOREIGN_KEYS = text(
    """
    SELECT child.relname AS child, parent.relname AS parent,
           array_agg(child_column.attname ORDER BY place) AS child_columns,
           array_agg(parent_column.attname ORDER BY place) AS parent_columns
      FROM pg_constraint AS key
      JOIN pg_class AS child ON child.oid = key.conrelid
      JOIN pg_class AS parent ON parent.oid = key.confrelid
     CROSS JOIN LATERAL unnest(key.conkey, key.confkey) WITH ORDINALITY AS pair(ours, theirs, place)
      JOIN pg_attribute AS child_column
        ON child_column.attrelid = child.oid AND child_column.attnum = pair.ours
      JOIN pg_attribute AS parent_column
        ON parent_column.attrelid = parent.oid AND parent_column.attnum = pair.theirs
     WHERE key.contype = 'f' AND child.relnamespace = 'public'::regnamespace AND parent.relname <> 'clinics'
       AND 2 = (SELECT count(DISTINCT wall.attrelid) FROM pg_attribute AS wall
                 WHERE wall.attname = 'clinic_id' AND NOT wall.attisdropped
                   AND wall.attrelid IN (child.oid, parent.oid))
     GROUP BY key.oid, child.relname, parent.relname
     ORDER BY 1, 2
    """
)


def _wall(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """Follow every foreign key between rows of clinics, as the database itself lists them."""
    for key in connection.execute(_FOREIGN_KEYS).all():
        pairs = zip(key.child_columns, key.parent_columns, strict=True)
        joined = " AND ".join(f"child.{ours} = parent.{theirs}" for ours, theirs in pairs)
        statement = (
            f"SELECT '{key.child}' AS child, '{key.parent}' AS parent, child.{key.child_columns[0]} AS id,"
            f" child.clinic_id AS clinic_of_child, parent.clinic_id AS clinic_of_parent"
            f" FROM {key.child} AS child JOIN {key.parent} AS parent ON {joined}"
            " WHERE child.clinic_id <> parent.clinic_id"
        )
        yield from (dict(row) for row in connection.execute(text(statement)).mappings())


EACH = (
    Invariant(
        "M28",
        "Every amount and quantity is a whole number of 64 bits",
        "pg_attribute",
        "SELECT relname AS in_table, attname AS in_column, format_type(atttypid, atttypmod) AS type"
        " FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT attisdropped"
        " AND (attname ~ '(^|_)(cents|thousandths|ppm|basis_points)$' AND atttypid <> 'bigint'::regtype"
        " OR atttypid IN ('real'::regtype, 'double precision'::regtype, 'money'::regtype))",
    ),
    Invariant(
        "X4",
        "No event has been waiting for more than a minute",
        "outbox",
        "SELECT id, type, subject, occurred_at, attempts, last_error FROM outbox"
        f" WHERE sent_at IS NULL AND NOT {STUCK}"
        f" AND occurred_at < now() - interval '{OLDEST_UNSENT_SECONDS} s'",
    ),
    Invariant(
        "X7",
        "No event is parked for somebody to look at",
        "outbox",
        "SELECT id, type, subject, attempts, last_error FROM outbox"
        " WHERE parked_at IS NOT NULL AND sent_at IS NULL",
    ),
    Invariant("X11", "Every row belongs to the clinic of what it belongs to", "pg_constraint", _wall),
)
