"""A real server on a free port, over a real warehouse; and a small stand-in for the processor."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn

from conftest import Sandbox
from headless_crm.realtime.outcome import Outcome, Status
from headless_crm.server.app import Server, create_app
from headless_crm.server.metrics import Metrics
from headless_crm.server.reads import Reads
from headless_crm.server.run import configured
from headless_crm.server.sessions import Session, duckdb_sessions, postgres_sessions
from headless_crm.warehouse import open_warehouse
from headless_crm.warehouse.duckdb import shared

RAWS = {
    "gadget": "gadget_shops_raw",
    "gmail": "gmail_messages_raw",
    "manual": "manual_events_raw",
    "shopify_partner": "shopify_partner_app_events_raw",
}
SOURCES = tuple(RAWS)


class StandIn:
    """Answers at once what a test set for an id, or else that it is a duplicate."""

    sources = SOURCES

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome | Exception | None] = {}
        self.submitted: list[tuple[str, str]] = []
        self.closed = False

    def submit_all(self, events: Iterable[tuple[str, str]]) -> list[Future[Outcome]]:
        return [self.submit(*event) for event in events]

    def submit(self, source: str, event_id: str) -> Future[Outcome]:
        self.submitted.append((source, event_id))
        done: Future[Outcome] = Future()
        found = self.outcomes.get(event_id, outcome(event_id, Status.DUPLICATE))
        if isinstance(found, Exception):
            done.set_exception(found)
        elif found:
            done.set_result(found)
        return done

    def close(self) -> None:
        self.closed = True


def outcome(event_id: str, status: Status = Status.PROCESSED, **fields: Any) -> Outcome:
    return Outcome("manual", event_id, status, datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC), **fields)


class Served:
    """A server that runs."""

    def __init__(self, url: str, server: Server, processor: StandIn) -> None:
        self.url, self.server, self.processor = url, server, processor
        self.client = httpx.Client(base_url=url, timeout=30)

    def post(self, query: str, variables: Any = None, **headers: str) -> httpx.Response:
        # Escaped, since half of a surrogate pair has no UTF-8.
        asked = json.dumps({"query": query, "variables": variables})
        named = {"content-type": "application/json"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post("/graphql", content=asked, headers=named)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = self.post(query, variables).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def code(self, query: str, **variables: Any) -> str:
        """The code of the one error of an answer."""
        [error] = self.post(query, variables).json()["errors"]
        return str(error["extensions"]["code"])


@contextmanager
def sessions_of(sandbox: Sandbox, seconds: float) -> Iterator[Callable[[], Session]]:
    if sandbox.url.startswith("postgresql"):
        yield postgres_sessions(sandbox.url, seconds)
        return
    with shared(sandbox.url), open_warehouse(sandbox.url) as warehouse:
        yield duckdb_sessions(warehouse)


@contextmanager
def serving(sandbox: Sandbox, *, deadline_seconds: float = 10, **options: Any) -> Iterator[Served]:
    """A server of the warehouse until the end of the block."""
    processor = StandIn()
    with sessions_of(sandbox, deadline_seconds) as connect:
        server = Server(
            processor=processor,
            raws=options.pop("raws", RAWS),
            reads=Reads(connect),
            watch=Reads(connect, threads=2),
            metrics=options.pop("metrics", None) or Metrics(SOURCES),
            ready=options.pop("ready", lambda _: None),
            deadline_seconds=deadline_seconds,
            **options,
        )
        with running(create_app(server)) as url:
            served = Served(url, server, processor)
            with served.client:
                yield served
    assert processor.closed


@contextmanager
def running(app: Any) -> Iterator[str]:
    """The URL of an application that a thread of this process serves."""
    listening = socket.create_server(("127.0.0.1", 0))
    runner = uvicorn.Server(configured(app))
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        runner.should_exit = True
        thread.join()
        listening.close()


def rows_of(client: httpx.Client) -> str:
    """The metrics, as soon as the rows are counted."""
    for _ in range(100):
        text = client.get("/metrics").text
        if "crm_rows{" in text:
            return text
        time.sleep(0.1)
    raise AssertionError(text)


def numbers_of(text: str, metric: str) -> dict[str, float]:
    """The values of a metric by its labels."""
    return {
        labels: float(value)
        for labels, value in re.findall(rf"^{metric}{{(.*)}} (\S+)$", text, re.MULTILINE)
    }
