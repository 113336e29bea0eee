"""The embedded warehouse: one DuckDB file, owned by one process at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import duckdb

from headless_crm.config import CRM_SCHEMA
from headless_crm.errors import CrmError, UsageError


def path_of(url: str) -> Path:
    """The file that a `duckdb:///…` URL names; three slashes are relative, four absolute."""
    rest = url.removeprefix("duckdb://")
    if not rest.startswith("/") or rest == "/":
        raise UsageError(
            f"Warehouse URL {url!r} names no file. "
            "Use duckdb:///crm.duckdb (relative) or duckdb:////data/crm.duckdb (absolute)."
        )
    return Path(rest[1:])


def connect(url: str) -> DuckDB:
    """Open the file of `url`, which is created if it does not exist; its folder is not."""
    path = path_of(url)
    if not path.parent.is_dir():
        raise UsageError(f"Folder {path.parent} of {path} does not exist. Create it first.")
    try:
        connection = duckdb.connect(path)
    except duckdb.IOException as error:
        raise CrmError(_why_not_opened(path, str(error))) from error
    connection.execute("set timezone = 'UTC'")
    return DuckDB(connection)


def dbt_output(url: str) -> dict[str, Any]:
    """The output of a dbt profile for the file of `url`."""
    return {
        "type": "duckdb",
        "path": str(path_of(url)),
        "schema": CRM_SCHEMA,
        "threads": 2,
        "settings": {"timezone": "UTC"},
    }


class DuckDB:
    """A connection to a DuckDB file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, parameters).fetchall()


def _why_not_opened(path: Path, message: str) -> str:
    if "lock" in message.lower():
        return (
            f"{path} is in use by another process; a DuckDB file has one owner at a time. "
            "Close the other one, or name another file with --warehouse."
        )
    if "not a valid DuckDB" in message:
        return f"{path} is not a DuckDB file. Name another file with --warehouse, or move it away."
    return f"{path} can't be opened: {message.splitlines()[0]}"
