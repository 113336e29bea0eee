"""The embedded warehouse: one DuckDB file, owned by one process at a time."""

from __future__ import annotations

import glob
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl

import duckdb

from headless_crm.config import CRM_SCHEMA
from headless_crm.errors import CrmError, UsageError
from headless_crm.queries import queries, quoted

_encoded = json.JSONEncoder(ensure_ascii=False).encode
_HEADER_BYTES = 3 * 4096
_LIST = re.compile(r"cast\(([?]|[$]\w+) as (\w+) ?\[\]\)")
_LIST_OF_TEXT = r"cast(cast(\1 as json) as \2[])"


_AMOUNT = re.compile(r"[0-9]+([.][0-9]+)? ?[KMGT]i?B", re.IGNORECASE)


def memory_limit_of(url: str) -> str:
    """What `?memory_limit=` says in a `duckdb:///…` URL, or half of the memory that there is."""
    given = dict(parse_qsl(url.partition("?")[2], keep_blank_values=True))
    limit = given.pop("memory_limit") if "memory_limit" in given else _half_of_memory()
    if given:
        raise UsageError(
            f"Warehouse URL {url!r} sets {', '.join(sorted(given))}. "
            "A DuckDB file has memory_limit alone, as in duckdb:///crm.duckdb?memory_limit=8GB."
        )
    if not _AMOUNT.fullmatch(limit):
        raise UsageError(f"{limit!r} is no memory_limit. Use an amount such as 8GB or 500MB.")
    return limit


@cache
def _half_of_memory() -> str:
    """The engine would take four fifths, and some more that it does not count."""
    with duckdb.connect() as unlimited:
        [(limit,)] = unlimited.execute("select current_setting('memory_limit')").fetchall()
    amount, unit = limit.split()
    return f"{float(amount) * 5 / 8:.1f}{unit}"


def path_of(url: str) -> Path:
    """The file that a `duckdb:///…` URL names; three slashes are relative, four absolute."""
    rest = url.removeprefix("duckdb://").partition("?")[0]
    if not rest.startswith("/") or rest == "/":
        raise UsageError(
            f"Warehouse URL {url!r} names no file. "
            "Use duckdb:///crm.duckdb (relative) or duckdb:////data/crm.duckdb (absolute)."
        )
    if "#" in rest:
        raise UsageError(f"Warehouse URL {url!r} has a #, where it would end. Use another name.")
    if rest[1:].startswith(":memory:"):
        raise UsageError(f"Warehouse URL {url!r} is gone when crm ends. Name a file.")
    path = Path(rest[1:])
    # dbt calls the database after the file.
    if "'" in path.stem or path.stem.lower() in ("main", "system", "temp"):
        raise UsageError(
            f"Warehouse URL {url!r} names a file {path.name}, which dbt can't use. "
            "Use a name without ', and none of main, system and temp."
        )
    return path


_ATTACHED = "select 1 from duckdb_databases() where database_name = 'warehouse'"
_shared: dict[Path, str] = {}
"""The engine's name for the database of each file that this process shares."""


@contextmanager
def shared(url: str) -> Iterator[None]:
    """Let all that opens the file of `url` in this process meanwhile share it, a build too.

    Without, each opens it for itself, which the engine allows to one at a time.
    """
    path = path_of(url).resolve()
    outermost = path not in _shared
    _shared[path] = f":memory:{path}"
    try:
        with connect(url):
            yield
    finally:
        if outermost:
            del _shared[path]


def connect(url: str, read_only: bool = False) -> DuckDB:
    """Open the file of `url`, which is created if it does not exist; its folder is not.

    To read only, a file that does not exist is an empty one, and stays missing.
    """
    path = path_of(url)
    try:
        if not path.parent.is_dir():
            raise UsageError(f"Folder {path.parent} of {path} does not exist. Create it first.")
        # The engine takes a file that is shorter than its header for a new one, and writes over it.
        if path.is_file() and 0 < path.stat().st_size < _HEADER_BYTES and _magic(path) != b"DUCK":
            raise CrmError(_why_not_opened(path, "not a valid DuckDB file"))
    except OSError as error:
        raise CrmError(_why_not_opened(path, f"{error.strerror}.")) from error
    limit = memory_limit_of(url)
    connection = duckdb.connect(_shared.get(path.resolve(), ":memory:"))
    try:
        connection.execute("set memory_limit = ?", [limit])
        # Under a name of its own: a file crm.duckdb would make crm.persons ambiguous.
        place = str(path).replace("'", "''")
        if read_only and not path.exists():
            connection.execute("attach ':memory:' as warehouse")
        elif read_only and path.resolve() not in _shared:
            connection.execute(f"attach '{place}' as warehouse (read_only)")
        elif not connection.execute(_ATTACHED).fetchall():
            died = path.with_name(f"{path.name}.wal").exists()
            connection.execute(f"attach '{place}' as warehouse")
            if died:
                # What the engine, as of 1.5, replays from the log of a process that died is in
                # tables at once, and in their indexes only if it is written down before it closes.
                connection.execute("checkpoint warehouse")
        if connection.execute("select current_setting('temp_directory')").fetchall() == [(".tmp",)]:
            # Beside the file, not in the current folder.
            connection.execute("set temp_directory = ?", [f"{path}.tmp"])
    except duckdb.Error as error:
        raise CrmError(_why_not_opened(path, str(error))) from error
    connection.execute("use warehouse")
    connection.execute("set timezone = 'UTC'")
    return DuckDB(connection, path)


