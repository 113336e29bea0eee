"""The same rows whether the data came at once or in slices, and ids that stay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from conftest import Sandbox, run_crm

SOURCES = ("shopify_partner", "gadget", "gmail", "manual")
TABLES = ("events", "persons", "groups", "memberships", "person_participants", "dead_letters")


def state(sandbox: Sandbox) -> dict[str, list[tuple[Any, ...]]]:
    columns = "columns(lambda c: c not in ('_ingested_at', 'source_ingested_at'))"
    return {name: sandbox.query(f"select {columns} from {name} order by all") for name in TABLES}


def person_ids(sandbox: Sandbox) -> dict[str, str]:
    return dict(sandbox.query("select identifier_key, person_id from resolved_person_identifiers"))


@pytest.fixture(scope="module")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sandbox, dict[str, str]]:
    """A warehouse built three times while rows landed, and the ids after the first time."""
    sandbox = Sandbox(tmp_path_factory.mktemp("sliced"))
    files = sandbox.folder / "files"
    assert run_crm("generate", "--persons", 80, "--seed", 5, files).returncode == 0
    lines = {name: (files / f"{name}.jsonl").read_text().splitlines() for name in SOURCES}
    first_ids: dict[str, str] = {}
    for low, high in (("", "2024-10"), ("2024-10", "2025-03"), ("2025-03", "9")):
        for name in SOURCES:
            sandbox.load(name, [line for line in lines[name] if low <= _landed(line) < high])
        sandbox.build("--no-test")
        first_ids = first_ids or person_ids(sandbox)
    return sandbox, first_ids


def _landed(line: str) -> str:
    try:
        return str(json.loads(line)["synced_at"])
    except json.JSONDecodeError:
        return "2025-12"  # A broken line lands when it is loaded, later than all others.


def test_slices_give_what_one_build_gives(
    sliced: tuple[Sandbox, dict[str, str]], tmp_path: Path
) -> None:
    at_once = Sandbox(tmp_path)
    shutil.copy(sliced[0].file, at_once.file)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{at_once.file}' as warehouse")
        connection.execute("drop schema warehouse.crm cascade")
    at_once.build()
    assert state(at_once) == state(sliced[0])


def test_an_id_once_published_still_leads_to_its_person(
    sliced: tuple[Sandbox, dict[str, str]],
) -> None:
    sandbox, first_ids = sliced
    now = person_ids(sandbox)
    published = set(first_ids.values())
    assert len(published) > 20
    assert published <= now.keys()
    survivors = {person_id for person_id in published if now[person_id] == person_id}
    assert len(survivors) > len(published) / 2
    for person_id in published - survivors:
        # Merged into a person that was there before it, or that landed in the same slice.
        assert now[person_id] in now.values()
        assert first_ids.get(now[person_id], now[person_id]) == now[person_id]


def test_a_row_that_lands_late_is_pending_until_a_full_refresh_takes_it(
    sliced: tuple[Sandbox, dict[str, str]], tmp_path: Path
) -> None:
    late = Sandbox(tmp_path)
    shutil.copy(sliced[0].file, late.file)
    record = {"id": "late", "occurred_at": "2020-01-01", "event_name": "late"}
    late.load("manual", [{"synced_at": "2020-01-02T00:00:00Z", "record": record}])
    done = run_crm("build", "--test", "--warehouse", late.url)
    assert (done.returncode, "--full-refresh takes them" in done.stderr) == (0, True)
    assert "Rows of manual" in done.stderr
    assert late.query("select * from events where event_name = 'late'") == []
    late.build("--full-refresh")
    assert late.query("select source from events where event_name = 'late'") == [("manual",)]
