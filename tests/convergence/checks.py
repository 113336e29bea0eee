"""What must hold of a warehouse after a run that completed."""

from __future__ import annotations

from collections import Counter

from landings import TABLES
from warehouses import Warehouse


def check_converged(warehouse: Warehouse) -> None:
    """Every table holds what a first build of the raw rows gives."""
    anew = warehouse.built_anew()
    try:
        for table in warehouse.project.order:
            found, expected = Counter(warehouse.rows(table)), Counter(anew.rows(table))
            assert found == expected, (
                f"{table}: too many {list((found - expected).elements())[:3]}, "
                f"missing {list((expected - found).elements())[:3]}"
            )
    finally:
        anew.engine.close()


def check_nothing_pending(warehouse: Warehouse) -> None:
    for source, table in TABLES.items():
        landed = warehouse.engine.execute(f"select distinct id, record from raw.{table}")
        taken = warehouse.engine.execute(f"select id, record from crm.{table}_raw")
        assert Counter(landed) == Counter(taken), source
