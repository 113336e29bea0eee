"""Warehouses: one protocol, one file a warehouse, chosen by the URL's scheme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, Self, cast

from headless_crm.errors import UsageError


class Query(Protocol):
    """Runs one statement and returns its rows, or raises CrmError."""

    def __call__(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...


class Warehouse(Protocol):
    """An open connection to the warehouse. Closed by leaving its `with` block."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement with bound `parameters` and return its rows."""
        ...

    def run_lives(self, session_id: int | None) -> bool:
        """Whether a run that holds the writer lock, and wrote `session_id` there, still lives."""
        ...

    def append_new(
        self, schema: str, table: str, rows: Iterable[tuple[str | None, str, datetime]]
    ) -> int:
        """Append those (id, record, synced_at) whose id and record the table does not hold yet.

        Of several with one id and time, each is a microsecond later than those before it. In one
        transaction: an error, of `rows` too, leaves all as it was. The table is created
        where it's missing. `rows` is read as a stream. Returns how many were appended.
        """
        ...


class Driver(Protocol):
    """What a warehouse's module offers."""

    def connect(self, url: str, read_only: bool) -> Warehouse:
        """Open the warehouse at `url`; raises CrmError or UsageError that say why not."""
        ...

    def dbt_output(self, url: str) -> dict[str, Any]:
        """The output of a dbt profile that connects to `url`."""
        ...

    def run_of_dbt(self, url: str, first: bool) -> AbstractContextManager[None]:
        """A context in which dbt may run: what it leaves open is closed at the end.

        While it lasts, the writer lock of the run counts as held by a process that lives. The
        `first` to make all rows waits for another one that does. Raises as `connect` does.
        """
        ...


_DRIVERS = {"duckdb": "duckdb", "postgresql": "postgres", "postgres": "postgres"}
"""Scheme → module, imported when it is asked for: each needs packages of its own."""


def open_warehouse(url: str, *, read_only: bool = False) -> Warehouse:
    """Open the warehouse at `url`, for example `duckdb:///crm.duckdb`."""
    return _driver(url).connect(url, read_only)


def dbt_output(url: str) -> dict[str, Any]:
    """The output of a dbt profile that connects to `url`."""
    return _driver(url).dbt_output(url)


def run_of_dbt(url: str, *, first: bool = False) -> AbstractContextManager[None]:
    """A context in which dbt may run on the warehouse at `url`."""
    return _driver(url).run_of_dbt(url, first)


def _driver(url: str) -> Driver:
    scheme, separator, _ = url.partition("://")
    if separator and scheme in _DRIVERS:
        return cast(Driver, import_module(f"{__name__}.{_DRIVERS[scheme]}"))
    raise UsageError(
        f"Warehouse URL {url!r} is not one that crm knows. Use duckdb:///crm.duckdb (relative), "
        "duckdb:////data/crm.duckdb (absolute) or postgresql://user@host:5432/database."
    )
