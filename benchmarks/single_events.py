"""What single events cost over HTTP, by the size of the base that they land on.

    python -m benchmarks.single_events --events 10000 1000000 --json times.json

A `crm serve` answers clients that run on the same machine, so that they share its cores. Each event
has landed before its request, and PostgreSQL has the base in its memory. Beside that stand a bare
transaction that writes the same rows, and the `crm build` that would do without a server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any

import psycopg

from benchmarks.bases import Base, version, warm
from benchmarks.client import Client, NotProcessedError, clients, rate, served
from benchmarks.command import bases_of, parser_of, tell, with_events
from benchmarks.events import Row, later_rows, of_owner, write_rows
from benchmarks.floor import Floor
from benchmarks.report import (
    machine,
    publish,
    single_events_markdown,
    single_events_summary,
)
from headless_crm.realtime.compiled import read_compiled

_WARM_UP = 20
_CLIENTS, _OF_CLIENTS = 32, 1_000
_SIZE, _REQUESTS = 250, 4
_OF_OWNER = 20
_IN_FLIGHT = {"postgres": (1, 2, 4), "duckdb": (1,)}


class Supply:
    """Events that are new to the base, the last of them its owner's.

    They land when they are taken. A DuckDB file has one owner, the server: there, all do before.
    """

    def __init__(self, base: Base, events: int) -> None:
        rows = later_rows(events, base.events, base.rows(), base.seed)
        self.rows = [*rows[:-_OF_OWNER], *map(of_owner, rows[-_OF_OWNER:])]
        self.connection: psycopg.Connection[tuple[Any, ...]] | None = None
        if base.warehouse == "postgres":
            self.connection = psycopg.connect(base.url, autocommit=True)
        else:
            land(base, self.rows)

    def take(self, events: int) -> list[str]:
        taken, self.rows = self.rows[:events], self.rows[events:]
        if self.connection:
            with self.connection.cursor() as cursor:
                cursor.executemany(
                    "insert into raw.manual_events (id, record, synced_at) values (%s, %s, %s)",
                    [(row["id"], json.dumps(row["record"]), row["synced_at"]) for row in taken],
                )
        return [row["id"] for row in taken]

    def close(self) -> None:
        if self.connection:
            self.connection.close()


def land(base: Base, rows: list[Row]) -> None:
    file = base.folder / "single.jsonl"
    write_rows(file, rows)
    base.crm("load", "manual", str(file))


def measure(base: Base, options: argparse.Namespace) -> dict[str, Any]:
    """All numbers of a base, in seconds and events a second."""
    base.make()
    base.build()  # What is pending is not the first event's to do; and it fills dbt's cache.
    if base.warehouse == "postgres":
        warm(base)
    found: dict[str, Any] = {"rows_before": base.rows(), "load_before": os.getloadavg()}
    with ExitStack() as stack:
        supply = Supply(base, _needed(base, options))
        stack.callback(supply.close)
        port = stack.enter_context(served(base))
        found |= asyncio.run(_over_http(base, options, supply, port))
    found["load_after"] = os.getloadavg()
    builds = []
    for _ in range(options.builds):
        land(base, later_rows(1, base.events, base.rows(), base.seed))
        builds.append(base.build().command)
    return found | {"build": median(builds), "builds": builds}


def _needed(base: Base, options: argparse.Namespace) -> int:
    in_flight = len(_IN_FLIGHT[base.warehouse])
    rounds = int(options.rounds) + 1
    many = in_flight * rounds * _SIZE * _REQUESTS
    shared = rounds * _OF_CLIENTS if base.warehouse == "postgres" else 0
    return _WARM_UP + _requests(base, options) + shared + many + _OF_OWNER


def _requests(base: Base, options: argparse.Namespace) -> int:
    requests = int(options.requests)
    return requests if base.warehouse == "postgres" else requests // 5


async def _over_http(
    base: Base, options: argparse.Namespace, supply: Supply, port: int
) -> dict[str, Any]:
    async with clients(port, 1) as [client]:
        found = await _one_client(base, options, supply, client)
    tell(base, f"one client: {1000 * found['p50']:.1f} ms, 99 % {1000 * found['p99']:.1f} ms")

    async def rates(at_once: int, size: int, events: int) -> list[float]:
        """Of rounds after one to warm up. The server closes connections that were idle."""
        found = []
        for number in range(options.rounds + 1):
            ids = supply.take(events)
            async with clients(port, at_once) as connected:
                one = await rate(connected, ids, size)
            found += [one] if number else []
        tell(base, f"{at_once} at once, each of {size}: {median(found):,.0f} events a second")
        return found

    if base.warehouse == "postgres":
        found["shared"] = await rates(_CLIENTS, 1, _OF_CLIENTS)
    for number in _IN_FLIGHT[base.warehouse]:
        try:
            found[f"many_{number}"] = await rates(number, _SIZE, _SIZE * _REQUESTS)
        except NotProcessedError as error:
            tell(base, f"{number} at once, each of {_SIZE}: not in time, {error}")
            found[f"many_{number}"] = str(error)
    async with clients(port, 1) as [client]:
        owned = [await client.process(supply.take(1)) for _ in range(_OF_OWNER)]
    tell(base, f"of the owner: {1000 * median(owned):.1f} ms")
    return found | {"of_owner": owned}


async def _one_client(
    base: Base, options: argparse.Namespace, supply: Supply, client: Client
) -> dict[str, Any]:
    """Latencies, and in turn with them those of the floor."""
    floor = None
    if base.warehouse == "postgres":
        floor = Floor(base.url, read_compiled(base.folder / "compiled.json"))
    events, bare, rows = [], [], []
    try:
        for number in range(_WARM_UP + _requests(base, options)):
            events.append(await client.process(supply.take(1)))
            if floor:
                seconds, written = floor.measure()
                bare.append(seconds)
                rows.append(written)
            if number + 1 == _WARM_UP:
                for warmed in (events, bare, rows):
                    warmed.clear()
    finally:
        if floor:
            floor.close()
    found: dict[str, Any] = {"p50": median(events), "p99": quantiles(events, n=100)[98]}
    if bare:
        found |= {"floor": median(bare), "rows_written": median(rows)}
        found["of_floor"] = found["p50"] / found["floor"]
    return found | {"latencies": events, "floors": bare}


def main() -> None:
    options = _options()
    with bases_of(options, options.events) as found:
        measured = {(base.warehouse, base.events): measure(base, options) for base in found}
        described = machine({base.warehouse: version(base) for base in found})
    rows = single_events_summary(measured)
    runs = [{"warehouse": name, "events": n, **run} for (name, n), run in measured.items()]
    report = {"machine": described, "summary": rows, "runs": runs}
    publish(options.json, report, single_events_markdown(rows, described))


def _options() -> argparse.Namespace:
    parser = with_events(parser_of("benchmarks.single_events", "Time single events by base size."))
    parser.add_argument("--requests", type=int, default=300, metavar="N",
                        help="Requests of the one client; a fifth of them on DuckDB.")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3, help="Of what is measured as a rate.")
    parser.add_argument("--builds", type=int, default=2, metavar="N")
    return parser.parse_args()


if __name__ == "__main__":
    main()
