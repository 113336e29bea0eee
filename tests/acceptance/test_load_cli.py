"""crm load as a user runs it: a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from conftest import Sandbox, run_crm

HOLD = """
import sys
from headless_crm.warehouse import open_warehouse
with open_warehouse(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def here(tmp_path: Path) -> Sandbox:
    (tmp_path / "a.jsonl").write_text('{"id":1}\n{"id":2,"name":"Ann Secret\n')
    (tmp_path / "b.csv").write_text("id,name\n3,Bob\n1,Eve\n")
    return Sandbox(tmp_path)


def refused(*arguments: object) -> tuple[int, str]:
    """The exit code and the only line of a command that failed."""
    done = run_crm("load", *arguments)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.returncode, done.stderr


def test_several_files_at_once(here: Sandbox) -> None:
    files = here.folder / "a.jsonl", here.folder / "b.csv"
    done = run_crm("load", "manual", *files, "--warehouse", here.url)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"{files[0]}: 2 rows, 2 new, 0 already there, 1 bad.",
        f"{files[1]}: 2 rows, 2 new, 0 already there, 0 bad.",
    ]
    assert "line 2." in done.stderr
    assert "Secret" not in done.stderr


def test_json_report_and_time(here: Sandbox) -> None:
    options = ("--synced-at", "2025-01-31T08:00:00+01:00", "--json")
    first = json.loads(here.crm("load", "gadget_shops", here.folder / "a.jsonl", *options))
    assert first == {
        "source": "gadget",
        "files": [
            {
                "file": str(here.folder / "a.jsonl"),
                "rows": 2,
                "new": 2,
                "known": 0,
                "bad": 1,
                "bad_lines": [2],
                "undated": 0,
                "not_utf8": 0,
            }
        ],
    }
    here.crm("load", "gadget", here.folder / "a.jsonl")
    with_time = "select count(*), min(synced_at)::varchar from raw.gadget_shops"
    with duckdb.connect(str(here.file), read_only=True) as connection:
        assert connection.execute(with_time).fetchall() == [(2, "2025-01-31 07:00:00")]


@pytest.mark.usefixtures("own_cache")
def test_a_source_table_that_was_moved_is_the_one_of_all_commands(here: Sandbox) -> None:
    moved = ("--vars", "{manual_events_table: landing.signups}")
    record = {"id": "1", "occurred_at": "2025-01-01", "event_name": "x"}
    (here.folder / "c.jsonl").write_text(json.dumps(record) + "\n")
    here.crm("load", "manual", here.folder / "c.jsonl", *moved)
    here.build("--no-test", *moved)
    assert here.query("select event_name from events") == [("x",)]
    told = json.loads(here.crm("status", "--json", *moved))["sources"]
    [manual] = [source for source in told if source["source"] == "manual"]
    assert (manual["table"], manual["landed"], manual["pending"]) == ("landing.signups", 1, 0)
    told = json.loads(here.crm("audit", "--json", *moved))["conservation"]
    [manual] = [source for source in told if source["source"] == "manual"]
    assert (manual["table"], manual["landed"], manual["missing"]) == ("landing.signups", 1, 0)


def test_files_are_checked_before_any_is_loaded(here: Sandbox) -> None:
    good = here.folder / "a.jsonl"
    for wrong, fault in [
        (here.folder / "none.jsonl", "none.jsonl does not exist"),
        (here.folder, "is a folder"),
        (here.folder / "crm.toml", "does not exist"),
    ]:
        code, line = refused("manual", good, wrong, "--warehouse", here.url)
        assert (code, fault in line) == (2, True), line
        assert not here.file.exists()


def test_wrong_words_are_told(here: Sandbox) -> None:
    good = here.folder / "a.jsonl"
    code, line = refused("gmial", good, "--warehouse", here.url)
    assert (code, "Did you mean gmail?" in line) == (2, True)
    code, line = refused("manual", good, "--vars", "{manual_events_table: landing.}")
    assert (code, "manual_events_table is 'landing.'" in line) == (2, True)
    code, line = refused("manual", good, "--synced-at", "soon", "--warehouse", here.url)
    assert (code, "'soon'" in line) == (2, True)
    code, line = refused("manual", good, "--warehouse", "mysql://x")
    assert (code, "'mysql://x'" in line) == (2, True)
    code, line = refused("manual", good, "--warehouse", f"duckdb:///{good}")
    assert (code, "is not a DuckDB file" in line) == (1, True)
    assert good.read_text().startswith('{"id":1}')


def test_a_damaged_file_leaves_those_before_it(here: Sandbox) -> None:
    bad = here.folder / "bad.csv"
    bad.write_text('id,name\n9,"Open\n')
    done = run_crm("load", "manual", here.folder / "b.csv", bad, "--json", "--warehouse", here.url)
    assert done.returncode == 1
    assert [file["new"] for file in json.loads(done.stdout)["files"]] == [2]
    assert done.stderr.startswith(f"Error: {bad} is not CSV from line 2 on")
    assert "2 already there" in here.crm("load", "manual", here.folder / "b.csv")


def test_a_load_that_is_stopped_leaves_no_rows_on_their_way(here: Sandbox) -> None:
    file = here.folder / "many.jsonl"
    file.write_text('{"id":1,"name":"Ann Secret"}\n' * 500_000)
    command = [sys.executable, "-m", "headless_crm", "load", "manual", file]
    with subprocess.Popen(
        [*command, "--warehouse", here.url], stderr=subprocess.PIPE, text=True
    ) as load:
        while not list(here.folder.glob(".crm-*/rows.jsonl")):
            assert load.poll() is None
            time.sleep(0.01)
        load.terminate()
        _, told = load.communicate(timeout=60)
    assert (load.returncode, "Traceback" in told) == (130, False)
    assert not list(here.folder.glob(".crm-*"))


def test_a_warehouse_in_use_is_told(here: Sandbox) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, here.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        code, line = refused("manual", here.folder / "a.jsonl", "--warehouse", here.url)
    assert (code, "in use by another process" in line) == (1, True), line
    here.crm("load", "manual", here.folder / "a.jsonl")
