"""What a database holds, in figures: rows and a checksum of each table, by which a restore is compared."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

Contents = Mapping[str, tuple[int, str]]

# Unlogged tables are empty after a recovery by design; partitions are counted with their table.
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relpersistence = 'p'
ORDER BY relname
"""
# A sum over hashes of whole rows: the same for the same rows in any order, and another one for any other row.
_FIGURES = "SELECT count(*), coalesce(sum(hashtextextended(each::text, 0)), 0)::text FROM {} AS each"


def contents(connection: psycopg.Connection) -> Contents:
    """By table, of the instant that the connection's transaction sees; an error where row-level security hides rows."""
    connection.execute("SET LOCAL row_security = off")
    connection.execute("SET LOCAL extra_float_digits = 1")
    found = {}
    for (name,) in connection.execute(_TABLES).fetchall():
        figures = connection.execute(sql.SQL(_FIGURES).format(sql.Identifier(name))).fetchone()
        assert figures is not None
        found[name] = (int(figures[0]), str(figures[1]))
    return found


def differences(wanted: Contents, found: Contents) -> list[str]:
    """In sentences; none when it is the same."""
    told = []
    for name in sorted({*wanted, *found}):
        before, after = wanted.get(name), found.get(name)
        if before is None or after is None:
            told.append(f"Table {name} is {'new' if before is None else 'missing'}.")
        elif before[0] != after[0]:
            told.append(f"Table {name} has {after[0]} rows instead of {before[0]}.")
        elif before[1] != after[1]:
            told.append(f"Table {name} has the same number of rows and another checksum.")
    return told
