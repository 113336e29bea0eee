"""The engines that the tests of this folder start from: a session compiles each once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from checks import check_converged, check_explained, check_nothing_kept, check_nothing_pending
from compiled import compile_project
from warehouses import DuckDB, Engine, Postgres, Warehouse

from postgres_server import Server


@pytest.fixture(scope="session")
def duckdb_start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("duckdb")
    file = folder / "start.duckdb"
    engine = DuckDB(compile_project(f"duckdb:///{file}"), file)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def postgres_start(postgres: Server) -> Iterator[Engine]:
    url = postgres.new_database("start")
    engine = Postgres(compile_project(url), postgres, "start")
    yield engine
    engine.close()


def built(start: Engine) -> Iterator[Warehouse]:
    warehouse = Warehouse(start.empty())
    warehouse.run()
    yield warehouse
    warehouse.engine.close()


@pytest.fixture(scope="session")
def duckdb_built(duckdb_start: Engine) -> Iterator[Warehouse]:
    yield from built(duckdb_start)


@pytest.fixture(scope="session")
def postgres_built(postgres_start: Engine) -> Iterator[Warehouse]:
    yield from built(postgres_start)


@pytest.fixture(params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """An empty warehouse, built, of each of the engines; after the test, one run must converge."""
    made: Warehouse = request.getfixturevalue(f"{request.param}_built")
    warehouse = made.copy()
    try:
        yield warehouse
        warehouse.run()
        check_nothing_pending(warehouse)
        check_nothing_kept(warehouse)
        check_converged(warehouse)
        check_explained(warehouse)
    finally:
        warehouse.engine.close()
