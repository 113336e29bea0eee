"""The dbt project as its users know it: their own profile, their own commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from conftest import Sandbox, run_crm

PROJECT = Path(__file__).parents[2]
LAYERS = ("source_layer", "core_layer", "identity", "marts")


class Dbt:
    """A user's own profile for a sandbox's warehouse, and dbt with it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.folder = sandbox.folder / "dbt"
        self.folder.mkdir()
        output = {"type": "duckdb", "path": str(sandbox.file), "schema": "crm", "threads": 2}
        profile = {"headless_crm": {"target": "own", "outputs": {"own": output}}}
        (self.folder / "profiles.yml").write_text(yaml.safe_dump(profile))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("dbt"), *arguments, "--profiles-dir", self.folder],
            cwd=PROJECT,
            env=os.environ
            | {"DBT_TARGET_PATH": str(self.folder / "target"), "DBT_LOG_PATH": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def passes(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sandbox, Sandbox]:
    """Two warehouses with the same source rows."""
    first, second = (Sandbox(tmp_path_factory.mktemp(name)) for name in ("by_crm", "by_dbt"))
    files = first.folder / "files"
    assert run_crm("generate", "--persons", 60, files).returncode == 0
    for path in sorted(files.glob("*.jsonl")):
        first.crm("load", path.stem, path)
    shutil.copy(first.file, second.file)
    return first, second


@pytest.fixture(scope="module")
def dbt(sandboxes: tuple[Sandbox, Sandbox]) -> Dbt:
    """dbt on the second warehouse, built layer by layer."""
    dbt = Dbt(sandboxes[1])
    dbt.passes("seed")
    for layer in LAYERS:
        output = dbt.passes("run", "--select", layer)
        assert "ERROR=0" in output
    return dbt


def tables(sandbox: Sandbox) -> dict[str, list[tuple[Any, ...]]]:
    """All tables of the warehouse without what tells only when it was built."""
    names = sandbox.query(
        "select table_name from information_schema.tables where table_schema = 'crm' order by 1"
    )
    return {
        name: sandbox.query(
            "select columns(lambda c: c not in ('_ingested_at', 'source_ingested_at')) "
            f'from "{name}" order by all'
        )
        for (name,) in names
    }


@pytest.mark.usefixtures("dbt")
def test_layers_one_after_the_other_make_the_same_as_crm_build(
    sandboxes: tuple[Sandbox, Sandbox],
) -> None:
    by_crm, by_dbt = sandboxes
    by_crm.build()
    expected = tables(by_crm)
    assert len(expected["persons"]) > 50
    assert tables(by_dbt) == expected


def test_plain_dbt_build_runs_all_tests_and_changes_nothing(
    sandboxes: tuple[Sandbox, Sandbox], dbt: Dbt
) -> None:
    before = tables(sandboxes[1])
    output = dbt.passes("build")
    assert "ERROR=0 SKIP=0" in output
    assert "unit_test" in output or "unit test" in output
    assert tables(sandboxes[1]) == before


def test_docs_are_generated_without_a_warning(dbt: Dbt) -> None:
    output = dbt.passes("docs", "generate")
    assert "WARN" not in output.upper(), output


def test_freshness_is_checked_on_synced_at(sandboxes: tuple[Sandbox, Sandbox], dbt: Dbt) -> None:
    assert dbt.run("source", "freshness").stdout.count("PASS freshness of") == 4
    with damaged(sandboxes[1]) as connection:
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall():
            connection.execute(f"update raw.{table} set synced_at = current_date - 3")
        connection.close()
        assert dbt.run("source", "freshness").stdout.count("WARN freshness of") == 4


@pytest.mark.parametrize(
    ("damage", "test"),
    [
        ("delete from crm.dead_letters where source = 'manual'", "source_conservation_manual"),
        ("delete from crm.events where source = 'gmail'", "source_conservation_gmail"),
        ("insert into crm.persons select * from crm.persons limit 1", "unique_persons_person_id"),
        (
            "update crm.memberships set person_id = 'nobody' where id = "
            "(select min(id) from crm.memberships)",
            "relationships_memberships_person_id",
        ),
    ],
)
def test_a_broken_promise_fails_a_test(
    sandboxes: tuple[Sandbox, Sandbox], dbt: Dbt, damage: str, test: str
) -> None:
    with damaged(sandboxes[1]) as connection:
        connection.execute(damage)
        connection.close()
        done = dbt.run("test", "--select", f"{test}*")
    assert done.returncode == 1, done.stdout
    assert "FAIL" in done.stdout


@contextmanager
def damaged(sandbox: Sandbox) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may spoil the warehouse, which is whole again afterwards."""
    whole = sandbox.file.read_bytes()
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{sandbox.file}' as warehouse")
            connection.execute("use warehouse")
            yield connection
    finally:
        sandbox.file.write_bytes(whole)
