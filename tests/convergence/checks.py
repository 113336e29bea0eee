"""What must hold of a warehouse after a run that completed."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from landings import TABLES
from warehouses import DuckDB, Rows, Warehouse

from headless_crm.entities import ENTITIES
from headless_crm.explain.explaining import Explainer


def check_converged(warehouse: Warehouse) -> None:
    """Every table holds what a first build of the raw rows gives."""
    anew = warehouse.built_anew()
    try:
        for table in warehouse.project.order:
            check_keys(warehouse, table)
            found, expected = Counter(warehouse.rows(table)), Counter(anew.rows(table))
            assert found == expected, (
                f"{table}: too many {list((found - expected).elements())[:3]}, "
                f"missing {list((expected - found).elements())[:3]}"
            )
    finally:
        anew.engine.close()


def check_keys(warehouse: Warehouse, table: str) -> None:
    """No two rows of a table have one key: rows are taken back by it."""
    key = ", ".join(warehouse.project.models[table]["key"])
    sql = f"select {key} from crm.{table} group by {key} having count(*) > 1"
    assert not warehouse.engine.execute(sql), f"{table}: rows of one ({key})"


def check_nothing_pending(warehouse: Warehouse) -> None:
    for source, table in TABLES.items():
        landed = warehouse.engine.execute(f"select distinct id, record from raw.{table}")
        taken = warehouse.engine.execute(f"select id, record from crm.{table}_raw")
        assert Counter(landed) == Counter(taken), source


def check_nothing_kept(warehouse: Warehouse) -> None:
    """After a run of all models: what they took back is forgotten, since each has seen it."""
    counts = " union all ".join(
        f"select '{name}', count(*) from crm_removed.{name}" for name in warehouse.project.order
    )
    kept = [row for row in warehouse.engine.execute(counts) if row[1]]
    assert not kept, kept


def explainer(warehouse: Warehouse, entity: str, as_of: datetime | None = None) -> Explainer:
    def query(sql: str, parameters: Sequence[Any]) -> Rows:
        mark = "?" if isinstance(warehouse.engine, DuckDB) else "%s"
        return warehouse.engine.execute(sql.replace("?", mark), list(parameters))

    return Explainer(query, entity, as_of)


def check_explained(warehouse: Warehouse, most: int = 12) -> None:
    """Two identifiers are explained as one entity just if they are one, by edges that join."""
    for entity in ENTITIES:
        rows = warehouse.engine.execute(
            f"select identifier_type, identifier_value, {entity}_id "
            f"from crm.resolved_{entity}_identifiers order by {entity}_id, identifier_key"
        )
        explain = explainer(warehouse, entity).explain
        for one, other in itertools.islice(itertools.pairwise(rows), most):
            found = explain(f"{one[0]}:{one[1]}", f"{other[0]}:{other[1]}")
            assert found.together == (one[2] == other[2])
            assert all(edge.is_active for edge in found.path) == (found.together or not found.path)
