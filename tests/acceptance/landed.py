"""Warehouses, built once, in which new rows have landed since; and copies of them."""

from __future__ import annotations

import itertools
import json
import shutil
import time
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from conftest import Sandbox, run_crm
from postgres_server import Server

SOURCES = ("shopify_partner", "gadget", "gmail", "manual")
MIDDLE = "2025-01"


class Landed:
    """A warehouse with the first half of a sample built and the second half landed."""

    numbers = itertools.count()

    def __init__(self, folder: Path, server: Server | None, *options: str) -> None:
        self.folder, self.server = folder, server
        self.name = f"landed_{next(self.numbers)}"
        url = server.new_database(self.name) if server else None
        self.sandbox = Sandbox(folder, url)
        files = folder / "files"
        assert run_crm("generate", "--persons", 60, "--seed", 7, files).returncode == 0
        lines = {name: (files / f"{name}.jsonl").read_text().splitlines() for name in SOURCES}
        for late in (False, True):
            for name in SOURCES:
                half = [line for line in lines[name] if (_landed_at(line) >= MIDDLE) == late]
                assert half
                self.sandbox.load(name, half)
            if not late:
                started = time.monotonic()
                self.sandbox.build(*options)
                self.seconds_of_first_build = time.monotonic() - started

    def copy(self, unbuilt: bool = False) -> str:
        """The URL of a copy; `unbuilt`, one with nothing but its source tables."""
        number = next(self.numbers)
        schemas = ("crm", "crm_removed") if unbuilt else ()
        connection: Any
        if self.server is None:
            folder = self.folder / f"copy-{number}"
            folder.mkdir()
            file = shutil.copy(self.sandbox.file, folder / "crm.duckdb")
            with duckdb.connect(str(file)) as connection:
                for schema in schemas:
                    connection.execute(f"drop schema crm.{schema} cascade")
            return f"duckdb:///{file}"
        name = f"{self.name}_{number}"
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name} template {self.name}")
        with psycopg.connect(self.server.url(name), autocommit=True) as connection:
            for schema in schemas:
                connection.execute(f"drop schema {schema} cascade")
        return self.server.url(name)


def _landed_at(line: str) -> str:
    try:
        return str(json.loads(line)["synced_at"])
    except json.JSONDecodeError:
        return MIDDLE
