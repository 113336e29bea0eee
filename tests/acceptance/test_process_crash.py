"""Single events on a DuckDB file, where the disk is full or the process dies."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable

import pytest
from single_events import ARTEFACT, event, land, processed, statuses

from conftest import Sandbox
from headless_crm.errors import CrmError
from headless_crm.realtime.outcome import Status
from headless_crm.realtime.processing import Processor
from headless_crm.warehouse import open_warehouse


@pytest.fixture(scope="module")
def sandbox(copied: Callable[[str, str], Sandbox]) -> Sandbox:
    return copied("duckdb", "crash")


def test_what_a_full_disk_refused_leaves_nothing(sandbox: Sandbox, processor: Processor) -> None:
    """A commit that fails takes back what the runner noted of its own tables, too."""
    person = event("ofperson", groups=[])
    land(sandbox, person, event("ofgroup", persons=[]), event("ofboth"))
    assert statuses(processed(processor, "ofperson")) == {Status.PROCESSED}
    log = sandbox.file.with_name(f"{sandbox.file.name}.wal")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 1000, most))
    try:
        with pytest.raises(CrmError, match="gave no answer"):
            processed(processor, "ofgroup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert statuses(processed(processor, "ofgroup", "ofboth")) == {Status.PROCESSED}
    keys = {
        "manual_events_raw": "(id, record_hash)",
        "persons": "person_id",
        "groups": "group_id",
        "resolved_person_identifiers": "identifier_key",
    }
    with open_warehouse(sandbox.url) as warehouse:
        for table, key in keys.items():
            sql = f"select count(*) - count(distinct {key}) from crm.{table}"
            assert warehouse.query(sql) == [(0,)], table


DIE_AFTERWARDS = """
import os, pathlib, sys
from headless_crm.realtime.compiled import read_compiled
from headless_crm.realtime.runner import open_runner
url, compiled, event = sys.argv[1:]
runner = open_runner(url, read_compiled(pathlib.Path(compiled)))
runner.run({"manual": [event]})
os._exit(0)
"""


def test_what_a_process_that_died_wrote_is_found_by_index(sandbox: Sandbox) -> None:
    land(sandbox, event("first"), event("survives"))
    compiled = sandbox.folder / ARTEFACT
    sandbox.crm("process", "manual", "first", "--compiled", compiled)  # So that there are indexes.
    died = [sys.executable, "-c", DIE_AFTERWARDS, sandbox.url, compiled]
    subprocess.run([*died, "survives"], check=True)
    with open_warehouse(sandbox.url):
        pass  # The next one looks at no table.
    with open_warehouse(sandbox.url) as warehouse:
        for key in ("source_record_id || ''", "source_record_id"):
            sql = f"select count(*) from crm.manual_events where {key} = 'survives'"
            assert warehouse.query(sql) == [(1,)], key
