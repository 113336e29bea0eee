"""PostgreSQL, 15 or newer: a server of the user's own."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

from headless_crm.config import CRM_SCHEMA, environment_with
from headless_crm.errors import CrmError, UnreachableError, UsageError
from headless_crm.queries import queries

_MISSING = (
    "PostgreSQL needs packages that are not installed. "
    "Install them with pip install 'headless-crm[postgres]'."
)

try:
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.pq import Conninfo
except ImportError as missing:
    raise UsageError(_MISSING) from missing

_PROFILE_OPTIONS = (
    "application_name", "connect_timeout", "sslcert", "sslkey", "sslmode", "sslrootcert",
)  # fmt: skip
_IN_PROFILE = {"host", "port", "user", "password", "dbname", *_PROFILE_OPTIONS}
_ENVIRONMENT = {
    one.keyword.decode(): one.envvar.decode() for one in Conninfo.get_defaults() if one.envvar
}
"""By which dbt's driver takes options that a profile has no place for."""


def connect(url: str, read_only: bool = False, connect_seconds: int | None = None) -> Postgres:
    """Connect to the database of `url`, within so many seconds where the user has not said any."""
    options = _options(url)
    said = options.get("connect_timeout") or os.environ.get("PGCONNECT_TIMEOUT")
    place = _place(options)
    session = f"{options.get('options', '')} -c TimeZone=UTC".strip()
    if read_only:
        session += " -c default_transaction_read_only=on"
    try:
        connection = psycopg.connect(
            url, autocommit=True, options=session, connect_timeout=said or connect_seconds
        )
    except psycopg.Error as error:
        why = ". ".join(line.strip() for line in str(error).splitlines() if line.strip())
        for prefix in ("connection failed: ", "connection is bad: "):
            why = why.removeprefix(prefix)
        password = str(options.get("password") or "")
        why = why.replace(password, "…") if password else why
        raise UnreachableError(f"Can't connect to {place}: {why}") from error
    if connection.info.server_version < 150000:
        connection.close()
        raise CrmError(f"{place} is older than PostgreSQL 15. Use 15 or newer.")
    if connection.info.encoding != "utf-8":
        connection.execute("set client_encoding = 'UTF8'")
    return Postgres(connection, place)


def dbt_output(url: str) -> dict[str, Any]:
    """The output of a dbt profile for the database of `url`."""
    try:
        import dbt.adapters.postgres  # noqa: F401
    except ImportError as missing:
        raise UsageError(_MISSING) from missing
    options = _options(url)
    output: dict[str, Any] = {
        "type": "postgres",
        "host": _host(options),
        "port": _port(options),
        "user": _user(options),
        "password": options.get("password") or os.environ.get("PGPASSWORD", ""),
        "dbname": _database(options),
        "schema": CRM_SCHEMA,
        "threads": 2,
    }
    given = {name: options[name] for name in _PROFILE_OPTIONS if options.get(name)}
    if "connect_timeout" in given:
        given["connect_timeout"] = int(given["connect_timeout"])
    return output | given


@contextmanager
def run_of_dbt(url: str, first: bool = False) -> Iterator[None]:
    """Keep a session open and tell dbt's of it: when it is gone, so is the writer lock's holder."""
    told = {
        _ENVIRONMENT[name]: str(value)
        for name, value in _options(url).items()
        if name not in _IN_PROFILE
    }
    with connect(url) as warehouse:
        [(session_id,)] = warehouse.query(queries("writer_session")["mark_session"])
        if first:
            # dbt lists the tables before it waits for the writer lock, and would make them again.
            warehouse.query(queries("writer_session")["wait_for_first_build"])
        # As for other connections, what the URL says stands instead of the environment's.
        session = told.get("PGOPTIONS") or os.environ.get("PGOPTIONS", "")
        told["PGOPTIONS"] = f"{session} -c crm.session_id={session_id}".strip()
        with environment_with(told):
            yield


