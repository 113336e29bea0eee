"""The writer lock on a server: of two runs one waits, and what a dead run held lapses."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from conftest import Sandbox, run_crm
from postgres_server import Server

SALTED = "{identifier_salt: s}"
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"


def begun_build(url: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "headless_crm", "build", "--json", "--warehouse", url]
    return subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_until_waiting(url: str, build: subprocess.Popen[str], number: int = 1) -> None:
    """Until that build is one of a number of sessions that wait for a lock."""
    with psycopg.connect(url, autocommit=True) as watch:
        while watch.execute(WAITING).fetchall() != [(number,)]:
            assert build.poll() is None
            time.sleep(0.1)


@pytest.fixture(scope="module")
def first_builds(
    postgres: Server, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Sandbox, list[dict[str, Any]]]:
    """What builds made at a time, of which none found a table, and what each told."""
    sandbox = Sandbox(tmp_path_factory.mktemp("lock"), postgres.new_database("lock"))
    sandbox.load("manual", [{"id": "1", "occurred_at": "2025-01-01", "event_name": "x"}])
    salted = ("--no-test", "--vars", SALTED)
    builds: list[subprocess.Popen[str]] = []
    with psycopg.connect(sandbox.url) as other:
        other.execute("select pg_advisory_xact_lock(6517357, -1)")
        for options in (("--no-test",), (), salted):
            builds.append(begun_build(sandbox.url, *options))
            wait_until_waiting(sandbox.url, builds[-1], len(builds))
    told = [build.communicate(timeout=120)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0]
    return sandbox, [json.loads(text) for text in told]


@pytest.fixture
def sandbox(first_builds: tuple[Sandbox, list[dict[str, Any]]]) -> Sandbox:
    return first_builds[0]


def test_builds_at_a_time_take_turns(sandbox: Sandbox) -> None:
    with psycopg.connect(sandbox.url) as connection:
        runs = connection.execute(
            "select status, started_at, finished_at from crm.ledger order by stamp limit 3"
        ).fetchall()
        noted = connection.execute(
            "select recipe is not null, ledger.xmin = writer_lock.xmin "
            "from crm.ledger, crm.writer_lock order by ledger.stamp desc limit 1"
        ).fetchall()
    assert [status for status, *_ in runs] == ["done"] * 3
    assert all(end <= start for (*_, end), (_, start, _) in pairwise(runs))
    assert noted == [(True, True)], "what made the rows is told by the time the lock is free"


def test_a_first_build_that_waited_for_another_is_one_like_any_later(
    first_builds: tuple[Sandbox, list[dict[str, Any]]],
) -> None:
    sandbox, told = first_builds
    with psycopg.connect(sandbox.url) as connection:
        runs = connection.execute(
            "select kind, recipe is not null from crm.ledger order by stamp limit 3"
        ).fetchall()
    assert runs == [("batch", True), ("batch", False), ("full", True)]
    assert [(one["tests"], one["rebuilt"]) for one in told] == [(0, False), (0, False), (0, True)]


def test_functions_that_another_run_replaces_are_waited_for(sandbox: Sandbox) -> None:
    with psycopg.connect(sandbox.url) as other:
        other.execute("select pg_advisory_xact_lock(6517357, 0)")
        definition = "select pg_get_functiondef('crm.crm_lower_text'::regproc)"
        [(replaced,)] = other.execute(definition).fetchall()
        other.execute(replaced)
        build = begun_build(sandbox.url, "--no-test", "--vars", SALTED)
        wait_until_waiting(sandbox.url, build)
        other.commit()
        build.communicate(timeout=120)
        assert build.returncode == 0


def test_rows_that_another_run_made_anew_are_not_added_to(sandbox: Sandbox) -> None:
    """A run with other --vars holds the lock, for which this one waits: it knew the rows before."""
    latest = "where stamp = (select max(stamp) from crm.ledger where recipe is not null)"
    with psycopg.connect(sandbox.url) as other:
        [(noted,)] = other.execute(f"select recipe from crm.ledger {latest}").fetchall()
        other.execute("select holder from crm.writer_lock for update")
        build = begun_build(sandbox.url, "--no-test", "--vars", SALTED)
        wait_until_waiting(sandbox.url, build)
        other.execute(f"update crm.ledger set recipe = 'another' {latest}")
        other.commit()
        _, told = build.communicate(timeout=120)
        assert build.returncode == 1
        assert "Another run made all rows anew since this one began" in told
        assert other.execute("select holder from crm.writer_lock").fetchall() == [(None,)]
        other.execute(f"update crm.ledger set recipe = %s {latest}", [noted])


@pytest.mark.usefixtures("own_cache")
def test_a_lock_that_no_session_stands_behind_lapses_by_the_clock(sandbox: Sandbox) -> None:
    def hold(minutes: int) -> None:
        with psycopg.connect(sandbox.url, autocommit=True) as connection:
            connection.execute(
                "update crm.writer_lock set holder = 'plain-dbt', kind = 'batch', "
                "session_id = null, "
                "renewed_at = (now() at time zone 'UTC') - %s * interval '1 minute'",
                [minutes],
            )

    hold(minutes=5)
    hasty = "{identifier_salt: s, lock_wait_seconds: 1}"
    done = run_crm("build", "--vars", hasty, "--warehouse", sandbox.url)
    assert done.returncode == 1
    assert "Another run is writing to this warehouse: batch, since" in done.stderr
    assert "Traceback" not in done.stderr
    hold(minutes=61)
    sandbox.build("--vars", hasty)
