"""Single events, on real warehouses of both kinds: crm compile, crm process, and the processor."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from single_events import (
    ARTEFACT,
    FINAL,
    counts,
    event,
    land,
    processed,
    statuses,
)

from conftest import Sandbox, run_crm
from headless_crm.errors import CrmError, MismatchError, UsageError
from headless_crm.realtime import processing
from headless_crm.realtime.compiled import FORMAT, Compiled
from headless_crm.realtime.outcome import Status
from headless_crm.realtime.processing import Processor
from headless_crm.realtime.runner import Runner, open_runner
from headless_crm.status import read_status
from headless_crm.warehouse import open_warehouse
from headless_crm.warehouse.duckdb import shared


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def sandbox(request: pytest.FixtureRequest, copied: Callable[[str, str], Sandbox]) -> Sandbox:
    return copied(request.param, "process")


def test_the_command_tells_what_became_of_events(sandbox: Sandbox) -> None:
    sandbox.load("manual", [event("told"), event("dead", occurred_at="never")])
    options = ("--compiled", sandbox.folder / ARTEFACT, "--warehouse", sandbox.url)
    done = run_crm("process", "manual", "told", "dead", "nobody", "--json", *options)
    assert (done.returncode, done.stderr[-1500:]) == (1, "")
    told, dead, nobody = json.loads(done.stdout)
    assert (told["status"], len(told["persons"]), len(told["memberships"])) == ("PROCESSED", 1, 1)
    assert (dead["status"], dead["reason"]) == ("DEAD_LETTERED", "invalid_timestamp")
    assert (nobody["status"], nobody["persons"]) == ("NOT_FOUND", [])
    done = run_crm("process", "manual", "told", *options)
    assert (done.returncode, "DUPLICATE" in done.stdout) == (0, True)
    with open_warehouse(sandbox.url, read_only=True) as warehouse:
        assert warehouse.query(
            "select name from crm.persons where person_id = ?", [told["persons"][0]]
        ) == [("told",)]


def test_wrong_use_is_told_in_a_line(sandbox: Sandbox, compiled: Compiled, tmp_path: Path) -> None:
    good = sandbox.folder / ARTEFACT
    torn, other, newer = tmp_path / "torn", tmp_path / "other", tmp_path / "newer"
    torn.write_text(good.read_text()[:1000])
    other.write_text(replace(compiled, recipe="another").written())
    newer.write_text(good.read_text().replace(f'"format": {FORMAT}', '"format": 99'))
    new = f"duckdb:///{tmp_path}/new.duckdb"
    wrong_kind = new if sandbox.url.startswith("postgresql") else "postgresql://nobody@nowhere/x"
    for source, file, url, code, why in (
        ("nowhere", good, sandbox.url, 2, "'nowhere'. The sources are gadget, gmail, manual"),
        ("manual", tmp_path / "none", sandbox.url, 2, "Write it with crm compile"),
        ("manual", torn, sandbox.url, 1, "no artefact of crm compile"),
        ("manual", newer, sandbox.url, 1, "format 99"),
        ("manual", other, sandbox.url, 1, "different models or --vars"),
        ("manual", good, wrong_kind, 2, "compiled for"),
    ):
        done = run_crm("process", source, "before", "--compiled", file, "--warehouse", url)
        assert (done.returncode, why in done.stderr) == (code, True), done.stderr
        assert done.stderr.count("\n") == 1
    assert not (tmp_path / "new.duckdb").exists()


def test_an_artefact_that_is_of_other_models_is_not_tried_again(
    sandbox: Sandbox, compiled: Compiled
) -> None:
    """The warehouse was built by other models after the connection was made, which is then lost."""
    opened: list[Compiled] = []

    def opener() -> Runner:
        opened.append(replace(compiled, recipe="another") if opened else compiled)
        return open_runner(sandbox.url, opened[-1])

    with shared(sandbox.url) if sandbox.url.startswith("duckdb") else nullcontext():
        processor = Processor(opener)
        processor._close_runner()
        [refused] = processor.submit_all([("manual", "before")])
        with pytest.raises(MismatchError, match="different models or --vars"):
            refused.result(timeout=60)
        processor.close()
    assert len(opened) == 2


def test_nothing_is_processed_where_nothing_was_built(
    sandbox: Sandbox, compiled: Compiled, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"duckdb:///{tmp_path}/new.duckdb"
    if sandbox.url.startswith("postgresql"):
        url = request.getfixturevalue("postgres").new_database("process_nothing")
    else:
        with open_warehouse(url) as warehouse:
            warehouse.query("create table t as select 1 as n")
    with pytest.raises(CrmError, match="Nothing was built yet"):
        open_runner(url, compiled)


def test_the_artefact_is_of_the_models_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    """The same for a warehouse with rows and for none, and from whatever folder."""
    kind = sandbox.url.partition(":")[0]
    url = f"duckdb:///{tmp_path}/none.duckdb" if kind == "duckdb" else f"{kind}://u@nowhere/other"
    done = run_crm("compile", "--warehouse", url, "--compiled", tmp_path / "c.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "c.json").read_text() == (sandbox.folder / ARTEFACT).read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["c.json"]


def test_the_runner_needs_no_dbt() -> None:
    modules = "processing, duckdb, postgres, runner, compiled"
    code = (
        f"import sys; from headless_crm.realtime import {modules}; "
        "print([m for m in sys.modules if m.split('.')[0] in ('dbt', 'dbt_common', 'jinja2')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_again_changes_nothing(sandbox: Sandbox, processor: Processor) -> None:
    land(sandbox, event("again"))
    assert statuses(processed(processor, "again")) == {Status.PROCESSED}
    before = counts(sandbox)
    for _ in range(100):
        assert statuses(processed(processor, "again")) == {Status.DUPLICATE}
    # The loader that runs a year later, and lands the same content once more.
    land(sandbox, event("again"), synced_at="2026-01-02")
    assert statuses(processed(processor, "again")) == {Status.DUPLICATE}
    assert counts(sandbox) == before


def test_no_id_does_harm(sandbox: Sandbox, processor: Processor) -> None:
    dice = random.Random(1)
    pieces = ["'", '"', ";", "--", "\\", "%s", "$1", ":id", "{{", "\n", "é", "\u202e", "x", "\x01"]
    ids = [
        "zzz' OR 1=1 --",
        "'; drop table crm.persons; --",
        "",
        " ",
        "\0",
        "\ud800",
        "x" * 100_000,
        *("".join(dice.choices(pieces, k=12)) + str(n) for n in range(10_000)),
    ]
    before = counts(sandbox)
    assert statuses(processed(processor, *ids)) == {Status.NOT_FOUND}
    assert counts(sandbox) == before
    for source in ("manual' OR 1=1 --", "", "events", "crm.persons"):
        with pytest.raises(UsageError, match="There is no source"):
            processor.submit(source, "before")


def test_those_that_wait_share_a_transaction(sandbox: Sandbox, processor: Processor) -> None:
    ids = [f"group{n}" for n in range(60)]
    land(sandbox, *(event(key) for key in ids))
    runs = counts(sandbox)["ledger"]
    with processor.paused():
        # One is taken off the queue, and waits for its turn: all others then wait in the queue.
        processor.submit("manual", "before")
        time.sleep(1)
        futures = [processor.submit("manual", key) for key in [*ids, *ids]]
    assert statuses([future.result(60) for future in futures]) == {Status.PROCESSED}
    assert counts(sandbox)["ledger"] - runs <= 2


def test_clients_that_ask_again_go_together(
    sandbox: Sandbox, processor: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "_GAP_SECONDS", 2)
    clients, rounds = 8, 5
    ids = [[f"client{client}-{number}" for number in range(rounds)] for client in range(clients)]
    land(sandbox, *(event(key) for own in ids for key in own))

    def ask(own: list[str]) -> set[Status]:
        return {processor.submit("manual", key).result(60).status for key in own}

    runs = counts(sandbox)["ledger"]
    with ThreadPoolExecutor(clients) as pool:
        assert set.union(*pool.map(ask, ids)) == {Status.PROCESSED}
    # The first to come goes alone, and is a round ahead of the others.
    assert counts(sandbox)["ledger"] - runs <= rounds + 1


# A constraint that one event breaks; DuckDB can't add one to a table that is there.
REFUSE = {
    "postgresql": ["alter table crm.manual_events_raw add constraint no check (id <> 'fails')"],
    "duckdb": [
        "alter table crm.manual_events_raw rename to raw_before",
        "create table crm.manual_events_raw (id varchar check (id <> 'fails'), record varchar, "
        "record_hash varchar, synced_at timestamp, _ingested_at timestamp)",
        "insert into crm.manual_events_raw by name select * from crm.raw_before",
        "drop table crm.raw_before",
    ],
}
ALLOW = {
    "postgresql": ["alter table crm.manual_events_raw drop constraint no"],
    "duckdb": [
        "create table crm.raw_after as select * from crm.manual_events_raw",
        "drop table crm.manual_events_raw",
        "alter table crm.raw_after rename to manual_events_raw",
    ],
}


def test_what_the_warehouse_says_is_in_no_log(
    sandbox: Sandbox, processor: Processor, caplog: pytest.LogCaptureFixture
) -> None:
    away = "alter table crm.failed_events rename column reason to why"
    back = "alter table crm.failed_events rename column why to reason"
    land(sandbox, event("fails"))
    alter(sandbox, processor, {kind: [*sql, away] for kind, sql in REFUSE.items()})
    try:
        with pytest.raises(CrmError, match=r"could not be processed\. The log says more"):
            processed(processor, "fails")
    finally:
        alter(sandbox, processor, {kind: [*sql, back] for kind, sql in ALLOW.items()})
    assert "A group of events failed: " in caplog.text
    assert "fails" not in caplog.text
    assert "failed_events" not in caplog.text


def test_an_event_that_fails_is_taken_out(sandbox: Sandbox, processor: Processor) -> None:
    ids = ("well", "fails", "too")
    land(sandbox, *map(event, ids))
    alter(sandbox, processor, REFUSE)
    try:
        for attempt in (1, 2):
            with processor.paused():
                futures = [processor.submit("manual", key) for key in ids]
            well, fails, too = [future.result(60) for future in futures]
            done = Status.PROCESSED if attempt == 1 else Status.DUPLICATE
            assert (well.status, too.status) == (done, done)
            assert (fails.status, fails.persons) == (Status.DEAD_LETTERED, ())
            with open_warehouse(sandbox.url) as warehouse:
                [(source, key, reason, attempts)] = warehouse.query(
                    "select source, id, reason, attempts from crm.failed_events"
                )
                told = {one.source: one.failed_events for one in read_status(warehouse).sources}
            assert (source, key, reason, attempts) == ("manual", "fails", fails.reason, attempt)
            assert told == {"gadget": {}, "gmail": {}, "manual": {reason: 1}, "shopify_partner": {}}
    finally:
        alter(sandbox, processor, ALLOW)
    assert statuses(processed(processor, "fails")) == {Status.PROCESSED}
    assert counts(sandbox)["failed_events"] == 0


def test_an_id_that_is_too_long_is_no_key(sandbox: Sandbox) -> None:
    """What stands for it is made of the content, so that the row is kept, and named as dead."""
    long = "".join(random.Random(3).choices("0123456789abcdef", k=9000))
    record = event("toolong")["record"]
    rows = {"id": long, "record": record}, {"id": None, "record": record | {"id": long}}
    land(sandbox, *rows, synced_at=datetime.now().isoformat())
    sandbox.build("--test")
    with open_warehouse(sandbox.url, read_only=True) as warehouse:
        [(dead,)] = warehouse.query(
            "select count(*) from crm.dead_letters "
            "where reason = 'missing_key' and payload like '%toolong%'"
        )
    assert dead == len(rows)
    [report] = [
        one
        for one in json.loads(sandbox.crm("status", "--json"))["sources"]
        if one["source"] == "manual"
    ]
    assert report["pending"] == 0


def alter(sandbox: Sandbox, processor: Processor, statements: dict[str, list[str]]) -> None:
    with processor.paused(), open_warehouse(sandbox.url) as warehouse:
        for sql in statements[sandbox.url.partition(":")[0]]:
            warehouse.query(sql)


def test_a_correction_is_taken_where_the_id_is_in_the_record_alone(
    sandbox: Sandbox, processor: Processor
) -> None:
    for version, status in ("old", Status.PROCESSED), ("new", Status.PROCESSED), ("new", None):
        row = event("inrecord", persons=[{"identifiers": {"email": f"{version}@in.example"}}])
        record = row["record"] | {"id": row["id"]}
        land(sandbox, {"id": None, "record": record}, synced_at=datetime.now().isoformat())
        [outcome] = processed(processor, "inrecord")
        assert outcome.status == (status or Status.DUPLICATE)
        assert shown(sandbox, "inrecord") == [f"{version}@in.example"]


def shown(sandbox: Sandbox, key: str) -> list[str]:
    """The identifiers of the persons of an event."""
    with open_warehouse(sandbox.url, read_only=True) as warehouse:
        rows = warehouse.query(
            "select identifier_value from crm.person_identifiers "
            "inner join crm.manual_events on event_id = manual_events.id "
            f"where source_record_id = '{key}'"
        )
    return [value for (value,) in rows]


def test_each_copy_of_a_message_is_answered_with_whom_it_names(
    sandbox: Sandbox, processor: Processor
) -> None:
    """The event is named after one copy; another, too, is told who took part in it."""

    def copy(key: str, message: str = "copied", to: str = "bob") -> dict[str, Any]:
        headers = {"From": "ann@copy.example", "To": f"{to}@copy.example", "Message-ID": message}
        payload = {"headers": [{"name": name, "value": text} for name, text in headers.items()]}
        return {"id": key, "record": {"internalDate": "1735689600000", "payload": payload}}

    def answers(*keys: str) -> list[tuple[Status, tuple[str, ...]]]:
        outcomes = processed(processor, *keys, source="gmail")
        return [(outcome.status, outcome.persons) for outcome in outcomes]

    land(sandbox, copy("of ann"), table="gmail_messages")
    [(status, persons)] = answers("of ann")
    assert (status, len(persons)) == (Status.PROCESSED, 2)
    land(sandbox, copy("of bob"), table="gmail_messages", synced_at="2025-01-03")
    assert answers("of bob") == [(status, persons)]
    assert answers("of ann", "of bob") == [(Status.DUPLICATE, persons)] * 2
    other = copy("of bob", "other", to="cy")
    land(sandbox, other, table="gmail_messages", synced_at="2025-01-04")
    [(status, others)] = answers("of bob")
    assert (status, len(others), len({*persons, *others})) == (Status.PROCESSED, 2, 3)
    land(sandbox, {"id": "of bob", "record": "{"}, table="gmail_messages", synced_at="2025-01-05")
    assert answers("of bob", "of ann") == [
        (Status.DEAD_LETTERED, others),
        (Status.DUPLICATE, persons),
    ]


def test_an_event_is_dead_just_if_no_table_shows_what_landed_last(
    sandbox: Sandbox, processor: Processor
) -> None:
    """A row without a time came before all others; of two that came together the good one is it."""
    broken = {"id": "lame", "record": "{"}
    good = event("lame")
    dead, done = Status.DEAD_LETTERED, Status.PROCESSED
    for synced_at, row, status in (
        (None, good, dead),
        ("2025-01-03", good | {"record": good["record"] | {"value": 1}}, done),
        ("2025-01-03", broken, done),
        (None, broken | {"record": "{{"}, done),
        ("2025-01-04", broken | {"record": "{{{"}, dead),
        ("2025-01-05", good | {"record": good["record"] | {"value": 2}}, done),
    ):
        land(sandbox, row, synced_at=synced_at)
        [outcome] = processed(processor, "lame")
        assert (outcome.status, bool(outcome.reason)) == (status, status == dead), row
        assert [outcome.status for outcome in processed(processor, "lame")] == [
            dead if status == dead else Status.DUPLICATE
        ]


def test_all_tables_show_an_event_at_once(sandbox: Sandbox, processor: Processor) -> None:
    """Each of 1,000 events is one row more in each of the final tables."""
    ids = [f"atonce{n}" for n in range(1000)]
    land(sandbox, *(event(key) for key in ids))
    seen: list[set[int]] = []
    begun = counts(sandbox)
    done = threading.Event()
    sql = "select " + ", ".join(f"(select count(*) from crm.{table})" for table in FINAL)

    def watch() -> None:
        with open_warehouse(sandbox.url, read_only=True) as warehouse:
            while not done.is_set():
                [now] = warehouse.query(sql)
                seen.append({n - begun[table] for n, table in zip(now, FINAL, strict=True)})

    watcher = threading.Thread(target=watch)
    watcher.start()
    dice = random.Random(2)
    left = list(ids)
    while left:
        some = [left.pop() for _ in range(min(len(left), dice.randint(1, 60)))]
        assert statuses(processed(processor, *some)) == {Status.PROCESSED}
    done.set()
    watcher.join()
    assert all(len(counted) == 1 for counted in seen), [c for c in seen if len(c) > 1][:3]
    assert len({n for counted in seen for n in counted}) > 10, "the reader saw too little"


def test_a_build_finds_nothing_left_to_do(sandbox: Sandbox) -> None:
    """After all that happened: neither it nor a full refresh changes an id."""
    before = counts(sandbox)
    sandbox.build("--no-test")
    sandbox.build("--full-refresh", "--test")
    after = counts(sandbox)
    assert after.pop("ledger") == before.pop("ledger") + 2
    assert after == before
