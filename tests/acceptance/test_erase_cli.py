"""crm erase, on real warehouses of both kinds: nothing is left of what an event told."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from conftest import Sandbox, run_crm, sandbox_of
from headless_crm.warehouse import open_warehouse


def told(at: str, email: str, *user_ids: str, **more: Any) -> dict[str, Any]:
    person = {"identifiers": {"email": email, "user_id": user_ids}, "traits": {"name": email}}
    return {"occurred_at": at, "event_name": "seen", "persons": [person]} | more


STAYS = told("2025-01-01", "ann@stays.test", "u1")
BRIDGE = told("2025-01-02", "one@gone.test", "u1", "u2")
OTHER = told("2025-01-03", "bob@stays.test", "u2")


@pytest.fixture(params=["duckdb", "postgres"])
def sandbox(request: pytest.FixtureRequest, tmp_path: Any) -> Sandbox:
    return sandbox_of(request.param, request, tmp_path, "erase")


def rows(sandbox: Sandbox, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(sandbox.url, read_only=True) as warehouse:
        return warehouse.query(sql)


def persons(sandbox: Sandbox) -> set[str]:
    return {one for (one,) in rows(sandbox, "select person_id from crm.persons")}


def mentions(sandbox: Sandbox, text: str) -> list[str]:
    """The tables that hold a text, in whatever column."""
    with open_warehouse(sandbox.url, read_only=True) as warehouse:
        tables = warehouse.query(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('raw', 'crm', 'crm_removed')"
        )
        return [
            f"{schema}.{table}"
            for schema, table in tables
            if warehouse.query(
                f"select 1 from {schema}.{table} as held where cast(held as text) like ?",
                [f"%{text}%"],
            )
        ]


def test_nothing_is_left_of_what_an_event_told(sandbox: Sandbox) -> None:
    sandbox.load("manual", [{"id": "stays", "record": STAYS}, {"id": "other", "record": OTHER}])
    sandbox.build("--no-test")
    apart = persons(sandbox)
    assert len(apart) == 2
    sandbox.load("manual", [{"id": "bridge", "record": BRIDGE}])
    sandbox.build("--no-test")
    assert len(persons(sandbox)) == 1
    corrected = told("2025-01-02", "two@gone.test", "u1", "u2")
    sandbox.load("manual", [{"id": "bridge", "record": corrected}])
    # A version that is broken, one without an id, and a row with an id that is too long for a key.
    with open_warehouse(sandbox.url) as warehouse:
        for id_, record in (
            ("bridge", "{three@gone.test"),
            (None, json.dumps(corrected | {"id": "bridge", "value": 4, "note": "four@gone.test"})),
            ("x" * 501, json.dumps(told("2025-01-02", "five@away.test"))),
        ):
            warehouse.query(
                "insert into raw.manual_events (id, record, synced_at) values (?, ?, ?)",
                [id_, record, datetime.now()],
            )
    sandbox.build("--no-test")
    # A correction that has landed since, without an id, and is not taken yet.
    six = json.dumps(corrected | {"id": "bridge", "note": "six@gone.test"})
    with open_warehouse(sandbox.url) as warehouse:
        warehouse.query("insert into raw.manual_events (record) values (?)", [six])
    for number in ("one", "two", "three", "four", "six"):
        assert mentions(sandbox, f"{number}@gone.test")
    done = json.loads(sandbox.crm("erase", "manual", "bridge", "--yes", "--json"))
    assert (done["events"], done["landed"], done["versions"], done["unknown"]) == (1, 5, 4, [])
    assert mentions(sandbox, "gone.test") == []
    assert mentions(sandbox, "bridge") == []
    [(key,)] = rows(sandbox, "select source_key from crm.dead_letters")
    done = json.loads(sandbox.crm("erase", "manual", key, "--yes", "--json"))
    assert (done["events"], done["landed"], done["versions"]) == (1, 1, 1)
    assert mentions(sandbox, "five@away.test") == []
    assert persons(sandbox) == apart, "whom it had joined are who they were"


def test_what_is_not_there_is_told_and_nothing_is_erased_unasked(tmp_path: Any) -> None:
    sandbox = Sandbox(tmp_path)
    both = told("2025-01-04", "two@stays.test", "u3")  # Events of one content are two.
    sandbox.load("manual", [{"id": id_, "record": both} for id_ in ("two", "two-b")])
    sandbox.load("manual", [{"id": "stays", "record": STAYS}, {"record": both}])
    shop = {"id": "31", "updatedAt": "2025-03-01T00:00:00Z", "email": "ann@stays.test"}
    sandbox.load("gadget", [{"id": "31", "record": shop}])
    warehouse = ("--warehouse", sandbox.url)
    early = run_crm("erase", "manual", "stays", "--yes", *warehouse)
    assert (early.returncode, "crm build first" in early.stderr) == (1, True)
    sandbox.build("--no-test")
    assert run_crm("erase", "manual", "stays", *warehouse).returncode == 1  # Nobody says yes.
    assert len(persons(sandbox)) == 2
    unknown = run_crm("erase", "manual", "never", "--yes", *warehouse)
    assert (unknown.returncode, "no event never" in unknown.stderr) == (1, True)
    # Not by half either: a shop's own id is in the source table, and no event has it.
    bare = run_crm("erase", "gadget", "31", "--yes", *warehouse)
    assert (bare.returncode, "those of crm.gadget_shops_raw" in bare.stderr) == (1, True)
    assert "Erased 0 events: 0 rows that had landed, and 0 that were taken" in bare.stdout
    assert rows(sandbox, "select id from raw.gadget_shops") == [("31",)]
    wrong = run_crm("erase", "manuel", "stays", "--yes", *warehouse)
    assert (wrong.returncode, "Did you mean manual?" in wrong.stderr) == (2, True)
    assert len(persons(sandbox)) == 2
    done = json.loads(sandbox.crm("erase", "manual", "two-b", "--yes", "--json"))
    assert (done["events"], done["landed"], done["versions"]) == (1, 1, 1)
    left = rows(sandbox, "select coalesce(id, 'none') from raw.manual_events order by 1")
    assert left == [("none",), ("stays",), ("two",)]
