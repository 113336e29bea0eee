"""What a run looks at follows what changed, and not what there is."""

from __future__ import annotations

import uuid
from pathlib import Path

import duckdb
import pytest
from events import Events
from told import land_and_run, seen, shop
from warehouses import DuckDB, Engine, Rows, Warehouse

PERSONS = 40
FEW = 12
"""More than one event touches, in any table of a step, and less than there are persons."""


@pytest.fixture
def settled(warehouse: Warehouse) -> Warehouse:
    """With persons and groups of whom nothing new is told."""
    rows = [seen(f"e{n}", -24, f"{n}a", f"{n}b") for n in range(PERSONS)]
    land_and_run(warehouse, *rows, *(shop(str(n), -24, f"{n}.test") for n in range(PERSONS)))
    for name in sizes(warehouse.engine):
        warehouse.engine.execute(f"drop table {name}")
    return warehouse


def sizes(engine: Engine) -> dict[str, int]:
    """The temporary tables of the last run, and how many rows each has."""
    found: Rows = engine.execute(
        "select table_name from duckdb_tables() where temporary"
        if isinstance(engine, DuckDB)
        else "select relname from pg_class where relkind = 'r' "
        "and relnamespace = pg_my_temp_schema()"
    )
    return {name: engine.execute(f"select count(*) from {name}")[0][0] for (name,) in found}


def test_a_run_looks_at_what_changed(settled: Warehouse) -> None:
    land_and_run(settled, seen("bridge", 0, "3a", "4b"), shop("99", 0, "7.test"))
    looked_at = sizes(settled.engine)
    assert {"persons__scope", "person_components__pairs"} <= set(looked_at)
    assert looked_at["persons__scope"] > 0 < looked_at["groups__scope"]
    assert {name: rows for name, rows in looked_at.items() if rows > FEW} == {}


@pytest.mark.parametrize("warehouse", ["duckdb"], indirect=True)
def test_an_event_looks_at_what_changed(settled: Warehouse) -> None:
    """On PostgreSQL the rows of its steps are within the statements, which are those of a run."""
    events = Events(settled.engine)
    row = seen("bridge", 0, "3a", "4b")
    settled.land(row)
    events.process({"manual": [row.key]})
    session = events.open().session
    counts = {name: session.query(f"select count(*) from {name}")[0][0] for name in session.sizes}
    events.close()
    assert counts["persons__scope"] > 0
    assert {name: rows for name, rows in counts.items() if rows > FEW} == {}


@pytest.mark.parametrize("warehouse", ["duckdb"], indirect=True)
def test_an_event_reads_the_end_of_a_long_ledger(warehouse: Warehouse, tmp_path: Path) -> None:
    """It has an entry for each event. On PostgreSQL, indexes lead to the last one."""
    project = warehouse.engine.project
    file = tmp_path / "long.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema crm")
        for sql in project.steps["state"]:
            connection.execute(sql)
        connection.execute(
            "insert into crm.ledger (stamp, run_id, kind, status) "
            "select cast('2025-01-01' as timestamp) + to_seconds(n), uuid(), 'event', 'done' "
            "from range(600_000) as seconds(n)"
        )
    with duckdb.connect(str(file)) as connection:
        before = bytes_read(connection)
        for sql in (*project.compiled.lock, *project.compiled.unlock):
            text = sql.replace(":database.", "").replace(":kind", "'event'")
            connection.execute(text.replace(":holder", f"'{uuid.UUID(int=1 << 127)}'"))
        assert bytes_read(connection) - before < file.stat().st_size / 8
        assert connection.execute(
            "select status, count(*) from crm.ledger group by all"
        ).fetchall() == [("done", 600_001)]


def bytes_read(connection: duckdb.DuckDBPyConnection) -> int:
    """How much of the file's tables stands in memory."""
    [(amount,)] = connection.execute(
        "select memory_usage_bytes from duckdb_memory() where tag = 'BASE_TABLE'"
    ).fetchall()
    return int(amount)
