"""Random sequences on DuckDB. See sequences.py."""

from __future__ import annotations

from sequences import run_sequences
from warehouses import Engine


def test_sequences_converge(duckdb_start: Engine) -> None:
    run_sequences(duckdb_start, 30)
