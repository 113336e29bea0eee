"""The writer lock on a server: of two runs one waits, and what a dead run held lapses."""

from __future__ import annotations

import subprocess
import sys
import time

import psycopg
import pytest

from conftest import Sandbox, run_crm
from postgres_server import Server


def begun_build(url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "headless_crm", "build", "--no-test", "--warehouse", url]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def sandbox(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """What two builds made at a time, of which neither found a table."""
    sandbox = Sandbox(tmp_path_factory.mktemp("lock"), postgres.new_database("lock"))
    sandbox.load("manual", [{"id": "1", "occurred_at": "2025-01-01", "event_name": "x"}])
    both = [begun_build(sandbox.url) for _ in range(2)]
    assert [build.wait(timeout=120) for build in both] == [0, 0]
    return sandbox


def test_two_builds_at_a_time_take_turns(sandbox: Sandbox) -> None:
    with psycopg.connect(sandbox.url) as connection:
        runs = connection.execute(
            "select status, started_at, finished_at from crm.ledger order by stamp limit 2"
        ).fetchall()
        noted = connection.execute(
            "select recipe is not null, ledger.xmin = writer_lock.xmin "
            "from crm.ledger, crm.writer_lock order by ledger.stamp desc limit 1"
        ).fetchall()
    (first, _, first_end), (second, second_start, _) = runs
    assert (first, second) == ("done", "done")
    assert first_end <= second_start
    assert noted == [(True, True)], "what made the rows is told by the time the lock is free"


def test_functions_that_another_run_replaces_are_waited_for(sandbox: Sandbox) -> None:
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    with psycopg.connect(sandbox.url) as other, psycopg.connect(sandbox.url) as watch:
        watch.autocommit = True
        other.execute("select pg_advisory_xact_lock(6517357, 0)")
        definition = "select pg_get_functiondef('crm.crm_lower_text'::regproc)"
        [(replaced,)] = other.execute(definition).fetchall()
        other.execute(replaced)
        build = begun_build(sandbox.url)
        while watch.execute(waiting).fetchall() == [(0,)]:
            assert build.poll() is None
            time.sleep(0.1)
        other.commit()
        assert build.wait(timeout=120) == 0


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
    hasty = "{lock_wait_seconds: 1}"
    done = run_crm("build", "--vars", hasty, "--warehouse", sandbox.url)
    assert done.returncode == 1
    assert "Another run is writing to this warehouse: batch, since" in done.stderr
    assert "Traceback" not in done.stderr
    hold(minutes=61)
    sandbox.build("--vars", hasty)
