"""Events over HTTP that have to wait for a build: how long, and what becomes of them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest
import uvloop
from served import running, serving
from single_events import event

from conftest import Sandbox
from headless_crm.realtime.compiled import Compiled
from headless_crm.realtime.processing import Processor
from headless_crm.server import builds
from headless_crm.server.app import Server, create_app
from headless_crm.server.assembly import Options, server_of
from headless_crm.server.builds import Builds
from headless_crm.server.loaders import Loads
from headless_crm.server.reads import DeadlineError, Reads


@pytest.fixture(scope="module")
def sandbox(copied: Callable[[str, str], Sandbox]) -> Sandbox:
    sandbox = copied("duckdb", "waits")
    sandbox.load("manual", [event("late"), event("last")])
    return sandbox


@pytest.fixture
def server(sandbox: Sandbox, compiled: Compiled) -> Iterator[Server]:
    with server_of(sandbox.url, compiled, Options(keys=None, deadline_seconds=4)) as server:
        yield server


def process(url: str, key: str) -> tuple[str, str]:
    fields = "{ status userErrors { code message } }"
    asked = f'mutation {{ processEvent(source: "manual", id: "{key}") {fields} }}'
    answer = httpx.post(f"{url}/graphql", json={"query": asked}, timeout=30).json()
    result = answer["data"]["processEvent"]
    return result["status"], " ".join(one["message"] for one in result["userErrors"])


def test_an_event_whose_turn_does_not_come_is_not_processed_later(server: Server) -> None:
    processor = server.processor
    assert isinstance(processor, Processor)
    with running(create_app(server)) as url:
        with processor.paused():
            for _ in range(3):
                status, why = process(url, "late")
                assert (status, "it was not processed" in why) == ("FAILED", True), why
            time.sleep(0.5)
            assert processor.queue.qsize() == 0
        time.sleep(1)
        assert "crm_events_total{" not in httpx.get(f"{url}/metrics").text
        assert process(url, "late") == ("PROCESSED", "")


def test_what_comes_after_the_deadline_is_not_begun(sandbox: Sandbox) -> None:
    with serving(sandbox, deadline_seconds=3) as served:
        served.processor.outcomes["slow"] = None
        one = 'processEvent(source: "manual", id: "{}") {{ status userErrors {{ code }} }}'
        found = served.ask(f"mutation {{ a: {one.format('slow')} b: {one.format('x')} }}")
        late = {"status": "FAILED", "userErrors": [{"code": "DEADLINE_EXCEEDED"}]}
        assert found == {"a": late, "b": late}
        assert served.processor.submitted == [("manual", "slow")]


def test_whoever_waited_until_the_deadline_has_no_time_left() -> None:
    """The loop's timers ring early, each fifth of them: an event would be begun in what is left."""
    reads = Reads(lambda: pytest.fail("nothing is read"))

    async def wait() -> None:
        for number in range(100):
            loads = Loads(reads, time.monotonic() + 0.02 + number * 0.00007)
            nobody = asyncio.get_running_loop().create_future()
            with pytest.raises(DeadlineError):
                await asyncio.wait([nobody], timeout=loads.seconds_left())
                loads.seconds_left()

    uvloop.run(wait())
    reads.close()


def test_the_end_waits_for_no_event_that_waits_for_a_build(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builds, "_STOP_SECONDS", 1.0)
    processor = server.processor
    assert isinstance(processor, Processor)
    begun, end = threading.Event(), threading.Event()

    def build() -> None:
        with processor.paused():
            begun.set()
            end.wait(30)

    server = replace(server, builds=Builds(build, 0.1, server.metrics))
    try:
        with running(create_app(server)):
            assert begun.wait(10)
            waiting = [processor.submit("manual", key) for key in ("last", "before")]
            started = time.monotonic()
        assert time.monotonic() - started < 5
        assert all(one.cancelled() for one in waiting)
    finally:
        end.set()
