"""crm status, on warehouses of both kinds that were really built."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from conftest import Sandbox, run_crm, sandbox_of
from headless_crm.queries import queries
from headless_crm.status import read_status
from headless_crm.warehouse import open_warehouse
from postgres_server import Server

DAY = 86_400
MANUAL = "raw.manual_events"


def event(key: str, **fields: Any) -> dict[str, Any]:
    person = {"identifiers": {"email": f"{key}@secret.example"}}
    record = {"occurred_at": "2025-01-01", "event_name": "signed_up", "persons": [person]}
    return {"id": key, "synced_at": "2025-01-02T00:00:00Z", "record": record | fields}


BAD = event("bad", occurred_at="[not] a time")


def status(sandbox: Sandbox) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(sandbox.crm("status", "--json"))
    return report


def source(report: dict[str, Any], table: str = MANUAL) -> dict[str, Any]:
    [found] = [source for source in report["sources"] if source["table"] == table]
    return dict(found)


def counts(report: dict[str, Any], table: str = MANUAL) -> tuple[int, int, int]:
    found = source(report, table)
    return found["landed"], found["taken"], found["pending"]


def change(sandbox: Sandbox, *statements: str) -> None:
    with open_warehouse(sandbox.url) as warehouse:
        for statement in statements:
            warehouse.query(statement)


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """Two good rows and a bad one, built; then a version, a copy and a new row, pending."""
    sandbox = sandbox_of(request.param, request, tmp_path_factory.mktemp("status"), "status")
    sandbox.load("manual", [event("a"), event("b"), BAD])
    assert counts(status(sandbox)) == (3, 0, 3)
    shop = {"id": "7", "updatedAt": "2025-01-01T00:00:00Z", "name": "Tea"}
    sandbox.load("gadget", [{"id": "7", "synced_at": "2025-01-02", "record": shop}])
    sandbox.build("--no-test")
    assert counts(status(sandbox)) == (3, 3, 0)
    same_content = {"id": "c", "synced_at": "2025-01-03", "record": event("a")["record"]}
    later = [event("a", event_name="left"), same_content, event("d"), event("d")]
    sandbox.load("manual", later)
    return sandbox


def test_the_json_tells_all(built: Sandbox) -> None:
    report = status(built)
    assert list(report) == ["built", "runs", "sources", "behind", "lock"]
    [run] = report["runs"]
    assert (run["kind"], run["status"], run["rows"]) == ("batch", "done", 4)
    times = [datetime.fromisoformat(run[name]) for name in ("stamp", "started_at", "finished_at")]
    assert all(time.tzinfo == UTC for time in times)
    assert run["seconds"] == pytest.approx((times[2] - times[1]).total_seconds())
    assert counts(report) == (6, 3, 3)
    manual = source(report)
    assert manual["source"] == "manual"
    assert manual["watermark"] == "2025-01-02T00:00:00Z"
    assert manual["newest_synced_at"] == "2025-01-03T00:00:00Z"
    age = datetime.now(UTC) - datetime(2025, 1, 3, tzinfo=UTC)
    assert manual["lag_seconds"] == pytest.approx(age.total_seconds(), abs=DAY / 24)
    assert list(manual["dead_letters"].values()) == [1]
    assert report["behind"] == {"number": 0, "models": []}
    assert report["lock"] == {"holder": None, "kind": None, "since": None, "renewed_at": None}


def test_a_version_that_the_raw_model_puts_behind_an_id_is_not_pending(built: Sandbox) -> None:
    assert counts(status(built), "raw.gadget_shops") == (1, 1, 0)


def test_a_source_without_rows_has_no_times(built: Sandbox) -> None:
    report = status(built)
    assert counts(report, "raw.gmail_messages") == (0, 0, 0)
    gmail = source(report, "raw.gmail_messages")
    assert (gmail["watermark"], gmail["lag_seconds"], gmail["dead_letters"]) == (None, None, {})


def test_the_text_shows_the_numbers_and_no_personal_data(built: Sandbox) -> None:
    shown = built.crm("status")
    [manual] = [line.split() for line in shown.splitlines() if line.startswith(MANUAL)]
    assert manual[1:6] == ["6", "3", "3", "2025-01-02", "00:00"]
    assert manual[7] == "d"
    assert "raw.shopify_partner_app_events " in shown
    [run] = [line.split() for line in shown.splitlines() if " batch " in line]
    assert (run[3], run[-1]) == ("done", "4")
    [(reason, rows)] = source(status(built))["dead_letters"].items()
    assert f"manual {reason} {rows}" in " ".join(shown.split())
    assert "No model is behind the last run.\nNobody is writing.\n" in shown
    assert "secret" not in shown + built.crm("status", "--json")


def test_events_that_failed_are_counted_until_a_run_has_taken_them(built: Sandbox) -> None:
    failed = "insert into crm.failed_events values ('manual', '{}', 'Interrupted', 1, {}, {})"
    late, early = (f"timestamp '{year}-01-01'" for year in (2999, 2025))
    change(built, *(failed.format(key, at, at) for key, at in (("d", late), ("a", early))))
    report = status(built)
    assert source(report)["failed_events"] == {"Interrupted": 1}
    assert source(report, "raw.gmail_messages")["failed_events"] == {}
    shown = " ".join(built.crm("status").split())
    assert "Failed events source reason events manual Interrupted 1 No model" in shown
    change(built, "delete from crm.failed_events")
    assert "Failed events" not in built.crm("status")


def test_models_behind_the_last_run_are_named(built: Sandbox) -> None:
    back = "update crm.watermarks set absorbed = absorbed {} where model = 'persons'"
    change(built, back.format("- interval '1 day'"))
    assert status(built)["behind"] == {"number": 1, "models": ["persons"]}
    assert "1 model is behind the last run: persons." in built.crm("status")
    change(built, back.format("+ interval '1 day'"))
    assert status(built)["behind"]["number"] == 0


DIES = (
    "insert into crm.ledger (stamp, run_id, kind, started_at, status) "
    "values ('2999-01-01', 'x', 'full', '2999-01-01', 'running')",
    "update crm.writer_lock set holder = 'x', kind = 'full', renewed_at = '2999-01-02'",
)
REVIVES = ("delete from crm.ledger where run_id = 'x'", "update crm.writer_lock set holder = null")


@pytest.fixture
def writing(built: Sandbox) -> Iterator[Sandbox]:
    change(built, *DIES)
    yield built
    change(built, *REVIVES)


def test_a_run_that_left_the_lock_behind_has_died(writing: Sandbox) -> None:
    if "postgresql" in writing.url:
        change(writing, "update crm.writer_lock set session_id = -1")
    report = status(writing)
    assert [run["status"] for run in report["runs"]] == ["died", "done"]
    assert report["lock"]["holder"] is None
    assert report["runs"][0]["seconds"] is None
    assert report["behind"]["number"] == 0


# In DuckDB who lives owns the file: see the test of a warehouse in use.
@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_a_run_that_lives_holds_the_lock(writing: Sandbox) -> None:
    with psycopg.connect(writing.url) as session:
        [(pid,)] = session.execute(queries("writer_session")["mark_session"]).fetchall()
        change(writing, f"update crm.writer_lock set session_id = {pid}")
        report = status(writing)
        shown = writing.crm("status")
    assert [run["status"] for run in report["runs"]] == ["running", "done"]
    assert report["lock"] == {
        "holder": "x",
        "kind": "full",
        "since": "2999-01-01T00:00:00Z",
        "renewed_at": "2999-01-02T00:00:00Z",
    }
    assert "A full run is writing since 2999-01-01 00:00:00: x" in shown


def test_a_run_that_took_the_lock_over_leaves_the_other_dead(writing: Sandbox) -> None:
    change(writing, "update crm.writer_lock set holder = 'y', session_id = null")
    assert status(writing)["runs"][0]["status"] == "died"


def test_a_row_that_was_lost_beside_another_of_the_same_content_is_found(built: Sandbox) -> None:
    """One that landed too late to be taken: all that tells it from the other is its id."""
    assert "Rows of manual" not in built.crm("build", "--test", "--json")
    record = event("a")["record"]
    built.load("manual", [{"id": "lost", "synced_at": "2024-01-01", "record": record}])
    told = json.loads(built.crm("build", "--test", "--json"))["warnings"]
    assert [warning.partition(" are ")[0] for warning in told] == ["Rows of manual"]
    assert source(status(built))["pending"] == 1


def test_a_build_forgets_old_entries_of_single_events_alone(built: Sandbox) -> None:
    enter = (
        "insert into crm.ledger (stamp, run_id, kind, started_at, status) "
        "select started_at, '{0} {1}', '{0}', started_at, 'done' from (select cast("
        "current_timestamp at time zone 'UTC' as timestamp) - {1} * interval '1 day' as started_at)"
        " as days_ago"
    )
    change(built, *(enter.format(kind, days) for kind in ("event", "batch") for days in (91, 89)))
    built.build("--no-test")
    with open_warehouse(built.url, read_only=True) as warehouse:
        left = warehouse.query("select run_id from crm.ledger where run_id like '% %'")
    assert sorted(left) == [("batch 89",), ("batch 91",), ("event 89",)]


def test_an_empty_warehouse_gets_a_short_answer(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    assert sandbox.crm("status").splitlines() == [
        "Nothing landed yet. Load files with crm load, then run crm build."
    ]
    report = status(sandbox)
    assert (report["built"], report["runs"]) == (False, [])
    assert counts(report) == (0, 0, 0)
    assert not sandbox.file.exists()
    sandbox.load("manual", [event("a") | {"synced_at": "2999-01-01"}])
    assert source(status(sandbox))["lag_seconds"] == 0
    shown = sandbox.crm("status")
    assert shown.startswith("Nothing was built yet. Run crm build.\n")
    assert f"{MANUAL} 1 0 1" in " ".join(shown.split())


def test_an_empty_database_gets_a_short_answer(postgres: Server) -> None:
    url = postgres.new_database("status_empty")
    done = run_crm("status", "--warehouse", url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Nothing landed yet.")


TIMES = {
    "2025-03-01T10:01Z": "2025-03-01T10:01:00Z",
    "2025-03-01T10:02:00z": "2025-03-01T10:02:00Z",
    " 2025-03-01 10:03:00 Z ": "2025-03-01T10:03:00Z",
    "2025-03-01 12:04 +02:00": "2025-03-01T10:04:00Z",
    "2025-03-01T05:05:30.5-0500": "2025-03-01T10:05:30.500000Z",
    "2025-03-02": "2025-03-02T00:00:00Z",
    "2028-02-29T00:00:00+00": "2028-02-29T00:00:00Z",
}
NO_TIMES = [
    "yesterday",
    "1999999999",
    "2099-02-29",
    "2099-04-31",
    "2099-13-01",
    "2099-01-01T25:00",
    "2099",
    "infinity",
]


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_a_synced_at_of_text_is_a_time_where_it_is_one(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    sandbox = sandbox_of(kind, request, tmp_path, "status_text")
    table = "raw.manual_events"
    change(sandbox, "create schema if not exists raw", f"drop table if exists {table}")
    change(sandbox, f"create table {table} (id text, record text, synced_at text)")
    change(sandbox, *(f"insert into {table} values ('a', '{{}}', '{no}')" for no in NO_TIMES))
    with open_warehouse(sandbox.url) as warehouse:
        found = read_status(warehouse)
        [manual] = [source for source in found.sources if source.source == "manual"]
        assert (manual.landed, manual.newest_synced_at) == (len(NO_TIMES), None)
        for written, time in TIMES.items():
            warehouse.query(f"insert into {table} values ('b', '{{}}', '{written}')")
            [manual] = [one for one in read_status(warehouse).sources if one.source == "manual"]
            assert manual.newest_synced_at == datetime.fromisoformat(time).replace(tzinfo=None)


def test_a_table_that_can_t_be_read_is_an_error_of_one_line(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    with duckdb.connect(str(sandbox.file)) as connection:
        connection.execute("create schema raw; create table raw.gmail_messages (id int)")
    done = run_crm("status", "--warehouse", sandbox.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {sandbox.file} gave no answer: ")
    assert done.stderr.count("\n") == 1


def test_a_table_that_one_may_not_read_is_an_error(postgres: Server) -> None:
    url = postgres.new_database("status_denied")
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("create schema raw")
        session.execute("create table raw.gmail_messages (id text, record text, synced_at date)")
        session.execute("create role guest login")
        session.execute("grant usage on schema raw to guest")
    done = run_crm("status", "--warehouse", url.replace("postgres@", "guest@"))
    assert done.returncode == 1
    assert "permission denied for table gmail_messages" in done.stderr
