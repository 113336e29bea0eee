"""The writer lock on a server: of two runs one waits, and what a dead run held lapses."""

from __future__ import annotations

import subprocess
import sys
import time

import psycopg
import pytest

from conftest import Sandbox, run_crm
from postgres_server import Server


@pytest.fixture(scope="module")
def sandbox(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = Sandbox(tmp_path_factory.mktemp("lock"), postgres.new_database("lock"))
    sandbox.load("manual", [{"id": "1", "occurred_at": "2025-01-01", "event_name": "x"}])
    sandbox.build("--no-test")
    return sandbox


def begun_build(sandbox: Sandbox) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "headless_crm", "build", "--warehouse", sandbox.url]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def test_two_builds_at_a_time_take_turns(sandbox: Sandbox) -> None:
    both = [begun_build(sandbox) for _ in range(2)]
    assert [build.wait(timeout=120) for build in both] == [0, 0]
    with psycopg.connect(sandbox.url) as connection:
        runs = connection.execute(
            "select status, started_at, finished_at from crm.ledger order by stamp desc limit 2"
        ).fetchall()
    (second, second_start, _), (first, _, first_end) = runs
    assert (first, second) == ("done", "done")
    assert first_end <= second_start


def test_functions_that_another_run_replaces_are_waited_for(sandbox: Sandbox) -> None:
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    with psycopg.connect(sandbox.url) as other, psycopg.connect(sandbox.url) as watch:
        watch.autocommit = True
        other.execute("select pg_advisory_xact_lock(6517357, 0)")
        definition = "select pg_get_functiondef('crm.crm_lower_text'::regproc)"
        [(replaced,)] = other.execute(definition).fetchall()
        other.execute(replaced)
        build = begun_build(sandbox)
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
