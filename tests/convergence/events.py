"""Single events in the small warehouses: the real runner, on a connection that may die."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from warehouses import Died, DuckDB, Engine

from headless_crm.erasing import Erased, erase_events
from headless_crm.realtime.duckdb import DuckDBSession
from headless_crm.realtime.outcome import Outcome
from headless_crm.realtime.postgres import PostgresSession
from headless_crm.realtime.postgres import open_session as open_postgres
from headless_crm.realtime.runner import Busy, Runner
from headless_crm.sources import Source

T = TypeVar("T")


class Events:
    """The runner of one warehouse, opened when it is first asked for."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.runner: Runner | None = None
        self.budget: int | None = None

    def process(
        self, requests: dict[str, list[str]], die_after: int | None = None
    ) -> list[Outcome]:
        """What became of the events; nothing, where the runner died before its n-th statement."""
        runner = self.open()
        self.budget = die_after
        try:
            return self._waiting(lambda: runner.run(requests))
        except Died:
            self.budget = None
            self.close()
            return []
        finally:
            self.budget = None

    def erase(self, source: Source, ids: list[str]) -> Erased:
        runner = self.open()
        keyed = self.engine.project.selects["create"][source.raw_model]
        return self._waiting(lambda: erase_events(runner, source, keyed, ids))

    def open(self) -> Runner:
        self.runner = self.runner or Runner(self._session(), self.engine.project.compiled)
        return self.runner

    def _waiting(self, run: Callable[[], T]) -> T:
        for _ in range(50):
            try:
                return run()
            except Busy:
                time.sleep(0.1)  # A server takes a moment to see that a session is gone.
        raise AssertionError("the lock of a dead run stays")

    def close(self) -> None:
        if self.runner is not None:
            self.runner.session.close()
        self.runner = None

    def _session(self) -> DuckDBSession | PostgresSession:
        if isinstance(self.engine, DuckDB):
            session = DuckDBSession(self.engine.connection.cursor(), "warehouse")
        else:
            session = open_postgres(self.engine.server.url(self.engine.name))
            session.query("set synchronous_commit = off")
        session.connection = Mortal(session.connection, self._spend)
        return session

    def _spend(self) -> None:
        if self.budget is not None:
            self.budget -= 1
            if self.budget < 0:
                raise Died


class Mortal:
    """A connection that tells of each statement before it is executed."""

    def __init__(self, connection: Any, before: Callable[[], None]) -> None:
        self.connection, self.before = connection, before

    def execute(self, *arguments: Any, **options: Any) -> Any:
        self.before()
        return self.connection.execute(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)
