"""Warehouses that several files of this folder ask over HTTP, each built once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from people import FIRST, LATER
from served import Served, serving
from small import EVENT, PAGE

from conftest import Sandbox, sandbox_of
from headless_crm.warehouse import open_warehouse


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
