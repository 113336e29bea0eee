"""Random sequences on PostgreSQL. See sequences.py."""

from __future__ import annotations

from sequences import run_sequences
from warehouses import Engine


def test_sequences_converge(postgres_start: Engine) -> None:
    run_sequences(postgres_start, 20)
