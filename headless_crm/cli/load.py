"""crm load: files into the table of a source."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from headless_crm.cli.options import WAREHOUSE, Json, Variables, Warehouse, parsed_variables
from headless_crm.errors import UsageError

if TYPE_CHECKING:
    from headless_crm.sources.loading import FileReport


def load(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="Where the data is from, such as gadget; a wrong name lists all."
        ),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="JSON lines (.jsonl, .ndjson, .json), .csv, .parquet, or for gmail .mbox; "
            "all but Parquet also as .gz.",
        ),
    ],
    synced_at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="When the rows landed, for example 2025-01-31T08:00:00Z. Without it, what the "
            "rows say in synced_at, or now.",
        ),
    ] = None,
    warehouse: Warehouse = WAREHOUSE,
    variables: Variables = "",
    as_json: Json = False,
) -> None:
    """Load files into the table of a source.

    A row is a record as the vendor's API gives it, or an envelope around it:
    {"id": …, "synced_at": …, "record": {…}}. In CSV and Parquet, a column named
    record makes the columns an envelope; without it, each row's columns are the
    record.

    Loading a file again adds nothing, and other content under the same id is a
    new version. A line that holds no JSON object, or is no CSV, is kept, told by
    its number, and ends in crm.dead_letters. Each file is loaded whole or not at
    all.

    \b
    Examples:
      crm load gadget shops.jsonl
      crm load gmail all-mail.mbox older.jsonl.gz
      crm load manual signups.jsonl --synced-at 2025-01-31T08:00:00Z

    Exit codes: 0 loaded; 1 a file is damaged or the warehouse failed; 2 wrong
    use.
    """
    # Imported here, since `crm --help` needs none of them.
    from headless_crm.sources import find_source, loading
    from headless_crm.sources.row import utc
    from headless_crm.warehouse import open_warehouse

    table = find_source(source, parsed_variables(variables))
    fixed = None if synced_at is None else utc(synced_at)
    if synced_at is not None and fixed is None:
        raise UsageError(
            f"--synced-at {synced_at!r} is no ISO 8601 time. "
            "Write it as 2025-01-31, 2025-01-31T08:00:00Z or 2025-01-31T08:00:00+01:00."
        )
    loading.check(files, table)
    moment = loading.now()
    reports: list[FileReport] = []
    with open_warehouse(warehouse) as opened:
        try:
            for path in files:
                with _bar(path) as progress:
                    report = loading.load(
                        opened, table, path, moment=moment, synced_at=fixed, progress=progress
                    )
                reports.append(report)
                if not as_json:
                    typer.echo(_summary(report))
                _tell_faults(report)
        finally:
            # What was loaded before a later file failed stays loaded, and is told.
            if as_json:
                files_loaded = [vars(report) for report in reports]
                typer.echo(json.dumps({"source": table.name, "files": files_loaded}))


@contextmanager
def _bar(path: Path) -> Iterator[Callable[[int], None]]:
    """A bar of bytes on the error stream, where that is a terminal; yields how to move it."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("Loading {task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        redirect_stdout=False,
    )
    with bar:
        task = bar.add_task(path.name, total=path.stat().st_size)
        yield lambda done: bar.update(task, completed=done)


def _summary(report: FileReport) -> str:
    return (
        f"{report.file}: {report.rows:,} rows, {report.new:,} new, {report.known:,} already there, "
        f"{report.bad:,} bad."
    )


def _tell_faults(report: FileReport) -> None:
    """Tell on the error stream what was odd: numbers only, since rows are personal data."""
    if report.bad:
        numbers = ", ".join(map(str, report.bad_lines))
        more = f" and {report.bad - len(report.bad_lines):,} more" * (
            report.bad > len(report.bad_lines)
        )
        typer.echo(
            f"Warning: {report.file}: no record in line {numbers}{more}. "
            "What stands there was kept, and ends in crm.dead_letters.",
            err=True,
        )
    if report.undated:
        typer.echo(
            f"Warning: {report.file}: {report.undated:,} rows have a synced_at that is no "
            "ISO 8601 time; the time of this load was taken.",
            err=True,
        )
    if report.not_utf8:
        typer.echo(
            f"Warning: {report.file}: {report.not_utf8:,} lines are not UTF-8 text; "
            "their wrong bytes were replaced by U+FFFD.",
            err=True,
        )
