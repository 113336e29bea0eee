"""The rows of two warehouses, and whether they are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

import duckdb
import psycopg

from conftest import STATE_TABLES

Rows = dict[str, tuple[list[str], Counter[str]]]


def connect(url: str) -> Any:
    """A connection in which the schema of what is built has the name that `schema_of` says."""
    if url.startswith("duckdb"):
        return duckdb.connect(url.removeprefix("duckdb:///"), read_only=True)
    return psycopg.connect(url)


def schema_of(url: str) -> str:
    # A view names the file it was made in, so that it is read under that file's own name.
    return "crm.crm" if url.startswith("duckdb") else "crm"


def rows_of(url: str) -> Rows:
    """Each table's columns and rows, but for the times at which a run wrote them."""
    with connect(url) as connection:
        return rows_at(connection, schema_of(url))


def rows_at(connection: Any, schema: str, tables: Collection[str] | None = None) -> Rows:
    """The same by an open connection; of these tables, if some are said."""
    found = {}
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'crm' order by table_name, ordinal_position"
    ).fetchall():
        if table not in STATE_TABLES and column not in ("_ingested_at", "source_ingested_at"):
            columns.setdefault(table, []).append(column)
    for table, names in columns.items():
        listed = ", ".join(f'cast("{name}" as varchar)' for name in names)
        if tables is not None and table not in tables:
            continue
        rows = connection.execute(f'select {listed} from {schema}."{table}"').fetchall()
        found[table] = (names, Counter(map(repr, rows)))
    return found


def assert_same(left: str, right: str) -> None:
    one, other = rows_of(left), rows_of(right)
    assert one.keys() == other.keys()
    different = {}
    for table, (names, rows) in one.items():
        assert names == other[table][0], table
        if rows != other[table][1]:
            different[table] = {
                "left": sorted(rows - other[table][1])[:3],
                "right": sorted(other[table][1] - rows)[:3],
            }
    assert not different
