"""crm new-source in a copy of the checkout: what it writes works without a further change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from checkout import Checkout

LONG = "abcdefghij_abcdefghij_abcdefgh"
UNIT_TESTS = """
import sys
from headless_crm.config import Settings
from headless_crm.pipeline import run
selected = "test_type:unit,path:models/source_layer/helpdesk"
nodes = run(Settings(warehouse="duckdb:///crm.duckdb"), ["test", "--select", selected])
print([str(node.status) for node in nodes if node.node.resource_type == "unit_test"])
"""


def query(checkout: Checkout, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(checkout.folder / "crm.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A new source with its sample rows, built, and an event processed by itself."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    lines = checkout.crm("new-source", "helpdesk").splitlines()
    load, build = (line.split()[1:] for line in lines if line.startswith("  crm "))
    assert checkout.crm(*load).endswith("4 rows, 4 new, 0 already there, 0 bad.\n")
    checkout.crm(*build)
    checkout.crm("compile")
    event = {"id": "9", "event": "chatted", "occurred_at": "2025-01-05"}
    event |= {"phone": "4155550100", "email": "ann.lee@home.example"}
    (checkout.folder / "chat.jsonl").write_text(json.dumps(event))
    checkout.crm("load", "helpdesk", "chat.jsonl")
    [outcome] = json.loads(checkout.crm("process", "helpdesk", "9", "--json"))
    assert outcome["status"] == "PROCESSED"
    return checkout


def test_sample_and_single_event_are_persons(helpdesk: Checkout) -> None:
    found = query(
        helpdesk, "select name, event_count, identifiers from crm.crm.persons order by name"
    )
    assert [(name, events, json.loads(identifiers)) for name, events, identifiers in found] == [
        (
            "Ann Lee",
            3,
            {
                "email": ["ann.lee@home.example", "ann@teas.example"],
                "helpdesk_user_id": ["42"],
                "phone": ["+14155550100"],
            },
        ),
        ("Bob", 1, {"email": ["bob@teas.example"]}),
    ]


def test_sample_persons_are_members_of_a_group(helpdesk: Checkout) -> None:
    assert query(
        helpdesk, "select person_name, role, group_name, source from crm.crm.memberships order by 1"
    ) == [
        ("Ann Lee", "owner", "Ann's Teas", "helpdesk"),
        ("Bob", None, "Ann's Teas", "helpdesk"),
    ]


def test_what_can_t_be_processed_is_a_dead_letter(helpdesk: Checkout) -> None:
    assert query(helpdesk, "select source, source_key, reason from crm.crm.dead_letters") == [
        ("helpdesk", "4", "missing_key")
    ]
    [source] = [
        source
        for source in json.loads(helpdesk.crm("status", "--json"))["sources"]
        if source["source"] == "helpdesk"
    ]
    assert (source["landed"], source["taken"], source["pending"]) == (5, 5, 0)


def test_the_unit_tests_that_were_written_pass(helpdesk: Checkout) -> None:
    done = helpdesk.run("-c", UNIT_TESTS)
    assert done.stdout == f"{['pass'] * 3}\n", done.stderr


def test_linters_find_nothing_in_what_was_written(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    for name in ("a", LONG):
        checkout.crm("new-source", name)
    folders = [f"models/source_layer/{name}" for name in ("a", LONG)]
    done = checkout.run("-m", "sqlfluff", "lint", "--disable-progress-bar", *folders)
    assert done.returncode == 0, done.stdout


def test_vars_of_a_new_source_can_be_set(tmp_path: Path) -> None:
    """That of its table, and one that its models ask for without a default in dbt_project.yml."""
    checkout = Checkout(tmp_path)
    checkout.crm("new-source", "a")
    model = tmp_path / "models" / "source_layer" / "a" / "a_events_parsed.sql"
    model.write_text(f"{model.read_text()}\n-- {{{{ var('a_region', 'US') }}}}\n")
    given = "{a_events_table: landing.b, a_region: GB}"
    sources = json.loads(checkout.crm("status", "--json", "--vars", given))["sources"]
    assert "landing.b" in [source["table"] for source in sources]
    done = checkout.run("-m", "headless_crm", "status", "--vars", "{a_regoin: GB}")
    assert (done.returncode, "Did you mean a_region?" in done.stderr) == (2, True)


def test_a_wrong_name_is_an_error_of_one_line(tmp_path: Path) -> None:
    done = Checkout(tmp_path).run("-m", "headless_crm", "new-source", "gadget")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: models/source_layer/gadget exists already")
    assert done.stderr.count("\n") == 1
