"""What is new: the watermarks of each source, and the rows that a raw model takes."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from macros import render

SOURCES = [{"name": "one_events", "source": "one"}, {"name": "two_events", "source": "two"}]


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("""
            create table one_events as select unnest(['a1', 'a2', 'a3']) as id, 'said' as source,
                unnest([timestamp '2025-01-01', '2025-01-02', '2025-01-03']) as _ingested_at;
            create table two_events as select 'b1' as id, 'said' as source,
                timestamp '2025-01-02' as _ingested_at, 7 as extra;
            create table this_model (id text, source text, source_ingested_at timestamp);
            create table other_model as select 'one' as source, timestamp '2025-01-01' as taken_at
        """)
        yield connection


def node(name: str, *columns: str) -> dict[str, Any]:
    described = {column: Described(column) for column in columns}
    return {name: Node(name, described)}


class Described:
    data_type = "integer"

    def __init__(self, name: str) -> None:
        self.name = name


class Node:
    resource_type = "model"

    def __init__(self, name: str, columns: dict[str, Described]) -> None:
        self.name = name
        self.columns = columns


def taken(warehouse: duckdb.DuckDBPyConnection, *arguments: Any, **variables: Any) -> set[str]:
    """The ids that union_with_watermarks selects; its arguments by position, as it has them."""
    own = {"sources": SOURCES, "is_incremental": True, "materialized": "incremental"}
    sql = render("union_with_watermarks", "sources", *arguments, **own | variables)
    return {row[0] for row in warehouse.execute(f"select id from ({sql})").fetchall()}


IDS = ("_ingested_at", "source_ingested_at", "override_incremental", None, True, None, ["id"])


def test_a_full_run_takes_all(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert taken(warehouse, *IDS, is_incremental=False) == {"a1", "a2", "a3", "b1"}


def test_each_source_has_a_watermark_of_its_own(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("insert into this_model values ('a2', 'one', '2025-01-02')")
    assert taken(warehouse, *IDS) == {"a3", "b1"}


def test_the_watermarks_of_another_model_can_count(warehouse: duckdb.DuckDBPyConnection) -> None:
    arguments = ("_ingested_at", "taken_at", "override_incremental", "other_model", True, None)
    assert taken(warehouse, *arguments, ["id"]) == {"a2", "a3", "b1"}


def test_an_override_counts_in_development_alone(warehouse: duckdb.DuckDBPyConnection) -> None:
    override = {"override_incremental": "2025-01-02"}
    assert taken(warehouse, *IDS, target_name="dev", **override) == {"a3"}
    assert taken(warehouse, *IDS, target_name="crm", **override) == {"a1", "a2", "a3", "b1"}
    everywhere = ("_ingested_at", "source_ingested_at", "since", None, False, None, ["id"])
    assert taken(warehouse, *everywhere, target_name="crm", since="2025-01-02") == {"a3"}


def test_what_a_source_lacks_is_null(warehouse: duckdb.DuckDBPyConnection) -> None:
    nodes = node("one_events", "id") | node("two_events", "id", "extra")
    sql = render("union_with_watermarks", "sources", sources=SOURCES, nodes=nodes)
    rows = warehouse.execute(f"select id, extra from ({sql}) order by id").fetchall()
    assert rows == [("a1", None), ("a2", None), ("a3", None), ("b1", 7)]


def test_a_template_says_which_columns_are_taken(warehouse: duckdb.DuckDBPyConnection) -> None:
    class Template:
        identifier = "one_events"

    nodes = node("one_events", "id", "source") | node("two_events", "id", "source", "extra")
    arguments = ("_ingested_at", "at", "override_incremental", None, True, Template())
    sql = render("union_with_watermarks", "sources", *arguments, sources=SOURCES, nodes=nodes)
    answer = warehouse.execute(f"from ({sql}) order by id desc limit 1")
    assert [column[0] for column in answer.description or []] == ["id", "source", "at"]
    assert answer.fetchall()[0][:2] == ("b1", "two"), "the list's name of the source counts"


def landed(warehouse: duckdb.DuckDBPyConnection, **variables: Any) -> set[str]:
    """The ids that a raw model takes: those of its source's rows that pass its filter."""
    rows_sql = render("source_rows", "source_table", **variables)
    keyed = f"select source_id as id, record, synced_at from ({rows_sql})"
    sql = render("raw_rows", f"({keyed}) as keyed", **variables)
    return {row[0] for row in warehouse.execute(f"select id from ({sql})").fetchall()}


@pytest.fixture
def landings(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A source of which rows up to the 10th were seen; two of them were taken."""
    warehouse.execute("""
        create table source_table as select
            unnest(['taken', 'equal', 'late', 'too_late', 'new', 'undated', 'changed']) as id,
            unnest(['{}', '{}', '{}', '{}', '{}', '{}', '{"a": 1}']) as record,
            unnest([timestamp '2025-01-10', '2025-01-10', '2025-01-07', '2025-01-01', '2025-01-11',
                null, '2025-01-09']) as synced_at;
        create schema crm;
        create table crm.watermarks as
            select 'this_model' as model, 'events' as upstream, timestamp '2025-01-10' as absorbed;
        create or replace table this_model as
            select id, md5('{}') as record_hash from (values ('taken'), ('changed')) as t (id)
    """)
    return warehouse


def test_rows_with_equal_times_and_late_ones_are_taken_once(
    landings: duckdb.DuckDBPyConnection,
) -> None:
    found = landed(landings, is_incremental=True, lookback_days=2)
    assert found == {"equal", "late", "new", "undated", "changed"}


def test_a_first_run_takes_all(landings: duckdb.DuckDBPyConnection) -> None:
    assert len(landed(landings)) == 7


@pytest.mark.parametrize("name", ["event_id", "realtime_event_id"])
def test_one_event_is_taken_by_its_id(landings: duckdb.DuckDBPyConnection, name: str) -> None:
    assert landed(landings, is_incremental=True, **{name: "too_late"}) == {"too_late"}
    assert landed(landings, is_incremental=True, **{name: "taken"}) == set()
    assert landed(landings, is_incremental=True, **{name: "zzz' OR 1=1 --"}) == set()


JOIN = {"via": "two", "on": ["id", "id"], "key": "id"}


@pytest.mark.parametrize(
    ("reads", "narrowed"),
    [({}, True), ({"two": "two_id"}, True), ({"two": JOIN}, False), ({"two": ["id", JOIN]}, False)],
)
def test_what_a_join_leads_to_is_filtered_by_the_scope(reads: Any, narrowed: bool) -> None:
    one, two = (
        SimpleNamespace(name=name, config=SimpleNamespace(materialized="delta"))
        for name in ("one", "two")
    )
    node = SimpleNamespace(
        depends_on=SimpleNamespace(nodes=["model.one", "model.two"]),
        config={"scope": "id", "reads": reads},
    )
    assert render("is_narrowed", node, nodes={"model.one": one, "model.two": two}) is narrowed
