"""Any order, any slicing, any crash: the same rows. Sequences are made at random, from a seed.

CRM_SEED and CRM_SEQUENCES run others and more: CRM_SEQUENCES=1000 pytest tests/convergence.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from machine import Convergence
from warehouses import Engine

SEED = int(os.environ.get("CRM_SEED", "1"))


def run_sequences(start: Engine, sequences: int) -> None:
    class Machine(Convergence):
        engine = start

    count = int(os.environ.get("CRM_SEQUENCES", sequences))
    print(f"CRM_SEED={SEED} CRM_SEQUENCES={count}")
    run_state_machine_as_test(
        seed(SEED)(Machine),
        settings=settings(
            max_examples=count,
            stateful_step_count=20,
            deadline=None,
            derandomize=False,
            database=None,
            print_blob=True,
            report_multiple_bugs=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
