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

from conftest import STATE_TABLES, Sandbox, run_crm

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
def raw_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with source rows, of which nothing is built."""
    sandbox = Sandbox(tmp_path_factory.mktemp("raw_rows"))
    files = sandbox.folder / "files"
    assert run_crm("generate", "--persons", 60, files).returncode == 0
    for path in sorted(files.glob("*.jsonl")):
        sandbox.crm("load", path.stem, path)
    return sandbox.file


@pytest.fixture(scope="module")
def sandboxes(raw_rows: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sandbox, Sandbox]:
    """Two warehouses with the same source rows; the first is built by crm."""
    first, second = (Sandbox(tmp_path_factory.mktemp(name)) for name in ("by_crm", "by_dbt"))
    for sandbox in (first, second):
        shutil.copy(raw_rows, sandbox.file)
    first.build("--no-test")
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
        if name not in STATE_TABLES
    }


@pytest.mark.usefixtures("dbt")
def test_layers_one_after_the_other_make_the_same_as_crm_build(
    sandboxes: tuple[Sandbox, Sandbox],
) -> None:
    by_crm, by_dbt = sandboxes
    expected = tables(by_crm)
    assert len(expected["persons"]) > 50
    assert tables(by_dbt) == expected


def test_plain_dbt_build_of_an_empty_warehouse_does_the_same_and_runs_all_tests(
    sandboxes: tuple[Sandbox, Sandbox], raw_rows: Path, tmp_path: Path
) -> None:
    sandbox = Sandbox(tmp_path)
    shutil.copy(raw_rows, sandbox.file)
    output = Dbt(sandbox).passes("build")
    assert "ERROR=0 SKIP=0" in output
    assert "unit tests" in output
    assert tables(sandbox) == tables(sandboxes[0])


def test_docs_are_generated_without_a_warning(dbt: Dbt) -> None:
    output = dbt.passes("docs", "generate")
    assert "WARN" not in output.upper(), output


def test_freshness_is_checked_on_synced_at(sandboxes: tuple[Sandbox, Sandbox], dbt: Dbt) -> None:
    assert dbt.run("source", "freshness").stdout.count("PASS freshness of") == 4
    with damaged(sandboxes[1]) as connection:
        for (table,) in connection.execute(
            "select table_name from duckdb_columns() "
            "where schema_name = 'raw' and column_name = 'synced_at'"
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


def test_dead_letters_of_another_table_of_a_source_are_not_this_one_s(
    sandboxes: tuple[Sandbox, Sandbox], dbt: Dbt
) -> None:
    with damaged(sandboxes[1]) as connection:
        connection.execute(
            "insert into crm.dead_letters select * replace ('manual_orders_raw' as source_table) "
            "from crm.dead_letters where source = 'manual'"
        )
        connection.close()
        dbt.passes("test", "--select", "source_conservation_manual*")


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
