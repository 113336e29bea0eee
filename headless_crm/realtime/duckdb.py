"""Single events on DuckDB: a connection of this process, which owns the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from headless_crm.config import CRM_SCHEMA
from headless_crm.errors import CrmError
from headless_crm.queries import quoted
from headless_crm.realtime.compiled import Compiled, Statement, TemporaryTable
from headless_crm.realtime.session import Failed, Interrupted, Rows, marked
from headless_crm.warehouse.duckdb import connect, path_of


def open_session(url: str, compiled: Compiled, batch: bool = False) -> DuckDBSession:  # noqa: ARG001
    if not path_of(url).is_file():
        raise CrmError(f"{path_of(url)} does not exist. Load files and run crm build first.")
    return DuckDBSession(connect(url).connection, "warehouse")


class DuckDBSession:
    """Executes a model's statements one by one, each planned anew.

    Plans that were kept would be faster, but lost rows: the engine leaves out of a plan what was
    empty when it was made.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, database: str) -> None:
        self.connection, self.database = connection, database
        self.connection.execute(f"use {quoted(database, CRM_SCHEMA)}")
        self.connection.execute("set timezone = 'UTC'")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        except BaseException as error:
            self.connection.rollback()
            if isinstance(error, duckdb.TransactionException | duckdb.InterruptException):
                raise Interrupted(type(error).__name__) from error
            if isinstance(error, duckdb.Error):
                raise Failed(type(error).__name__) from error
            raise
        self.connection.commit()

    def query(self, sql: str, **values: Any) -> Rows:
        placed = self.placed(sql)
        text, names = marked(placed, "${}") if values else (placed, ())
        return self.connection.execute(text, {name: values[name] for name in names}).fetchall()

    def placed(self, sql: str) -> str:
        return sql.replace(":database", quoted(self.database))

    def request(self, table: str, ids: Sequence[str]) -> None:
        sql = f"create or replace temp table {table} as select unnest(:ids) as id"
        self.query(sql, ids=list(ids))

    def prepare(self, statements: Sequence[Statement], kept: Sequence[str] = ()) -> PreparedSQL:  # noqa: ARG002
        return PreparedSQL(self, tuple(statements))

    def tidy(self) -> None: ...  # A temporary table that is replaced leaves nothing.

    def close(self) -> None:
        self.connection.close()


@dataclass(frozen=True)
class PreparedSQL:
    session: DuckDBSession
    statements: tuple[Statement, ...]

    def __call__(self) -> int:
        written = 0
        for number, item in enumerate(self.statements):
            if isinstance(item, TemporaryTable):
                sql = f"create or replace temp table {item.table} as {item.select}"
                [(rows,)] = self.session.query(sql)
                if not (rows or number) and item.table.endswith("__scope"):
                    return 0  # Nothing is touched.
            else:
                [(rows,)] = self.session.query(item)
                written += rows
        return written
