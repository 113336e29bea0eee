"""Single events on DuckDB: a connection of this process, which owns the file."""

from __future__ import annotations

import itertools
import re
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

_BY_CONTENT = "statistics_propagation,compressed_materialization"
_TRANSACTIONS = 100
"""How many a session lasts: each leaves some two MB in its temporary tables."""


def open_session(url: str, compiled: Compiled) -> DuckDBSession:
    if not path_of(url).is_file():
        raise CrmError(f"{path_of(url)} does not exist. Load files and run crm build first.")
    requested = [step.requested for step in compiled.steps if step.requested]
    return DuckDBSession(connect(url).connection, "warehouse", requested)


class DuckDBSession:
    """The engine takes longer to plan a model's select than to execute it: so all is prepared.

    A plan lasts as long as its tables do. Therefore the temporary tables are made once, and filled
    and emptied.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, database: str, requested: Sequence[str]
    ) -> None:
        self.connection, self.database = connection, database
        self.numbers = itertools.count()
        self.transactions = 0
        self.sizes: dict[str, int] = {}
        self.connection.execute(f"use {quoted(database, CRM_SCHEMA)}")
        self.connection.execute("set timezone = 'UTC'")
        for table in requested:
            self.connection.execute(f"create temp table {table} (id varchar)")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        except BaseException as error:
            self.connection.rollback()
            # What the temporary tables hold was rolled back as well.
            self.sizes = dict.fromkeys(self.sizes, 1)
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
        self.query(f"delete from {table}")
        self.query(f"insert into {table} select unnest(:ids)", ids=list(ids))

    def prepare(self, statements: Sequence[Statement], kept: Sequence[str] = ()) -> PreparedSQL:
        made = [item.table for item in statements if isinstance(item, TemporaryTable)]
        for item in statements:
            if isinstance(item, TemporaryTable) and item.table not in self.sizes:
                self.query(
                    f"create temp table {item.table} as "
                    f"select * from ({item.select}) as rows limit 0"
                )
                self.sizes[item.table] = 0
        return PreparedSQL(self, [self.prepared(item, made) for item in statements], set(kept))

    def prepared(self, item: Statement, made: list[str]) -> PreparedStatement:
        name = f"statement_{next(self.numbers)}"
        if isinstance(item, TemporaryTable):
            sql = f"insert into {item.table} {item.select}"
            return PreparedStatement(self, name, sql, item.table, [])
        out_of = [table for table in made if re.search(rf"\b{table}\b", item)]
        return PreparedStatement(self, name, item, None, out_of)

    def tidy(self) -> bool:
        """Of a temporary table, memory for rows that were deleted is given back with it alone."""
        self.transactions += 1
        return self.transactions < _TRANSACTIONS

    def close(self) -> None:
        self.connection.close()


@dataclass(frozen=True)
class PreparedStatement:
    """`fills` is the temporary table that it makes the rows of; a change of a table that stays
    comes `out_of` others.

    It is planned when it is first executed: a plan from before a table was made would be made anew
    at each execution. And it is planned without regard to what the tables hold, since the engine
    keeps the plan when that changes: it leaves out a table that was empty, or whose keys met no
    other's.
    """

    session: DuckDBSession
    name: str
    sql: str
    fills: str | None
    out_of: list[str]

    def __call__(self) -> int:
        # Planned anew each time: a plan that was kept lost rows when the tables had changed.
        [(rows,)] = self.session.connection.execute(self.session.placed(self.sql)).fetchall()
        return int(rows)


@dataclass(frozen=True)
class PreparedSQL:
    session: DuckDBSession
    statements: list[PreparedStatement]
    kept: set[str]

    def __call__(self) -> int:
        session, sizes = self.session, self.session.sizes
        written = 0
        for number, statement in enumerate(self.statements):
            if statement.fills:
                # Others write to what is kept for them.
                if sizes[statement.fills] or statement.fills in self.kept:
                    session.connection.execute(f"delete from {statement.fills}")
                rows = statement()
                sizes[statement.fills] = rows
                if not (rows or number) and statement.fills.endswith("__scope"):
                    return 0
            else:
                written += statement()
        return written
