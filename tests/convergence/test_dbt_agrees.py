"""dbt itself, with its materializations and hooks, does what the compiled SQL does here."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from landings import TABLES, Landing, landings
from warehouses import DuckDB, Engine, Warehouse

from headless_crm import pipeline
from headless_crm.config import Settings
from headless_crm.warehouse import open_warehouse


@settings(max_examples=2, suppress_health_check=list(HealthCheck))
@given(st.lists(landings(st.integers(-10, 0)), min_size=12, max_size=24))
def test_three_builds_give_the_same_rows(
    duckdb_start: Engine, tmp_path_factory: pytest.TempPathFactory, rows: list[Landing]
) -> None:
    file = tmp_path_factory.mktemp("dbt") / "crm.duckdb"
    url = f"duckdb:///{file}"
    compiled = Warehouse(duckdb_start.empty())
    third = len(rows) // 3
    for part in (rows[:third], rows[third : 2 * third], rows[2 * third :]):
        with open_warehouse(url) as warehouse:
            for row in part:
                landed = [(row.key, row.record, row.synced_at)]
                warehouse.append_new("raw", TABLES[row.source], landed)
                compiled.land(row)
        pipeline.build(Settings(warehouse=url), tests=False)
        compiled.run()
    by_dbt = Warehouse(DuckDB(compiled.project, file))
    for table in compiled.project.order:
        assert Counter(by_dbt.rows(table)) == Counter(compiled.rows(table)), table
