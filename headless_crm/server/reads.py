"""Reads of the warehouse: constant SQL with bound values, in a few threads, until a deadline."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from headless_crm.errors import CrmError
from headless_crm.server.sessions import Session
from headless_crm.warehouse import Query

Row = tuple[Any, ...]
Found = TypeVar("Found")


class DeadlineError(Exception):
    """The time that a request has was over before its answer was there."""


class Reads:
    """Runs statements for requests, at most `threads` at a time, each thread in its own session."""

    def __init__(self, connect: Callable[[], Session], threads: int = 4) -> None:
        self._connect = connect
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="crm-read")
        # Of their own, so that giving up waits for nothing else.
        self._interrupts = ThreadPoolExecutor(threads, thread_name_prefix="crm-interrupt")
        self._own = threading.local()
        self._sessions: set[Session] = set()
        self.statements = 0
        """How many were run: tests count them."""

    async def rows(self, sql: str, parameters: Sequence[Any], seconds: float) -> list[Row]:
        """The rows of a query, or DeadlineError after `seconds`; CrmError where it failed."""
        return await self.run(lambda query: query(sql, parameters), seconds)

    async def run(self, work: Callable[[Query], Found], seconds: float) -> Found:
        """What `work` makes of several queries, one after the other in one thread; as `rows`."""
        call = _Call()

        def query(sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
            return self._rows(call, sql, parameters)

        started = self._threads.submit(work, query)
        done = asyncio.wrap_future(started)
        done.add_done_callback(_retrieve)
        try:
            await asyncio.wait({done}, timeout=max(0.0, seconds))
        finally:
            # Repeated, since a statement that is about to start misses it.
            for _ in range(20):
                if done.done() or started.cancel():
                    break
                await asyncio.wrap_future(self._interrupts.submit(call.give_up))
                await asyncio.wait({done}, timeout=0.05)
        if call.given_up or started.cancelled() or not done.done():
            raise DeadlineError
        return done.result()

    def close(self) -> None:
        """Wait for the statements that run, and close all sessions."""
        self._threads.shutdown(cancel_futures=True)
        self._interrupts.shutdown()
        for session in tuple(self._sessions):
            self._drop(session)

    def _rows(self, call: _Call, sql: str, parameters: Sequence[Any]) -> list[Row]:
        session = self._session()
        try:
            return self._query(call, session, sql, parameters)
        except CrmError:
            # A server that was restarted has closed the sessions that stood idle.
            if call.given_up or session.alive():
                raise
            self._drop(session)
            return self._query(call, self._session(), sql, parameters)

    def _query(
        self, call: _Call, session: Session, sql: str, parameters: Sequence[Any]
    ) -> list[Row]:
        if not call.begin(session):
            raise DeadlineError
        self.statements += 1
        try:
            return session.query(sql, parameters)
        finally:
            call.end()
            if call.given_up:
                self._drop(session)  # An interrupt may yet arrive, and is not for the next one.

    def _session(self) -> Session:
        session: Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = self._connect()
            self._sessions.add(session)
        return session

    def _drop(self, session: Session) -> None:
        self._own.session = None
        self._sessions.discard(session)
        session.close()


class _Call:
    """A statement of a request: giving up interrupts the session that runs it, and no other's."""

    def __init__(self) -> None:
        self.given_up = False
        self._lock = threading.Lock()
        self._session: Session | None = None

    def begin(self, session: Session) -> bool:
        with self._lock:
            self._session = session
            return not self.given_up

    def end(self) -> None:
        with self._lock:
            self._session = None

    def give_up(self) -> None:
        with self._lock:
            self.given_up = True
            if self._session:
                self._session.interrupt()


def _retrieve(done: asyncio.Future[Any]) -> None:
    """Take the error of a statement that nobody waits for any more."""
    if not done.cancelled():
        done.exception()
