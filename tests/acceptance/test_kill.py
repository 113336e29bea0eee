"""A build that is killed at any moment: one more gives the rows of one that nothing disturbed.

CRM_SEED and CRM_KILLS choose other moments and more of them: CRM_KILLS=50 pytest -k kill.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from landed import Landed

from conftest import run_crm
from same_rows import assert_same, connect, schema_of

SEED = int(os.environ.get("CRM_SEED", "1"))
KILLS = int(os.environ.get("CRM_KILLS", "3"))
# Who has to wait for a lock fails.
OPTIONS = ("--no-test", "--vars", json.dumps({"lock_wait_seconds": 0}))
KINDS = ("incremental", "full refresh", "first build")

# What dbt keeps between runs is killed as well, and must not be that of other tests.
pytestmark = pytest.mark.usefixtures("own_cache")


def timed_build(url: str, *options: str) -> float:
    started = time.monotonic()
    done = run_crm("build", *OPTIONS, *options, "--warehouse", url)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - started


def killed_build(url: str, options: list[str], delay: float) -> bool:
    """Start a build and kill it; whether it was still at work."""
    command = [sys.executable, "-m", "headless_crm", "build", *OPTIONS, *options]
    with subprocess.Popen(
        [*command, "--warehouse", url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as build:
        try:
            build.wait(delay)
        except subprocess.TimeoutExpired:
            build.kill()
    return build.returncode == -9


def journal(url: str) -> Counter[tuple[str, ...]]:
    with connect(url) as connection:
        entries = connection.execute(
            "select entity, change, id, other_id, identifiers "
            f"from {schema_of(url)}.identity_journal"
        )
        return Counter(entries.fetchall())


@pytest.mark.parametrize("warehouse", ["duckdb", "postgres"])
def test_one_build_makes_good_what_a_killed_one_left(
    warehouse: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgres") if warehouse == "postgres" else None
    landed = Landed(tmp_path, server, *OPTIONS)
    undisturbed = landed.copy()
    seconds = dict.fromkeys(KINDS, landed.seconds_of_first_build)
    seconds["incremental"] = timed_build(undisturbed)
    moments = random.Random(SEED)
    fractions = [(at + moments.random()) / KILLS for at in range(KILLS)]
    moments.shuffle(fractions)
    print(f"CRM_SEED={SEED} CRM_KILLS={KILLS} undisturbed: {seconds}")
    for number, fraction in enumerate(fractions):
        kind = KINDS[number % len(KINDS)]
        options = ["--full-refresh"] if kind == "full refresh" else []
        delay = fraction * seconds[kind]
        url = landed.copy(unbuilt=kind == "first build")
        while not killed_build(url, options, delay):
            # The machine has become faster since an undisturbed build was timed.
            delay *= 0.7
            url = landed.copy(unbuilt=kind == "first build")
        # Whether the one that follows is of the same kind must not matter.
        again = moments.choice([[], options])
        took = timed_build(url, *again)
        print(f"{kind} killed after {delay:.2f} s, made good by {again} in {took:.1f} s")
        assert_same(undisturbed, url)
        if kind != "first build":
            assert journal(url) == journal(undisturbed)
