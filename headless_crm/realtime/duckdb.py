"""Single events on DuckDB: a connection of this process, which owns the file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import duckdb

from headless_crm.config import CRM_SCHEMA
from headless_crm.errors import CrmError
from headless_crm.queries import quoted
from headless_crm.realtime.compiled import Statement, TemporaryTable
from headless_crm.realtime.session import GROUP_SIZE, Failed, Interrupted, Rows, marked
from headless_crm.warehouse.duckdb import connect, lists_as_texts, path_of

_BY_CONTENT = "statistics_propagation,compressed_materialization"
"""The optimizers that plan by what tables hold, which the next execution may find changed."""
_BY_SIZE = "join_order,build_side_probe_side"
"""Those that would take the few rows that changed for many: without them, what is joined last is
hashed, and the rest looked up by it.
"""
_NO_EVENT_IS_TO_BLAME = (
    duckdb.TransactionException,
    duckdb.InterruptException,
    duckdb.IOException,
    duckdb.FatalException,
)
_TRANSACTIONS = 500
"""After how many the temporary tables are made anew."""


def open_session(url: str, batch: bool = False) -> DuckDBSession:  # noqa: ARG001
    if not path_of(url).is_file():
        raise CrmError(f"{path_of(url)} does not exist. Load files and run crm build first.")
    return DuckDBSession(connect(url).connection, "warehouse")


class DuckDBSession:
    """The engine takes longer to plan a model's select than to execute it: so all is prepared.

    A plan lasts as long as its tables do. Therefore the temporary tables are made once, and filled
    and emptied. And it outlasts what they hold: so it is made by none of it.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, database: str) -> None:
        self.connection, self.database = connection, database
        self.numbers = itertools.count()
        self.sizes: dict[str, int] = {}
        self.transactions = 0
        self.connection.execute(f"use {quoted(database, CRM_SCHEMA)}")
        self.connection.execute("set timezone = 'UTC'")
        # Up to how many keys a join hands on one by one, to be looked up in an index. Of more, it
        # tells the range, for which a table is read.
        self.query("set dynamic_or_filter_threshold = :keys", keys=GROUP_SIZE)
        [(self.threads,)] = self.query("select current_setting('threads')")
        self.plan_without(_BY_CONTENT)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            # The parts of a plan run one after the other: a scan that did not wait for the join
            # that filters it would find the filter of the last execution.
            self.query("set threads = 1")
            self.connection.begin()
            # For steps that look at what others changed in this transaction.
            for table, size in self.sizes.items():
                if size:
                    self.empty(table)
            yield
            self.connection.commit()
        except BaseException as error:
            with suppress(duckdb.Error):  # A commit that failed has rolled back by itself.
                self.connection.rollback()
            # The temporary tables were rolled back as well, or not where the commit failed. Taken
            # for filled, they are emptied in any case.
            self.sizes = dict.fromkeys(self.sizes, 1)
            if isinstance(error, _NO_EVENT_IS_TO_BLAME):
                raise Interrupted(type(error).__name__) from error
            if isinstance(error, duckdb.Error):
                raise Failed(type(error).__name__) from error
            raise

    def plan_without(self, optimizers: str) -> None:
        self.query("set disabled_optimizers = :optimizers", optimizers=optimizers)

    def query(self, sql: str, **values: Any) -> Rows:
        placed = self.placed(sql)
        text, names = marked(placed, "${}") if values else (placed, ())
        bound = {name: values[name] for name in names}
        return self.connection.execute(*lists_as_texts(text, bound)).fetchall()

    def placed(self, sql: str) -> str:
        return sql.replace(":database", quoted(self.database))

    def create_table(self, name: str, select: str) -> None:
        if name not in self.sizes:
            self.query(f"create temp table {name} as select * from ({select}) as rows limit 0")
            self.query(f"prepare empty_{name} as delete from {name}")
            self.sizes[name] = 0

    def empty(self, table: str) -> None:
        self.query(f"execute empty_{table}")
        self.sizes[table] = 0

    def request(self, table: str, ids: Sequence[str]) -> None:
        self.empty(table)
        self.query(f"insert into {table} select unnest(cast(:ids as text[]))", ids=list(ids))

    def prepare(self, statements: Sequence[Statement], kept: Sequence[str] = ()) -> PreparedSQL:
        made = [item for item in statements if isinstance(item, TemporaryTable)]
        for item in made:
            self.create_table(item.table, item.select)
        # Where nothing is touched, or nothing of that has changed, there is no more to do.
        decisive = {item.table for item in made[:1] if item.is_scope} | {
            item.table for item in made[1:] if item.is_changes
        }
        return PreparedSQL(
            self, [self.prepared(item, made) for item in statements], decisive, set(kept)
        )

    def question(self, sql: str) -> Callable[[], Rows]:
        return self.prepared(sql, []).rows

    def prepared(self, item: Statement, made: list[TemporaryTable]) -> PreparedStatement:
        name = f"statement_{next(self.numbers)}"
        if isinstance(item, TemporaryTable):
            sql = f"insert into {item.table} {item.select}"
            if item.is_changes:
                sql += " returning weight"  # Where none is below zero, nothing is gone.
            return PreparedStatement(self, name, sql, item, [])
        out_of = [one.table for one in made if re.search(rf"\b{one.table}\b", item)]
        return PreparedStatement(self, name, item, None, out_of)

    @property
    def generation(self) -> int:
        """How often the temporary tables were made anew: plans from before are no good."""
        return self.transactions // _TRANSACTIONS

    def tidy(self) -> None:
        """Empty the temporary tables, as each transaction does first. Deleted rows stay in them."""
        self.transactions += 1
        with self.transaction():
            if self.transactions % _TRANSACTIONS == 0:
                for name in self.sizes:
                    self.query(f"create or replace temp table {name} as from {name} limit 0")

    def close(self) -> None:
        with suppress(duckdb.Error):  # Of a connection that was lost.
            self.query("set threads = :threads", threads=self.threads)
            self.plan_without("")
        self.connection.close()


