"""crm diagram, and the pictures of this project that are part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import STATE_TABLES, run_crm
from drawn import Page, pages, untidy

ROOT = Path(__file__).parents[2]
XML = ROOT / "database-diagram.xml"
SVG = ROOT / "docs" / "database-diagram.svg"


@pytest.fixture(scope="module")
def everything() -> Page:
    """The page of all tables."""
    page = pages(XML.read_text(encoding="utf-8"))[0]
    assert page.title == "All tables"
    return page


@pytest.fixture(scope="module")
def described() -> dict[str, list[str]]:
    """The columns of each table, as the project's own YAML has them."""
    found: dict[str, list[str]] = {}
    for path in [*ROOT.glob("models/**/*.yml"), *ROOT.glob("seeds/*.yml")]:
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for one in [*content.get("models", []), *content.get("seeds", [])]:
            found[one["name"]] = [column["name"] for column in one["columns"]]
        for source in content.get("sources", []):
            for one in source["tables"]:
                found[f"raw.{one['name']}"] = [column["name"] for column in one["columns"]]
    return found


def test_the_pictures_show_the_project_as_it_is() -> None:
    done = run_crm("diagram", "--check", "--output", XML, "--svg", SVG)
    assert done.returncode == 0, done.stderr


def test_every_model_is_shown_with_all_its_columns(
    everything: Page, described: dict[str, list[str]]
) -> None:
    models = {path.stem: path.read_text() for path in ROOT.glob("models/**/*.sql")}
    assert set(models) <= set(described)
    tableless = {name for name, sql in models.items() if "materialized='ephemeral'" in sql}
    assert set(everything.tables) == {*described, *STATE_TABLES} - tableless
    for name in set(described) - tableless:
        assert list(everything.columns(name)) == described[name]


def test_keys_and_types_are_shown(everything: Page) -> None:
    assert everything.columns("person_trait_history") == {
        "person_id": "PK FK person_id: string",
        "trait_name": "PK trait_name: string",
        "trait_value": "trait_value: string",
        "valid_from": "PK valid_from: timestamp",
        "valid_to": "valid_to: timestamp",
        "_ingested_at": "_ingested_at: timestamp",
    }


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("person_identifiers.event_id", "events.id"),
        ("group_traits.event_id", "events.id"),
        ("person_identifiers.identifier_key", "resolved_person_identifiers.identifier_key"),
        ("group_identifier_edges.identifier_key_a", "resolved_group_identifiers.identifier_key"),
        ("group_identifier_edges.identifier_key_b", "resolved_group_identifiers.identifier_key"),
        ("resolved_person_identifiers.person_id", "persons.person_id"),
        ("group_components.identifier_key", "resolved_group_identifiers.identifier_key"),
        ("resolved_group_identifiers.group_id", "resolved_group_identifiers.identifier_key"),
        ("membership_identifiers.event_id", "events.id"),
        ("memberships.person_id", "persons.person_id"),
        ("memberships.group_id", "groups.group_id"),
        ("membership_history.membership_id", "memberships.id"),
        ("person_participants.event_id", "events.id"),
        ("person_participants.person_id", "persons.person_id"),
        ("identity_journal.event_id", "events.id"),
        ("gmail_person_identifiers.event_id", "gmail_events.id"),
        ("raw.gmail_messages", "gmail_messages_raw"),
        ("manual_events", "events"),
        ("gmail_messages_parsed", "dead_letters"),
    ],
)
def test_relations_are_drawn(everything: Page, start: str, end: str) -> None:
    assert (start, end) in {(line.source, line.target) for line in everything.lines}


def test_they_can_be_read() -> None:
    for page in pages(XML.read_text(encoding="utf-8")):
        assert list(untidy(page)) == []


@pytest.mark.parametrize("option", ["--output", "--svg"])
def test_a_stale_file_is_told_and_left_as_it_is(option: str, tmp_path: Path) -> None:
    files = {"--output": XML, "--svg": SVG}
    stale = tmp_path / "stale"
    stale.write_text(files[option].read_text(encoding="utf-8").replace("person_id", "human_id"))
    before = stale.read_bytes()
    arguments = [word for pair in (files | {option: stale}).items() for word in pair]
    done = run_crm("diagram", "--check", *arguments)
    assert done.returncode == 1
    assert f"{stale} does not show the models as they are: run crm diagram" in done.stderr
    assert stale.read_bytes() == before


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    done = run_crm("diagram", "--output", tmp_path / "nowhere" / "diagram.xml")
    assert done.returncode == 2
    assert "can't be written: there is no folder" in done.stderr
