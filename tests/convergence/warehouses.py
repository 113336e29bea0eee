"""Small warehouses that run the compiled SQL: DuckDB in memory, and databases of a real server."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg
from compiled import OPERATIONAL, Project
from landings import TABLES, Landing

from headless_crm.queries import queries
from postgres_server import Server

Rows = list[tuple[Any, ...]]

RULES = ("crm.generic_domains", "raw.identifier_limits", "raw.identifier_links")
"""Tables that say how identifiers are resolved, and of which an incremental run follows changes."""

OPTIMIZERS = ("deliminator", "expression_rewriter", "filter_pushdown", "unnest_rewriter")
"""What DuckDB needs to make joins of conditions, and of subqueries."""


class Died(Exception):  # noqa: N818
    """The run was killed; what its transaction had not committed is gone."""


class Engine(Protocol):
    project: Project

    def execute(self, sql: str, parameters: list[Any] | None = None) -> Rows: ...
    def empty(self) -> Engine:
        """Another one, with seeds and source tables, and no row."""
        ...

    def copy(self) -> Engine:
        """Another one with all that this one holds, which is only copied from now on."""
        ...

    def die(self) -> None:
        """Drop the connection in the middle of whatever it does, and open another."""
        ...

    def close(self) -> None: ...


class DuckDB:
    def __init__(self, project: Project, template: Path, contents: Path | None = None) -> None:
        self.project, self.template = project, template
        self.connection = duckdb.connect(config={"threads": 1})
        self.execute("attach ':memory:' as warehouse")
        self.execute(f"attach '{contents or template}' as template (read_only)")
        self.execute("copy from database template to warehouse")
        self.execute("detach template")
        self.execute("use warehouse")
        self.execute("set timezone = 'UTC'")
        # Of a few rows, most optimizers take longer than what they spare. dbt's builds have them.
        named = self.execute("select name from duckdb_optimizers()")
        left_out = ",".join(name for (name,) in named if name not in OPTIMIZERS)
        self.execute(f"set disabled_optimizers = '{left_out}'")

    def execute(self, sql: str, parameters: list[Any] | None = None) -> Rows:
        return self.connection.execute(sql, parameters or []).fetchall()

    def empty(self) -> DuckDB:
        return DuckDB(self.project, self.template)

    def copy(self) -> DuckDB:
        return DuckDB(self.project, self.template, self.saved)

    @cached_property
    def saved(self) -> Path:
        file = self.template.with_name("saved.duckdb")
        self.execute(f"attach '{file}' as saved")
        self.execute("copy from database warehouse to saved")
        self.execute("detach saved")
        return file

    def die(self) -> None:
        self.connection.rollback()

    def close(self) -> None:
        self.connection.close()


class Postgres:
    numbers = itertools.count()

    def __init__(
        self, project: Project, server: Server, template: str, contents: str | None = None
    ) -> None:
        self.project, self.server, self.template = project, server, template
        self.name = f"{template}_{next(self.numbers)}"
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            sql = f"create database {self.name} template {contents or template}"
            connection.execute(sql.encode())
        self._connect()

    def _connect(self) -> None:
        self.connection = psycopg.connect(self.server.url(self.name), autocommit=True)
        [(session_id,)] = self.execute(queries("writer_session")["mark_session"])
        self.connection.execute(f"set crm.session_id = '{session_id}'".encode())

    def execute(self, sql: str, parameters: list[Any] | None = None) -> Rows:
        cursor = self.connection.execute(sql.encode(), parameters)
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []

    def empty(self) -> Postgres:
        return Postgres(self.project, self.server, self.template)

    def copy(self) -> Postgres:
        self.connection.close()  # A database that somebody is in can't be copied.
        return Postgres(self.project, self.server, self.template, self.name)

    def die(self) -> None:
        self.connection.close()
        self._connect()

    def close(self) -> None:
        self.connection.close()
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"drop database {self.name} with (force)".encode())


class Warehouse:
    """Runs models on an engine as dbt does: each in a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.project = engine, engine.project
        self.budget: int | None = None
        self.die_before: str | None = None
        self.runs = 0
        self.tables: set[str] = set()
        self.made = 0
        self.begun: dict[str, int] = {}
        """How many statements the last run had made when it came to each model."""

    def copy(self) -> Warehouse:
        other = Warehouse(self.engine.copy())
        other.runs, other.tables = self.runs, set(self.tables)
        return other

    def land(self, row: Landing) -> None:
        mark = "?" if isinstance(self.engine, DuckDB) else "%s"
        self.engine.execute(
            f"insert into raw.{TABLES[row.source]} (id, record, synced_at) "
            f"values ({mark}, {mark}, {mark})",
            [row.key, row.record, row.synced_at],
        )

    def run(
        self,
        layer: str | None = None,
        full: bool = False,
        die_after: int | None = None,
        die_before: str | None = None,
    ) -> None:
        """A run of all models, or of one layer; killed before its n-th statement, or a model."""
        self.budget, self.made, self.die_before = die_after, 0, die_before
        try:
            with self.lock("full" if full else "batch"):
                built = [
                    name
                    for name in self.project.order
                    if layer in (None, self.project.layers[name]) and self.build(name, full)
                ]
                if built:
                    self.publish(built)
                self.transaction([self.project.models[name]["prune"] for name in self.tables_built])
        except Died:
            self.engine.die()
        finally:
            self.budget = None

    @contextmanager
    def lock(self, kind: str) -> Iterator[None]:
        self.runs += 1
        holder = f"run-{self.runs}"
        sql = {
            part: [
                statement.replace(":holder", f"'{holder}'").replace(":kind", f"'{kind}'")
                for statement in self.project.steps[part]
            ]
            for part in ("state", "lock", "unlock")
        }
        self.engine.execute("create schema if not exists crm_removed")
        for _ in range(50):
            self.transaction([*sql["state"], *sql["lock"]])
            if self.engine.execute("select holder from crm.writer_lock") == [(holder,)]:
                break
            time.sleep(0.1)  # A server takes a moment to see that a session is gone.
        else:
            raise AssertionError("the lock of a dead run stays")
        self.tables = {
            row[0]
            for row in self.engine.execute(
                "select table_name from information_schema.tables where table_schema = 'crm'"
            )
        }
        for table in [table for table in self.tables if table.endswith("__next")]:
            self.engine.execute(f"drop table crm.{table}")
            self.tables.remove(table)
        yield
        self.transaction(sql["unlock"])

    @property
    def tables_built(self) -> list[str]:
        return [name for name in self.project.order if name in self.tables]

    def build(self, name: str, full: bool) -> bool:
        """Build a model; true if a table beside the live one waits to be published."""
        self.begun[name] = self.made
        step = self.project.models[name]
        exists = name in self.tables
        with self.in_transaction():
            if name == self.die_before:
                raise Died
            if not exists or (full and not step["appends"]):
                self.build_whole(name, step, beside=exists)
                return exists
            self.delta(name, step)
            return False

    def build_whole(self, name: str, step: dict[str, Any], beside: bool) -> None:
        def beside_live(sql: str) -> str:
            for other in step["depends_on"]:
                if other not in self.project.reads_source and f"{other}__next" in self.tables:
                    relation = self.project.models[other]["relation"]
                    sql = sql.replace(relation, f'"crm"."{other}__next"')
            return sql

        if "contraction" in step:
            self.contract(step, beside_live(self.project.selects["create"][name]))
        for sql in self.project.with_select(name, step["next" if beside else "create"], "create"):
            self.statement(beside_live(sql))
        self.tables.add(f"{name}__next" if beside else name)

    def delta(self, name: str, step: dict[str, Any]) -> None:
        if "contraction" in step:
            for sql in self.project.with_select(name, step["start"], "delta"):
                self.statement(sql)
            self.contract(step, step["pairs"])
            changes = step["changes"] + step["absorbed"]
        else:
            for sql in step["scope"] + step["scope_index"]:
                self.statement(sql)
            changed = not step["scope"] or self.statement(step["scope_size"]) != [(0,)]
            changes = step["changes"] if changed else []
            changes = self.project.with_select(name, changes, "delta") + step["absorbed"]
        for sql in changes:
            self.statement(sql)

    def contract(self, step: dict[str, Any], edges: str) -> None:
        for sql in step["contraction"]["start"]:
            self.statement(sql.replace(":edges", edges))
        done = []
        for round_ in step["contraction"]["rounds"]:
            if self.statement(round_["edges_left"]) == [(0,)]:
                break
            for sql in round_["contract"]:
                self.statement(sql)
            done.append(round_)
        for round_ in reversed(done):
            self.statement(round_["compose"])

    def publish(self, names: list[str]) -> None:
        self.transaction([sql for name in names for sql in self.project.models[name]["publish"]])

    def transaction(self, statements: list[str]) -> None:
        with self.in_transaction():
            for sql in statements:
                self.statement(sql)

    @contextmanager
    def in_transaction(self) -> Iterator[None]:
        self.engine.execute("begin")
        yield
        self.engine.execute("commit")

    def statement(self, sql: str) -> Rows:
        if self.budget is not None:
            self.budget -= 1
            if self.budget < 0:
                raise Died
        self.made += 1
        return self.engine.execute(sql)

    def rows(self, table: str) -> Rows:
        columns = [c for c in self.project.models[table]["columns"] if c not in OPERATIONAL]
        listed = ", ".join(f'cast("{name}" as varchar)' for name in columns)
        return self.engine.execute(f"select {listed} from crm.{table}")

    def built_anew(self) -> Warehouse:
        """What a first build of the same raw rows gives in an empty warehouse."""
        other = Warehouse(self.engine.empty())
        for table in RULES:
            other.engine.execute(f"delete from {table}")
            self.copy_rows(table, other)
        with other.lock("batch"):
            for name in self.project.order:
                with other.in_transaction():
                    other.build_whole(name, self.project.models[name], beside=False)
                if name in self.project.reads_source:
                    self.copy_rows(f"crm.{name}", other)
        return other

    def copy_rows(self, table: str, other: Warehouse) -> None:
        rows = self.engine.execute(f"select * from {table}")
        mark = "?" if isinstance(self.engine, DuckDB) else "%s"
        # One by one, the 175 generic domains alone would be a fifth of a first build.
        places = ", ".join(f"({', '.join(mark for _ in row)})" for row in rows)
        if rows:
            other.engine.execute(f"insert into {table} values {places}", [*itertools.chain(*rows)])
