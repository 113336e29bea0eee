"""The sample of 1,000 persons, by the real commands: what is found against what is true."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conftest import Sandbox, run_crm
from headless_crm.generate.score import read_truth, score
from headless_crm.generate.truth import Identifier


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    folder = tmp_path_factory.mktemp("sample")
    sandbox = Sandbox(folder)
    assert run_crm("generate", "--persons", 1000, "--seed", 1, folder / "files").returncode == 0
    for source in ("shopify_partner", "gadget", "gmail", "manual"):
        sandbox.crm("load", source, folder / "files" / f"{source}.jsonl")
    sandbox.build()
    return sandbox


@pytest.fixture(scope="module")
def planted(sample: Sandbox) -> dict[str, Any]:
    path = sample.folder / "files" / "truth" / "planted.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def found_persons(sample: Sandbox) -> dict[Identifier, str]:
    rows = sample.query(
        "select identifier_type, identifier_value, person_id from resolved_person_identifiers"
    )
    return {(kind, value): person_id for kind, value, person_id in rows}


def test_all_that_identifiers_connect_is_found_and_next_to_nothing_else(sample: Sandbox) -> None:
    """Of the shared identifiers, each of two persons or more, the guards let hardly one through."""
    truth = read_truth(sample.folder / "files" / "truth" / "persons.csv")
    scored = score(truth, found_persons(sample))
    assert scored.true_persons >= 1000
    assert scored.recall > 0.99
    assert scored.precision > 0.995
    assert len(truth.shared) >= 20
    assert scored.wrong_merges <= 1
    assert scored.unexplained == 0


def test_a_score_sees_a_lost_and_a_wrong_merge(sample: Sandbox) -> None:
    truth = read_truth(sample.folder / "files" / "truth" / "persons.csv")
    found = found_persons(sample)
    parts = Counter(truth.part.values())
    lost = next(key for key in truth.part if parts[truth.part[key]] > 1)
    assert score(truth, found | {lost: "someone else"}).recall < 1.0
    merged = found | dict.fromkeys(list(truth.person)[:20], "one")
    assert score(truth, merged).unexplained == 1


def test_groups_are_the_true_ones(sample: Sandbox) -> None:
    path = sample.folder / "files" / "truth" / "groups.csv"
    with path.open(encoding="utf-8", newline="") as file:
        truth = [tuple(row.values()) for row in csv.DictReader(file)]
    found = {
        (kind, value): group_id
        for kind, value, group_id in sample.query(
            "select identifier_type, identifier_value, group_id from resolved_group_identifiers"
        )
    }
    pairs = {(group, found[kind, value]) for group, kind, value in truth}
    assert len(pairs) == len({group for group, _ in pairs}) == len({found for _, found in pairs})


def test_dead_letters_are_the_planted_ones(sample: Sandbox, planted: dict[str, Any]) -> None:
    found: dict[str, dict[str, int]] = {}
    for source, reason, count in sample.query(
        "select source, reason, count(*) from dead_letters group by all"
    ):
        found.setdefault(source, {})[reason] = count
    assert found == planted["bad_rows"]


def test_every_file_s_rows_are_accounted_for(sample: Sandbox, planted: dict[str, Any]) -> None:
    """Conservation, counted without the project's own test: copies of rows land once."""
    tables = {
        "shopify_partner": "shopify_partner_app_events",
        "gadget": "gadget_shops",
        "gmail": "gmail_messages",
        "manual": "manual_events",
    }
    for source, table in tables.items():
        [(landed,)] = sample.query(f"select count(*) from {table}_raw")
        assert landed == planted["rows"][source] - planted["duplicates"][source]
        [(parsed, current, dead)] = sample.query(
            "select count(*), count(*) filter (where is_current), "
            f"count(*) filter (where dead_letter_reason is not null) from {table}_parsed"
        )
        assert parsed == landed
        assert parsed - current - dead == planted["corrections"][source]


def test_loading_and_building_again_changes_nothing(sample: Sandbox) -> None:
    def state() -> dict[str, list[tuple[Any, ...]]]:
        columns = "* exclude (source_ingested_at, _ingested_at)"
        tables = ("events", "persons", "groups", "memberships", "person_participants")
        return {name: sample.query(f"select {columns} from {name} order by all") for name in tables}

    before = state()
    for source in ("manual", "gmail"):
        done = json.loads(
            sample.crm("load", source, sample.folder / "files" / f"{source}.jsonl", "--json")
        )
        assert [file["new"] for file in done["files"]] == [0]
    sample.build("--full-refresh")
    assert state() == before


def test_the_demo_shows_what_came_out(tmp_path: Path) -> None:
    done = run_crm("demo", tmp_path / "demo", "--persons", 100)
    assert done.returncode == 0, done.stderr
    for words in ("Events by source", "persons", "timeline of", "The group", "Dead letters"):
        assert words in done.stdout
    again = run_crm("demo", tmp_path / "demo", "--persons", 100, "--json")
    report = json.loads(again.stdout)
    assert report["score"]["recall"] == 1.0
    assert report["score"]["unexplained"] == 0
    assert {row[0] for row in report["events_by_source"]} == {
        "shopify_partner", "gadget", "gmail", "manual",
    }  # fmt: skip
