"""Who reads while a full refresh runs sees what was before it, or what is after it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
import yaml
from landed import Landed

from conftest import run_crm
from headless_crm.config import Settings
from headless_crm.pipeline import build
from headless_crm.warehouse import dbt_output, run_of_dbt
from postgres_server import Server
from same_rows import Rows, rows_at, schema_of

# Each counts what there must be none of in any one snapshot.
NONE_OF = {
    "memberships of no person": """
        select count(*) from {crm}.memberships
        where person_id not in (select person_id from {crm}.persons)
    """,
    "memberships of no group": """
        select count(*) from {crm}.memberships
        where group_id not in (select group_id from {crm}.groups)
    """,
    "persons without identifiers, or identifiers without a person": """
        select count(*)
        from {crm}.persons as persons
        full join (select distinct person_id from {crm}.resolved_person_identifiers) as ids
            on persons.person_id = ids.person_id
        where persons.person_id is null or ids.person_id is null
    """,
    "persons whose events are counted otherwise than they are": """
        select count(*)
        from {crm}.persons as persons
        where event_count <> (
            select count(distinct events.id)
            from {crm}.person_participants as took_part
            inner join {crm}.events as events on took_part.event_id = events.id
            where took_part.person_id = persons.person_id
        )
    """,
}


class Reader(threading.Thread):
    """Takes snapshots until it is stopped; what was wrong in them, and the states that it saw."""

    def __init__(self, connection: Any, schema: str) -> None:
        super().__init__()
        self.connection, self.schema = connection, schema
        self.tables: set[str] = set()
        self.tables = {name for name in self.state() if not name.endswith("_raw")}
        self.before = self.state()
        self.states = [self.before]
        self.snapshots: list[int] = []
        """How many snapshots showed each of the states."""
        self.snapshots.append(1)
        self.wrong: list[str] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.look()
                time.sleep(0.02)
            self.look()
        except Exception as error:  # A table that is gone is what this is about.
            self.wrong.append(str(error))

    def look(self) -> None:
        state = self.state()
        if state == self.states[-1]:
            self.snapshots[-1] += 1
        else:
            self.states.append(state)
            self.snapshots.append(1)

    def state(self) -> Rows:
        self.connection.execute("begin")
        state = rows_at(self.connection, self.schema, self.tables or None)
        for what, sql in NONE_OF.items():
            [(count,)] = self.connection.execute(sql.format(crm=self.schema)).fetchall()
            if count:
                self.wrong.append(f"{count} {what}")
        self.connection.execute("commit")
        return state


@contextmanager
def reading(connection: Any, schema: str) -> Iterator[Reader]:
    with connection:
        reader = Reader(connection, schema)
        reader.start()
        try:
            yield reader
        finally:
            reader.stopping.set()
            reader.join()


def differing(before: Rows, after: Rows) -> list[str]:
    return [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]


def check(reader: Reader) -> None:
    assert reader.wrong == []
    changed = [differing(*pair) for pair in itertools.pairwise(reader.states)]
    assert len(changed) == 1, (reader.snapshots, changed[:-1])
    before, after = reader.states
    assert before.keys() == after.keys() == reader.tables
    for table in ("events", "persons", "groups", "memberships"):
        assert before[table] != after[table]
    assert reader.snapshots[0] > 5


def test_readers_of_postgres(tmp_path: Path, postgres: Server) -> None:
    landed = Landed(tmp_path, postgres, "--no-test")
    url = landed.sandbox.url
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("set default_transaction_isolation = 'repeatable read'")
    with reading(connection, schema_of(url)) as reader:
        done = run_crm("build", "--full-refresh", "--no-test", "--warehouse", url)
    assert done.returncode == 0, done.stderr
    check(reader)


def test_readers_of_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the process that builds, since it alone owns the file.

    By a profile: with a URL the build itself opens the file once more, which the engine allows to
    one database of a process at a time.
    """
    landed = Landed(tmp_path, None, "--no-test")
    url = landed.sandbox.url
    profile = {"headless_crm": {"target": "crm", "outputs": {"crm": dbt_output(url)}}}
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump(profile))
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))
    with run_of_dbt(url):
        connection = duckdb.connect(str(landed.sandbox.file))
        with reading(connection, schema_of(url)) as reader:
            build(Settings(profile="headless_crm"), full_refresh=True, tests=False)
    check(reader)
