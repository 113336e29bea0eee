"""The least that an event could cost on PostgreSQL: to write its rows in a bare transaction.

The rows are those that an event has just written, once more, into the same tables with their
indexes, under a stamp of their own by which they are taken out again. What else an event does is
left out: to read, to delete what its rows supersede, to take the lock and to note the run. So are
the misses of a cache that this very event has filled. The floor is lower than any runner could be.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from headless_crm.realtime.compiled import Compiled

_OWN_STAMP = datetime(9000, 1, 1)


@dataclass(frozen=True)
class _Table:
    read: sql.Composed
    insert: sql.Composed
    delete: sql.Composed


class Floor:
    def __init__(self, url: str, compiled: Compiled) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.prepared_max = None
        stamped = [(step.relation, "_ingested_at") for step in compiled.steps]
        stamped += [(step.removed, "_removed_at") for step in compiled.steps]
        self.tables = [
            self._table(relation.replace(":database.", ""), stamp) for relation, stamp in stamped
        ]
        self.take_out()

    def measure(self) -> tuple[float, int]:
        """Write what the newest event wrote: seconds, and the number of rows."""
        [(stamp,)] = self.connection.execute("select stamp from crm.writer_lock")
        written = [
            (table.insert, self.connection.execute(table.read, [stamp]).fetchall())
            for table in self.tables
        ]
        started = time.perf_counter()
        with self.connection.pipeline(), self.connection.transaction():
            for insert, rows in written:
                for row in rows:
                    self.connection.execute(insert, [_OWN_STAMP, *row], prepare=True)
        seconds = time.perf_counter() - started
        self.take_out()
        return seconds, sum(len(rows) for _, rows in written)

    def take_out(self) -> None:
        with self.connection.transaction():
            for table in self.tables:
                self.connection.execute(table.delete, [_OWN_STAMP])

    def close(self) -> None:
        self.take_out()
        self.connection.close()

    def _table(self, relation: str, stamp: str) -> _Table:
        """All values but the stamp are read and written as text, so that a statement is one."""
        described = self.connection.execute(
            sql.SQL("select * from {} limit 0").format(sql.SQL(relation))
        )
        others = [column.name for column in described.description or () if column.name != stamp]
        named = {
            "table": sql.SQL(relation),
            "stamp": sql.Identifier(stamp),
            "others": sql.SQL(", ").join(map(sql.Identifier, others)),
            "texts": sql.SQL(", ").join(
                sql.SQL("cast({} as text)").format(sql.Identifier(name)) for name in others
            ),
            "values": sql.SQL(", ").join(sql.Placeholder() for _ in others),
        }
        return _Table(
            sql.SQL("select {texts} from {table} where {stamp} = %s").format(**named),
            sql.SQL("insert into {table} ({stamp}, {others}) values (%s, {values})").format(
                **named
            ),
            sql.SQL("delete from {table} where {stamp} = %s").format(**named),
        )
