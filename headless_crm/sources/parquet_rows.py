"""Parquet, read by an engine of its own, whichever warehouse the rows go to."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb

from headless_crm.errors import CrmError
from headless_crm.queries import quoted
from headless_crm.sources.row import ENVELOPE, Row, row_from_json, row_of_columns

_FETCHED_AT_ONCE = 1_000
# Some programs write text as bytes; those that are none are kept as the engine shows them.
_TEXTS = {"VARCHAR": "record", "BLOB": "coalesce(try(decode(record)), cast(record as varchar))"}
# A string is passed over whole, since what it holds is no number.
_NO_FINITE_NUMBER = re.compile(r'"(?:[^"\\]++|\\.)*+"|-?(?:NaN|Infinity)')


def read_parquet(path: Path, progress: Callable[[float], None]) -> Iterator[Row]:
    """Rows in the file's order. `progress` is told the part that was read, 0 to 1."""
    # A name such as day=1/a[1].parquet is a name, neither a pattern nor a partition.
    rows = "read_parquet(?, hive_partitioning = false)"
    name = [glob.escape(str(path))]
    try:
        with duckdb.connect() as engine:
            engine.execute("set timezone = 'UTC'")
            columns = {
                column: kind
                for column, kind, *_ in engine.execute(
                    f"describe select * from {rows}",  # noqa: S608
                    name,
                ).fetchall()
            }
            counted = engine.execute(f"select count(*) from {rows}", name).fetchone()  # noqa: S608
            whole = _name_of_row(columns)
            select = _select(path, columns, whole)
            if "record" not in columns:
                rows = _with_json(rows, columns)
            is_text = columns.get("record") in _TEXTS
            result = engine.execute(f"select {select} from {rows} as {whole}", name)  # noqa: S608
            done = 0
            while chunk := result.fetchmany(_FETCHED_AT_ONCE):
                for key, record, synced_at in chunk:
                    text = record or ""
                    if "record" in columns:
                        yield row_of_columns(key, text if is_text else _finite(text), synced_at)
                    else:
                        yield row_from_json(_finite(text))
                done += len(chunk)
                progress(done / counted[0] if counted else 1)
    except duckdb.Error as error:
        raise CrmError(
            f"{path} can't be read: it is no Parquet file, or a damaged one. "
            "Nothing of it was loaded."
        ) from error


def _with_json(rows: str, columns: dict[str, str]) -> str:
    """The rows with text that is a JSON object or list as such, as cells of CSV are read."""
    texts = [quoted(column) for column, kind in columns.items() if kind == "VARCHAR"]
    parsed = ", ".join(
        f"case when left({text}, 1) in ('{{', '[') and json_valid({text}) "
        f"then cast({text} as json) else to_json({text}) end as {text}"
        for text in texts
    )
    return f"(select * replace ({parsed}) from {rows})" if texts else rows  # noqa: S608


def _name_of_row(columns: Iterable[str]) -> str:
    """What a whole row is called in SQL: a column of that name would be taken for it."""
    taken = {column.lower() for column in columns}
    name = "_row"
    while name in taken:
        name = f"_{name}"
    return name


def _select(path: Path, columns: dict[str, str], whole: str) -> str:
    """Three columns of text: id, record and synced_at."""
    if "record" in columns:
        record = _TEXTS.get(columns["record"], "cast(to_json(record) as varchar)")
        own = ("id", "synced_at")
        key, synced_at = (f"cast({n} as varchar)" if n in columns else "null" for n in own)
        return f"{key}, {record}, {synced_at}"
    if ENVELOPE.issuperset(columns):
        raise CrmError(
            f"{path} has the columns {', '.join(columns)}, but no column record. "
            "Nothing of it was loaded."
        )
    return f"null, cast(to_json({whole}) as varchar), null"


def _finite(text: str) -> str:
    """The engine's JSON with null in place of NaN and infinities, which are no JSON."""
    if "NaN" not in text and "Infinity" not in text:
        return text
    return _NO_FINITE_NUMBER.sub(lambda found: found[0] if found[0][0] == '"' else "null", text)
