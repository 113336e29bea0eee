"""Models whose columns or tables change: the next build makes the rows of a first one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checkout import Checkout

from conftest import Sandbox, sandbox_of
from same_rows import Rows, connect, rows_of, schema_of

RAW = "manual_events_raw"
TRAITS = "manual_person_traits"
COLUMN = "      - name: {}\n        data_type: {}\n        description: New.\n"


def signed_up(key: str, *emails: str, day: int) -> str:
    record = {
        "id": key,
        "occurred_at": "2025-01-01",
        "event_name": "signed_up",
        "persons": [{"identifiers": {"email": emails}, "traits": {"name": key}}],
    }
    return json.dumps({"synced_at": f"2025-02-0{day}", "record": record})


FIRST = [signed_up("a", "a@x.test", day=1), signed_up("b", "b@x.test", day=1)]
SECOND = [signed_up("c", "a@x.test", "c@x.test", day=2)]
CORRECTION = [signed_up("b", "a@x.test", day=3)]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The project with a column more in a raw, a core and a mart model, and one of another type."""
    checkout = Checkout(tmp_path_factory.mktemp("changed"))
    core, marts, manual = (
        f"models/{name}"
        for name in (
            "core_layer/_core__models.yml",
            "marts/_marts__models.yml",
            "source_layer/manual/_manual__models.yml",
        )
    )
    checkout.edit(
        f"models/source_layer/manual/{RAW}.sql",
        "select * from raw_rows",
        "select\n    *,\n    length(record) as size\nfrom raw_rows",
    )
    checkout.edit(
        "models/core_layer/events.sql",
        "            'source_table',\n",
        "            'source_table',\n            'source_record_id',\n",
    )
    checkout.edit(
        "models/marts/persons.sql",
        "    activity.event_count,\n",
        "    cast(activity.event_count as {{ dbt.type_string() }}) as event_count,\n"
        "    2 * activity.event_count as twice,\n",
    )
    for file, model, column in (
        (manual, RAW, ("size", "bigint")),
        (core, "events", ("source_record_id", "string")),
        (marts, "persons", ("twice", "bigint")),
    ):
        text = (checkout.folder / file).read_text()
        start = text.index(f"  - name: {model}\n")
        end = text.index("    columns:\n", start) + len("    columns:\n")
        checkout.edit(file, text[start:end], text[start:end] + COLUMN.format(*column))
    count = "name: event_count\n        data_type: {}\n"
    before = (checkout.folder / marts).read_text()
    text = before.replace(count.format("bigint"), count.format("string"), 1)
    assert text.index(count.format("string")) < text.index("  - name: groups\n")
    (checkout.folder / marts).write_text(text)
    return checkout


@pytest.fixture(scope="module")
def made_at_once(changed: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The rows of a first build by the changed models."""
    sandbox = Sandbox(tmp_path_factory.mktemp("at_once"))
    sandbox.load("manual", [*FIRST, *SECOND, *CORRECTION])
    changed.crm("build", "--no-test", "--warehouse", sandbox.url)
    return rows_of(sandbox.url)


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_a_build_after_columns_were_added_makes_the_rows_of_a_first_one(
    kind: str,
    changed: Checkout,
    made_at_once: Rows,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    sandbox = sandbox_of(kind, request, tmp_path, "added_columns")
    sandbox.load("manual", FIRST)
    sandbox.build("--no-test")
    sandbox.load("manual", SECOND)
    shown = changed.crm("build", "--no-test", "--warehouse", sandbox.url)
    assert "The models or --vars have changed since" in shown
    sandbox.load("manual", CORRECTION)
    shown = changed.crm("build", "--no-test", "--warehouse", sandbox.url)
    assert "changed" not in shown
    found = rows_of(sandbox.url)
    assert set(found) == set(made_at_once)
    assert [name for name in found if name != RAW and found[name] != made_at_once[name]] == []
    # Raw rows are history, which nothing makes anew: those that were there lack the new column.
    with connect(sandbox.url) as connection:
        sizes = connection.execute(
            f"select id, size = length(record) from {schema_of(sandbox.url)}.{RAW} "
            "order by synced_at, id"
        ).fetchall()
    assert sizes == [("a", None), ("b", None), ("c", True), ("b", True)]


@pytest.fixture(scope="module")
def tabled(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The project as it was when a source's traits had a table."""
    checkout = Checkout(tmp_path_factory.mktemp("tabled"))
    checkout.edit(
        f"models/source_layer/manual/events/{TRAITS}.sql",
        "materialized='ephemeral'",
        "unique_key='id'",
    )
    return checkout


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_a_model_that_has_no_table_any_more_leaves_none(
    kind: str, tabled: Checkout, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sandbox = sandbox_of(kind, request, tmp_path, "former_tables")
    sandbox.load("manual", FIRST)
    tabled.crm("build", "--no-test", "--warehouse", sandbox.url)
    # The core reads a source's model of either kind.
    sandbox.load("manual", CORRECTION)
    tabled.crm("build", "--no-test", "--warehouse", sandbox.url)
    before = rows_of(sandbox.url)
    _, traits = before.pop(TRAITS)
    assert traits.total() == before["person_traits"][1].total() == 2
    sandbox.build("--no-test")
    assert rows_of(sandbox.url) == before
    with connect(sandbox.url) as connection:
        left = connection.execute(
            f"select table_schema from information_schema.tables where table_name = '{TRAITS}'"
        ).fetchall()
    assert left == []


def test_a_yml_counts_where_it_says_columns(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    file = "models/source_layer/gadget/events/_gadget__events.yml"

    def recipe() -> str:
        code = "from headless_crm.recipe import recipe_of; print(recipe_of({}))"
        return checkout.run("-c", code).stdout

    before = recipe()
    assert len(before) > 60
    checkout.edit(file, "The identifiers of the shop.", "The shop's.")
    assert recipe() == before
    checkout.edit(file, "      - name: state\n", "      - name: mood\n")
    assert recipe() != before