class Postgres:
    """A connection to a database; `place` names it without its password."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], place: str) -> None:
        self.connection = connection
        self.place = place

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        bound = sql.replace("%", "%%").replace("?", "%s") if parameters else sql
        try:
            cursor = self.connection.execute(bound.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise CrmError(f"{self.place} gave no answer: {_cause(error)}.") from error

    def run_lives(self, session_id: int | None) -> bool:
        # A run that left no session can't be seen: its lock lapses by the clock alone.
        return session_id is None or bool(
            self.query(queries("writer_session")["session_lives"], [session_id])
        )

    def append_new(
        self, schema: str, table: str, rows: Iterable[tuple[str | None, str, datetime]]
    ) -> int:
        holder, target = sql.Identifier(schema), sql.Identifier(schema, table)
        statements = {
            name: sql.SQL(text).format(target=target, schema=holder)
            for name, text in queries("landing_postgres").items()
        }
        try:
            with self.connection.transaction(), self.connection.cursor() as cursor:
                there = cursor.execute(
                    "select to_regnamespace(%s) is not null, to_regclass(%s) is not null",
                    [holder.as_string(), target.as_string()],
                ).fetchone()
                # Who may not create a schema may not say "if not exists" either.
                if there == (False, False):
                    cursor.execute(statements["create_schema"])
                if there != (True, True):
                    cursor.execute(statements["create_source_table"])
                cursor.execute(statements["lock_source_table"])
                cursor.execute(statements["create_landed"])
                with cursor.copy(statements["copy_landed"]) as copy:
                    for number, (key, record, synced_at) in enumerate(rows):
                        copy.write_row((number, _text(key), _text(record), synced_at))
                cursor.execute(statements["analyze_landed"])
                cursor.execute(statements["append_new_rows"])
                return cursor.rowcount
        except psycopg.Error as error:
            why = _cause(error)
            raise CrmError(f"{schema}.{table} of {self.place} took no rows: {why}.") from error


def _text(text: str | None) -> str | None:
    """Half of a surrogate pair, which is no character, becomes a question mark."""
    return text and text.encode(errors="replace").decode()


def _cause(error: psycopg.Error) -> str:
    """The primary message, which names no row; the detail beside it does."""
    return error.diag.message_primary or str(error).splitlines()[0]


def _options(url: str) -> dict[str, Any]:
    """What the URL says; raises UsageError where it can't be read, or dbt can't be given it."""
    # The first @, or a / before it, ends the password; the next error would show its rest as the
    # host, the port or the database. A ? ends nothing before them.
    named, _, place = url.partition("://")[2].partition("@")
    if "@" in place.partition("?")[0]:
        raise UsageError(
            "The warehouse's URL has more than one @. Write %40 for an @ in the user, the password "
            "or the database."
        )
    if place and "/" in named and "?" not in named.partition("/")[2]:
        raise UsageError(
            "The warehouse's URL has an @ behind a /. Write %2F for a / in the user or the "
            "password, and %40 for an @ in the database."
        )
    try:
        options: dict[str, Any] = dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError as error:
        # What the library says holds the URL, and so the password.
        raise UsageError(
            "The warehouse's URL can't be read. "
            "Write postgresql://user:password@host:5432/database, with %40 for an @ and %2F for a "
            "/ in the password, or postgresql:///database?host=/folder/of/socket."
        ) from error
    for name in ("service", "hostaddr"):
        if name in options:
            raise UsageError(
                f"The warehouse's URL names a {name}, {options[name]}, which dbt can't be given. "
                "Write host, port, user and database into the URL instead."
            )
    for name in options.keys() - _IN_PROFILE - _ENVIRONMENT.keys():
        raise UsageError(
            f"The warehouse's URL sets {name}, which dbt can't be given. Leave it out."
        )
    if "," in _host(options):
        raise UsageError(
            f"The warehouse's URL names several hosts, {_host(options)}; dbt takes one. "
            "Name the one that may be written to."
        )
    _port(options)
    if not str(options.get("connect_timeout", 0)).isdecimal():
        raise UsageError(
            f"The warehouse's URL has the connect_timeout {options['connect_timeout']!r}, which is "
            "no number of seconds."
        )
    return options


def _place(options: dict[str, Any]) -> str:
    return f"the database {_database(options)} on {_host(options)}:{_port(options)}"


def _host(options: dict[str, Any]) -> str:
    return str(options.get("host") or os.environ.get("PGHOST", "localhost"))


def _port(options: dict[str, Any]) -> int:
    port = str(options.get("port") or os.environ.get("PGPORT") or 5432)
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 2**16):
        raise UsageError(
            f"{port!r} is no port of a PostgreSQL server. Write a number such as 5432."
        )
    return int(port)


def _database(options: dict[str, Any]) -> str:
    return str(options.get("dbname") or os.environ.get("PGDATABASE") or _user(options))


def _user(options: dict[str, Any]) -> str:
    return str(options.get("user") or os.environ.get("PGUSER") or getpass.getuser())
