"""The crm command, each time in a process of its own; what it imports is imported once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

from headless_crm.cli import main

# A process that has imported what takes most of a command's start, and runs no thread, forks the
# others. DuckDB is not among it: it starts a thread when it is imported.
_processes = get_context("forkserver")
_processes.set_forkserver_preload(
    ["headless_crm.cli", "dbt.cli.main", "dbt.adapters.postgres", "psycopg"]
)


def run_crm(*arguments: object, timeout: int = 300) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own, and wait for its end."""
    command = ["crm", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        told, warned = Path(folder, "out"), Path(folder, "err")
        process = _processes.Process(
            target=_run, args=(command, dict(os.environ), Path.cwd(), told, warned)
        )
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, timeout)
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            command, process.exitcode, told.read_text("utf-8"), warned.read_text("utf-8")
        )


def _run(
    command: list[str], environment: dict[str, str], folder: Path, told: Path, warned: Path
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for file, stream in ((told, 1), (warned, 2)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), stream)
    sys.argv = command
    main()
