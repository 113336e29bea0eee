"""The warehouses' engines, one interface: for tests of the SQL that the macros render."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import duckdb
import psycopg

from macros import render
from postgres_server import Server

ZONE = "Asia/Tokyo"  # No answer may depend on the session's.


class Engine(Protocol):
    dialect: str

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a statement; the rows that it returns, if it does."""
        ...

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Make a table of texts, in place of the one there was."""
        ...

    def render(self, macro: str, *args: Any, **variables: Any) -> Any:
        """What a macro returns for this engine."""
        ...


class DuckDB:
    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        # By way of JSON: the engine takes bound lists a hundred times slower.
        fields = ", ".join(f"row[{at}] as {column}" for at, column in enumerate(columns, 1))
        rows_of_json = """select unnest(from_json(?, '[["varchar"]]')) as row"""
        self.connection.execute(
            f"create or replace table {name} as select {fields} from ({rows_of_json})",
            [json.dumps([list(row) for row in rows])],
        )

    def render(self, macro: str, *args: Any, **variables: Any) -> Any:
        return render(macro, *args, **variables)


class Postgres:
    dialect = "postgres"

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.connection = connection

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(sql.encode())
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        lists = ", ".join("%s::text[]" for _ in columns)
        values = [[row[at] for row in rows] for at in range(len(columns))]
        self.connection.execute(f"drop table if exists {name}".encode())
        self.connection.execute(
            f"create temporary table {name} as "
            f"select * from unnest({lists}) as given ({', '.join(columns)})".encode(),
            values,
        )

    def render(self, macro: str, *args: Any, **variables: Any) -> Any:
        return render(macro, *args, dialect=self.dialect, **variables)


@contextmanager
def duckdb_engine() -> Iterator[Engine]:
    with duckdb.connect() as connection:
        connection.execute(f"set timezone = '{ZONE}'")
        yield DuckDB(connection)


@contextmanager
def postgres_engine(server: Server) -> Iterator[Engine]:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"set timezone = '{ZONE}'".encode())
        connection.execute("set enable_nestloop = off")
        connection.execute("create schema if not exists crm")
        engine = Postgres(connection)
        for sql in engine.render("function_statements"):
            engine.execute(sql)
        yield engine
