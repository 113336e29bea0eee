"""Warehouses that several files of this folder ask, and what processes single events in others."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import pytest
from people import FIRST, LATER
from served import Served, serving
from single_events import ARTEFACT, event, with_artefact
from small import EVENT, PAGE

from conftest import Sandbox, sandbox_of
from headless_crm.realtime.compiled import Compiled, read_compiled
from headless_crm.realtime.processing import Processor
from headless_crm.realtime.runner import open_runner
from headless_crm.warehouse import open_warehouse
from headless_crm.warehouse.duckdb import shared


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else, what dbt parses with a test's --vars takes the place of what it parsed for others."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A person of one event, a row that can't be processed, and the events of docs/graphql.md."""
    sandbox = Sandbox(tmp_path_factory.mktemp("http"))
    sandbox.load("manual", [EVENT, EVENT | {"id": "bad", "record": {"occurred_at": "never"}}])
    [rows] = re.findall(r"<<'END'\n(.*?)^END$", PAGE, re.MULTILINE | re.DOTALL)
    sandbox.load("manual", rows.splitlines())
    sandbox.build("--no-test")
    return sandbox


@pytest.fixture(scope="module")
def served(small: Sandbox) -> Iterator[Served]:
    with serving(small) as served:
        yield served


@pytest.fixture(scope="module")
def in_development(small: Sandbox) -> Iterator[Served]:
    with serving(small, development=True) as served:
        yield served


@pytest.fixture(scope="session", params=["duckdb", "postgres"])
def people(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = sandbox_of(request.param, request, tmp_path_factory.mktemp("graphql"), "graphql")
    sandbox.load("manual", FIRST)
    sandbox.build("--no-test")
    sandbox.load("manual", LATER)
    sandbox.build()
    return sandbox


@pytest.fixture(scope="session")
def ids(people: Sandbox) -> dict[str, str]:
    """The id of each identifier, by its value: one that it had, or could have had."""
    with open_warehouse(people.url, read_only=True) as warehouse:
        return dict(
            warehouse.query(
                "select identifier_value, identifier_key from crm.person_identifier_arrivals "
                "union all "
                "select identifier_value, identifier_key from crm.resolved_group_identifiers"
            )
        )


@pytest.fixture(scope="session")
def copied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Sandbox]:
    """Makes a warehouse of a kind and a name, with the event `before` and an artefact.

    Each is a copy of one of its kind, which is built and compiled once.
    """

    @cache
    def original(kind: str) -> Sandbox:
        folder = tmp_path_factory.mktemp("original")
        return with_artefact(sandbox_of(kind, request, folder, "original"), event("before"))

    def copy(kind: str, name: str) -> Sandbox:
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(original(kind).folder, folder, dirs_exist_ok=True)
        if kind == "duckdb":
            return Sandbox(folder)
        postgres = request.getfixturevalue("postgres")
        return Sandbox(folder, postgres.new_database(name, template="original"))

    return copy


@pytest.fixture(scope="module")
def compiled(sandbox: Sandbox) -> Compiled:
    """The artefact of the file's own `sandbox`."""
    return read_compiled(sandbox.folder / ARTEFACT)


@pytest.fixture
def processor(sandbox: Sandbox, compiled: Compiled) -> Iterator[Processor]:
    """One that takes what lands in the file's own `sandbox`."""
    here = sandbox.url.startswith("duckdb")
    with shared(sandbox.url) if here else nullcontext():
        processor = Processor(lambda: open_runner(sandbox.url, compiled))
        yield processor
        processor.close()