@dataclass
class PreparedStatement:
    """`fills` is the temporary table that it makes the rows of; a change of a table that stays
    comes `out_of` others.
    """

    session: DuckDBSession
    name: str
    sql: str
    fills: TemporaryTable | None
    out_of: list[str]
    generation: int = -1

    def __call__(self) -> int:
        [(rows,)] = self.rows()
        return int(rows)

    def rows(self) -> Rows:
        if self.generation != self.session.generation:
            self._plan()
        return self.session.query(f"execute {self.name}")

    def _plan(self) -> None:
        """Not before all temporary tables are there."""
        if self.fills and (self.fills.is_scope or self.fills.is_changes):
            self.session.plan_without(f"{_BY_CONTENT},{_BY_SIZE}")
        self.session.query(f"prepare {self.name} as {self.sql}")
        self.session.plan_without(_BY_CONTENT)
        self.generation = self.session.generation


@dataclass(frozen=True)
class PreparedSQL:
    session: DuckDBSession
    statements: list[PreparedStatement]
    decisive: set[str]
    kept: set[str]

    def __call__(self) -> int:
        session, sizes = self.session, self.session.sizes
        written, is_less = 0, False
        for statement in self.statements:
            if statement.fills:
                table = statement.fills.table
                # Others write to what is kept for them.
                if sizes[table] or table in self.kept:
                    session.empty(table)
                if statement.fills.is_changes:
                    weights = statement.rows()
                    sizes[table], is_less = len(weights), any(weight < 0 for (weight,) in weights)
                elif is_less or not statement.fills.is_gone:
                    sizes[table] = statement()
                if not sizes[table] and table in self.decisive:
                    break
            # A change is made of rows that were found: of none, there is none.
            elif all(sizes[table] for table in statement.out_of):
                written += statement()
        return written
