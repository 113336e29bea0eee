"""Single events on PostgreSQL: a connection with all statements prepared; or a batch of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg

from headless_crm.config import CRM_SCHEMA
from headless_crm.realtime.compiled import Statement, TemporaryTable
from headless_crm.realtime.session import Failed, Interrupted, Prepared, Rows, marked
from headless_crm.warehouse.postgres import connect

_SEARCH_PATH = f"set search_path = {CRM_SCHEMA}"
_SETTINGS = (
    _SEARCH_PATH,
    "set statement_timeout = '60s'",
    # Rows are few and found by indexes. The plans are made before any is there, and kept.
    "set plan_cache_mode = force_generic_plan",
    "set random_page_cost = 0.1",
    "set enable_seqscan = off",
    # By default a row by its key seems as dear as 40 rows of an index that is read whole, and takes
    # as long as ten: a table of tens of thousands of rows would be read for a few.
    "set cpu_operator_cost = 0.0005",
    "set jit = off",
)

# A function that gives back what it is given; `rows` is what the planner takes that for.
_FEW_OR_MANY = """
create function pg_temp.{name}(text[]) returns setof text rows {rows}
language plpgsql as $function$ begin return query select unnest($1); end $function$
"""
_FEW, _MANY = 50, 150
_TRANSACTIONS = 500
"""After how many the temporary tables are truncated."""
_MANY_EVENTS = 10
"""A transaction for more events is planned for many rows: fewer than 250 events may touch, since of
more the planner would read the whole index of a table that is not large.
"""


def open_session(url: str, batch: bool = False) -> PostgresSession:
    connection = connect(url).connection
    if batch:
        return BatchSession(connection)
    connection.prepare_threshold = 0
    connection.prepared_max = None
    return PostgresSession(connection)


class PostgresSession:
    """For few rows at a time.

    A model's statements are one, so that the server plans it once and is asked once. What they
    would leave in temporary tables is in its with clause. A temporary table that other statements
    read is made once for the connection, and emptied before it is filled.
    """

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.connection = connection
        self.tables: set[str] = set()
        self.many = False
        self.transactions = 0
        self.set_up()

    def set_up(self) -> None:
        functions = [
            _FEW_OR_MANY.format(name=name, rows=rows)
            for name, rows in (("few", _FEW), ("many", _MANY))
        ]
        for sql in (*_SETTINGS, *functions):
            self.connection.execute(sql.encode(), prepare=False)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.many = False
        try:
            with self.connection.transaction():
                yield
        except psycopg.Error as error:
            kind = Interrupted if _is_the_server_s(error) else Failed
            raise kind(type(error).__name__) from error

    def query(self, sql: str, **values: Any) -> Rows:
        placed = sql.replace(":database.", "")
        text, names = marked(placed, "%({})s") if values else (placed, ())
        cursor = self.connection.execute(
            text.encode(), {name: values[name] for name in names} if names else None
        )
        return cursor.fetchall() if cursor.description else []

    def create_table(self, name: str, select: str) -> None:
        """The planner thinks of it that it has few rows."""
        if name not in self.tables:
            self.query(f"create temporary table {name} as {select} limit 1")
            self.query(f"analyze {name}")
            self.query(f"delete from {name}")
            self.tables.add(name)

    def request(self, table: str, ids: Sequence[str]) -> None:
        self.many |= len(ids) > _MANY_EVENTS
        self.query(f"delete from {table}")
        self.query(f"insert into {table} select unnest(cast(:ids as text[]))", ids=list(ids))

    def prepare(self, statements: Sequence[Statement], kept: Sequence[str] = ()) -> Prepared:
        if kept:
            for item in statements:
                if isinstance(item, TemporaryTable):
                    self.create_table(item.table, f"select * from ({item.select}) as made")
        few, many = (
            _as_one(statements, kept, name).replace(":database.", "").encode()
            for name in ("few", "many")
        )
        return PreparedSQL(self, few, many)

    def question(self, sql: str) -> Callable[[], Rows]:
        """The driver prepares what it has executed a few times."""
        return partial(self.query, sql)

    def tidy(self) -> None:
        """Deleted rows of a temporary table stay in it: no server process sees to those."""
        self.transactions += 1
        if self.transactions % _TRANSACTIONS == 0:
            with self.transaction():
                self.query(f"truncate {', '.join(sorted(self.tables))}")

    def close(self) -> None:
        self.connection.close()


@dataclass(frozen=True)
class PreparedSQL:
    session: PostgresSession
    few: bytes
    many: bytes

    def __call__(self) -> int:
        sql = self.many if self.session.many else self.few
        if not sql:
            return 0
        [(written,)] = self.session.connection.execute(sql).fetchall()
        return int(written)


class BatchSession(PostgresSession):
    """For as many rows as there are: statements are executed, and planned, as in a build."""

    def set_up(self) -> None:
        # The two last are what the macro plan_by_index sets for a delta.
        for sql in (_SEARCH_PATH, "set random_page_cost = 1.1", "set jit = off"):
            self.connection.execute(sql.encode())

    def prepare(self, statements: Sequence[Statement], kept: Sequence[str] = ()) -> Prepared:  # noqa: ARG002
        return OneByOne(self, tuple(statements))


@dataclass(frozen=True)
class OneByOne:
    session: BatchSession
    statements: tuple[Statement, ...]

    def __call__(self) -> int:
        written = 0
        for number, item in enumerate(self.statements):
            if not isinstance(item, TemporaryTable):
                written += self.execute(item)
                continue
            self.execute(f"drop table if exists pg_temp.{item.table}")
            rows = self.execute(f"create temporary table {item.table} as {item.select}")
            if item.is_scope:
                if not (rows or number):
                    return 0  # Nothing is touched.
                self.execute(f"create index on {item.table} (scope_key)")
            self.execute(f"analyze {item.table}")
        return written

    def execute(self, sql: str) -> int:
        return self.session.connection.execute(sql.replace(":database.", "").encode()).rowcount


def _is_the_server_s(error: psycopg.Error) -> bool:
    """Whether no event is to blame: an operational error, but for a value that is too large.

    The latter are class 54 of PostgreSQL's error codes.
    """
    too_large = (error.sqlstate or "").startswith("54")
    return isinstance(error, psycopg.OperationalError) and not too_large


def _as_one(statements: Sequence[Statement], kept: Sequence[str], size: str) -> str:
    """Statements as one, which returns how many rows they wrote and deleted.

    The planner would take a scope for one row, and join the rows that belong to it by loops within
    loops; taken for many, it would read whole indexes for one. So it is told the `size`.

    All parts of a statement see the tables as they were before it. So do these in any case: each
    changes a table once, and none reads what an earlier one changed.
    """
    parts, changes = [], []
    for number, item in enumerate(statements):
        if isinstance(item, TemporaryTable):
            select = item.select
            if item.is_scope:
                select = f"select scope_key from pg_temp.{size}(array({select})) as scope_key"
            parts.append(f"{item.table} as materialized ({select})")
            if item.table in kept:
                table = f"pg_temp.{item.table}"
                parts.append(f"emptied_{number} as (delete from {table})")
                parts.append(f"filled_{number} as (insert into {table} select * from {item.table})")
        else:
            parts.append(f"change_{number} as ({item} returning 1)")
            changes.append(f"(select count(*) from change_{number})")
    if not parts:
        return ""
    return f"with {', '.join(parts)} select {' + '.join(changes) or '0'}"
