"""A server of `crm serve`, and clients that keep their connections: they share its cores."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from benchmarks.bases import Base
from headless_crm.config import project_dir

_SECONDS_TO_START, _SECONDS_TO_END = 120, 60
_ONE = """mutation ($id: ID!) {
  result: processEvent(source: "manual", id: $id) { success status }
}"""
_MANY = """mutation ($events: [EventInput!]!) {
  result: processEvents(events: $events) { success status }
}"""


@contextlib.contextmanager
def served(base: Base) -> Iterator[int]:
    """The port of a server of the base, which processes events by what is compiled now."""
    compiled, log = base.folder / "compiled.json", base.folder / "serve.log"
    base.crm("compile", "--compiled", str(compiled))
    arguments = ("serve", "--compiled", str(compiled), "--port", "0", "--allow-anonymous")
    with log.open("w") as errors:
        server = subprocess.Popen(
            base.command(*arguments), cwd=project_dir(), stderr=errors, env=os.environ
        )
        try:
            yield _port(server, log)
        finally:
            server.terminate()
            server.wait(_SECONDS_TO_END)


def _port(server: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"Serving http://[^/]+:(\d+)/", log.read_text()):
            return int(found[1])
        time.sleep(0.05)
    raise SystemExit(f"crm serve did not start:\n{log.read_text()}")


class NotProcessedError(Exception):
    """An answer that is no measurement: the deadline was over, or worse."""


class Client:
    """A connection. Its requests are made of as little Python as can be."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def process(self, ids: Sequence[str], *, as_list: bool = False) -> float:
        """Process events that are new; returns after how many seconds the answer was there."""
        asked: dict[str, object] = {"query": _ONE, "variables": {"id": ids[0]}}
        if as_list:
            events = [{"source": "manual", "id": event_id} for event_id in ids]
            asked = {"query": _MANY, "variables": {"events": events}}
        started = time.perf_counter()
        answer = await self._post(json.dumps(asked).encode())
        seconds = time.perf_counter() - started
        results = json.loads(answer)["data"]["result"]
        results = results if as_list else [results]
        found = Counter(one["status"] for one in results)
        if found != {"PROCESSED": len(ids)}:
            raise NotProcessedError(f"of {len(ids)} events, {dict(found)}")
        return seconds

    async def _post(self, body: bytes) -> bytes:
        head = (
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answered = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)\r\n", answered)
        if length is None:
            raise SystemExit(f"The answer has no length: {answered!r}")
        return await self.reader.readexactly(int(length[1]))


@contextlib.asynccontextmanager
async def clients(port: int, number: int) -> AsyncIterator[list[Client]]:
    connected = [
        Client(*await asyncio.open_connection("127.0.0.1", port, limit=2**22))
        for _ in range(number)
    ]
    try:
        yield connected
    finally:
        for client in connected:
            client.writer.close()


async def rate(connected: Sequence[Client], ids: Sequence[str], size: int) -> float:
    """Events a second, where each client sends requests of `size` events as fast as it can."""
    requests = iter([ids[n : n + size] for n in range(0, len(ids), size)])

    async def send(client: Client) -> None:
        for request in requests:
            await client.process(request, as_list=size > 1)

    started = time.perf_counter()
    await asyncio.gather(*(send(client) for client in connected))
    return len(ids) / (time.perf_counter() - started)
