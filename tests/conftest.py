"""What all tests can use: the real command, and warehouses that it built."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from commands import run_crm
from engines import Engine, duckdb_engine, postgres_engine
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from postgres_server import Server, running_server

# The same examples in every run: what fails here fails everywhere.
settings.register_profile("suite", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("suite")

# A shell's jobs in the background ignore Ctrl-C, and so would what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]
STATE_TABLES = ("failed_events", "identity_journal", "ledger", "watermarks", "writer_lock")
"""What runs keep of themselves: it tells how the rows came about, and is no function of them."""


def copy_checkout(folder: Path) -> None:
    """Copy the project's files to a folder: those that git knows of, or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


class Sandbox:
    """A folder with a DuckDB warehouse, or another one, and the commands that fill it."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.file = folder / "crm.duckdb"
        self.url = url or f"duckdb:///{self.file}"

    def load(self, source: str, rows: Iterable[dict[str, Any] | str]) -> None:
        """Load rows: envelopes, records, or lines as they are."""
        path = self.folder / f"{source}.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.crm("load", source, path)

    def build(self, *options: str) -> None:
        self.crm("build", *options)

    def crm(self, *arguments: object) -> str:
        done = run_crm(*arguments, "--warehouse", self.url)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a query; the tables of schema crm need no prefix."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f'use "{self.file.stem}".crm')
            return connection.execute(sql, parameters).fetchall()


def sandbox_of(kind: str, request: pytest.FixtureRequest, folder: Path, name: str) -> Sandbox:
    """An empty warehouse of a kind: a file in the folder, or a database of that name."""
    if kind == "duckdb":
        return Sandbox(folder)
    return Sandbox(folder, request.getfixturevalue("postgres").new_database(name))


# Files that ask a warehouse of the session: one worker has them all, and no other builds it too.
TOGETHER = {
    "tests/acceptance/test_graphql_explain.py": "tests/acceptance/test_graphql.py",
    "tests/acceptance/test_graphql_limits.py": "tests/acceptance/test_graphql_http.py",
    "tests/acceptance/test_health.py": "tests/acceptance/test_graphql_http.py",
    "tests/acceptance/test_process_crash.py": "tests/acceptance/test_process.py",
    "tests/acceptance/test_serve_cli.py": "tests/acceptance/test_process.py",
    "tests/acceptance/test_served_waits.py": "tests/acceptance/test_process.py",
    "tests/integration/test_source_scenarios.py": "tests/integration/test_scenarios.py",
}


class FilesTogether(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return TOGETHER.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return FilesTogether(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def cache_of_this_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Else dbt would parse all anew after each build of another process for another warehouse."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this session's own."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each of the engines: a test that takes it runs on all."""
    if request.param == "duckdb":
        with duckdb_engine() as engine:
            yield engine
    else:
        with postgres_engine(request.getfixturevalue("postgres")) as engine:
            yield engine
