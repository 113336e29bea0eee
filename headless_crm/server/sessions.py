"""Sessions to read in: cursors of the one DuckDB connection, or connections to PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from headless_crm.config import CRM_SCHEMA
from headless_crm.queries import quoted

if TYPE_CHECKING:
    from headless_crm.warehouse.duckdb import DuckDB
    from headless_crm.warehouse.postgres import Postgres


_CONNECT = 5
"""Seconds that a connection may take to open."""


class Session(Protocol):
    """A connection for one statement at a time, whose search path is the schema crm."""

    def query(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Rows; CrmError where the warehouse gives none."""
        ...

    def interrupt(self) -> None:
        """From another thread: end the statement that runs."""
        ...

    def alive(self) -> bool: ...
    def close(self) -> None: ...


def duckdb_sessions(shared: DuckDB) -> Callable[[], Session]:
    """Sessions as cursors of the connection that owns the file.

    Called before another thread uses `shared`; its sessions can then be opened from any thread.
    """
    from headless_crm.warehouse.duckdb import DuckDB

    [(database,)] = shared.query("select current_database()")
    root = shared.connection.cursor()
    one_at_a_time = threading.Lock()

    def connect() -> Session:
        with one_at_a_time:
            cursor = root.cursor()
        opened = DuckDB(cursor, shared.path)
        opened.query(f"use {quoted(database, CRM_SCHEMA)}")
        opened.query("set timezone = 'UTC'")
        return _DuckDBSession(opened)

    return connect


def postgres_sessions(url: str, seconds: float) -> Callable[[], Session]:
    """Sessions that can't write, in which the server ends a statement after `seconds`."""
    from headless_crm.warehouse import postgres

    def connect() -> Session:
        # The driver would wait for two minutes, and with it the end of the server.
        opened = postgres.connect(url, read_only=True, connect_seconds=_CONNECT)
        for setting, value in (
            ("search_path", CRM_SCHEMA),
            ("statement_timeout", f"{seconds * 1000:.0f}"),
        ):
            opened.query("select set_config(?, ?, false)", [setting, value])
        return _PostgresSession(opened)

    return connect


class _DuckDBSession:
    def __init__(self, opened: DuckDB) -> None:
        self._cursor = opened.connection
        self.query = opened.query

    def interrupt(self) -> None:
        self._cursor.interrupt()

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        self._cursor.close()


class _PostgresSession:
    def __init__(self, opened: Postgres) -> None:
        self._connection = opened.connection
        self.query = opened.query

    def interrupt(self) -> None:
        import psycopg

        # A server that can't be reached ends it by its own timeout.
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=2)

    def alive(self) -> bool:
        return not self._connection.closed

    def close(self) -> None:
        self._connection.close()