def dbt_output(url: str) -> dict[str, Any]:
    """The output of a dbt profile for the file of `url`."""
    path = path_of(url)
    output = {
        "type": "duckdb",
        "path": str(path),
        "schema": CRM_SCHEMA,
        "threads": 2,
        "settings": {"timezone": "UTC", "memory_limit": memory_limit_of(url)},
    }
    if path.resolve() in _shared:
        attached = {"path": str(path), "alias": "warehouse"}
        output |= {
            "path": _shared[path.resolve()],
            "database": "warehouse",
            "attach": [attached],
        }
    return output


@contextmanager
def run_of_dbt(url: str, first: bool = False) -> Iterator[None]:  # noqa: ARG001
    """Close the file that dbt opened in this process, which otherwise keeps it for its next run."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    connect(url).connection.close()  # A file that can't be opened is told here, in better words.
    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def lists_as_texts(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> tuple[str, Any]:
    """SQL and its bound values, each list among them as the text of a JSON list.

    Where pandas is not installed, the driver tries to import it twice for each value of a list.
    """
    found = values.values() if isinstance(values, Mapping) else values
    if not any(isinstance(value, list) for value in found):
        return sql, values
    texts = [_encoded(value) if isinstance(value, list) else value for value in found]
    as_given = dict(zip(values, texts, strict=True)) if isinstance(values, Mapping) else texts
    return _LIST.sub(_LIST_OF_TEXT, sql), as_given


class DuckDB:
    """A connection to the DuckDB file at `path`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._rows(sql, parameters)
        except duckdb.Error as error:
            raise CrmError(f"{self.path} gave no answer: {_cause(error)}") from error

    def run_lives(self, session_id: int | None) -> bool:  # noqa: ARG002
        return False  # It would own the file, and this process could not have opened it.

    def _rows(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[tuple[Any, ...]]:
        return self.connection.execute(*lists_as_texts(sql, parameters)).fetchall()

    def append_new(
        self, schema: str, table: str, rows: Iterable[tuple[str | None, str, datetime]]
    ) -> int:
        # Beside the warehouse's own file, where there is room for the rows.
        try:
            with tempfile.TemporaryDirectory(prefix=".crm-", dir=self.path.parent) as folder:
                file = _written(rows, Path(folder) / "rows.jsonl")
                return self._append_file(schema, table, file)
        except OSError as error:
            raise CrmError(
                f"The folder of {self.path} took no rows on their way: {error.strerror}."
            ) from error
        except duckdb.Error as error:
            raise CrmError(f"{schema}.{table} took no rows: {_cause(error)}") from error

    def _append_file(self, schema: str, table: str, file: dict[str, str | int]) -> int:
        target = quoted(schema, table)
        sql = {name: text.replace(":target", target) for name, text in queries("landing").items()}
        self.connection.begin()
        try:
            self._rows(f"create schema if not exists {quoted(schema)}")
            self._rows(sql["create_source_table"])
            self._rows(sql["find_new_rows"], file)
            [(appended,)] = self._rows(sql["append_new_rows"], file)
            self._rows("drop table new_rows")
            self.connection.commit()
        except BaseException:
            self.connection.rollback()
            raise
        return int(appended)


def _written(rows: Iterable[tuple[str | None, str, datetime]], path: Path) -> dict[str, str | int]:
    """Write rows to a file for the engine to read; returns its name and its longest line's bytes.

    The engine takes bound values one by one, about a hundred times slower. And it writes the rows
    of one statement to disk as they come, but keeps those of several in memory until the commit.
    """
    longest = 0
    with path.open("wb") as file:
        for number, (key, record, synced_at) in enumerate(rows):
            line = (
                f'{{"n":{number},"id":{"null" if key is None else _encoded(key)},'
                f'"record":{_encoded(record)},"synced_at":"{synced_at}"}}\n'
            )
            longest = max(longest, file.write(line.encode(errors="replace")))
    return {"path": glob.escape(str(path)), "longest": longest}


def _cause(error: duckdb.Error) -> str:
    """The message's first line, without what stands in quotes: it may be data."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "'…'", str(error).splitlines()[0])


def _magic(path: Path) -> bytes:
    """Not to be asked of a warehouse's file: to close it gives up the lock that the engine has."""
    with path.open("rb") as file:
        return file.read(12)[8:]


def _why_not_opened(path: Path, message: str) -> str:
    if "Could not set lock on file" in message:
        return (
            f"{path} is in use by another process; a DuckDB file has one owner at a time. "
            "Close the other one, or name another file with --warehouse."
        )
    if "not a valid DuckDB" in message:
        return f"{path} is not a DuckDB file. Name another file with --warehouse, or move it away."
    return f"{path} can't be opened: {message.splitlines()[0]}"
