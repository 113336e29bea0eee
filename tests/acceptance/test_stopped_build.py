"""A signal that comes where dbt makes another error of what it raises, or loses it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Sandbox
from headless_crm.warehouse import open_warehouse

SIGNALLED = """
import os, sys
from headless_crm.cli import main

number, caller, function = sys.argv[1].split()
del sys.argv[1]

class Signal:
    def __del__(self):  # What is raised here is lost, and told.
        os.kill(os.getpid(), int(number))

def callers(frame):
    while frame := frame.f_back:
        yield frame.f_code.co_name

def signal_once(frame, event, _):
    if event == "call" and frame.f_code.co_name.startswith(function):
        nearest, *others = callers(frame)
        if nearest.startswith(caller) and "execute_with_hooks" in others:
            sys.setprofile(None)
            if function == "handle_job_queue_node":
                Signal()
            else:
                os.kill(os.getpid(), int(number))

sys.setprofile(signal_once)
main()
"""


@pytest.mark.parametrize(
    ("number", "where", "unbuilt"),
    [
        (signal.SIGTERM, "__mashumaro_from __mashumaro_from", "manual_events_raw"),
        (signal.SIGINT, "cast parse_datetime", "manual_events_raw"),
        (signal.SIGTERM, "handle_job_queue handle_job_queue_node", "persons"),
    ],
    ids=["made another", "lost before a node", "lost while nodes run"],
)
def test_it_stops_the_build_all_the_same(
    tmp_path: Path, number: signal.Signals, where: str, unbuilt: str
) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.load("manual", [{"id": "1", "occurred_at": "2025-01-01", "event_name": "x"}])
    command = [sys.executable, "-c", SIGNALLED, f"{number:d} {where}", "build", "--no-test"]
    done = subprocess.run(
        [*command, "--warehouse", sandbox.url],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    told = "Error: The build was stopped. The next crm build takes up what is left.\n"
    assert done.stderr.endswith(told)
    assert done.stderr == told or "Exception ignored in" in done.stderr
    with open_warehouse(sandbox.url, read_only=True) as warehouse:
        tables = warehouse.query("select table_name from information_schema.tables")
    assert ("manual_events",) in tables
    assert (unbuilt,) not in tables
    sandbox.build("--no-test")
    assert sandbox.query("select count(*) from events") == [(1,)]
