"""crm status: what runs have done, what is pending, and who writes now."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from headless_crm.cli.options import WAREHOUSE, Json, Variables, Warehouse, parsed_variables
from headless_crm.cli.tables import show_table

if TYPE_CHECKING:
    from headless_crm.status import Status


def status(
    warehouse: Warehouse = WAREHOUSE, variables: Variables = "", as_json: Json = False
) -> None:
    """Show the last runs, what each source has landed and pending, and who writes now.

    Nothing is changed, and no row's content is shown. Times are UTC.

    \b
      Runs     the last ten builds. All that a run wrote has its stamp, the time
               of its start, in _ingested_at. Rows: how many source rows it took.
      Sources  rows landed, rows taken, and versions of records that are
               pending: crm build takes them. Seen up to: the newest synced_at
               taken. Lag: how long ago the newest row landed.
      Failed   events that the warehouse refused when they were processed by
               themselves, and that no run has taken since: crm.failed_events.
      Behind   models that have not read all that the last run wrote, as after
               a failure, or a run of one layer alone.

    What stays pending after crm build landed with an old synced_at, and needs
    crm build --full-refresh.

    Exit codes: 0 shown; 1 the warehouse failed; 2 wrong use.
    """
    # Imported here, since `crm --help` needs none of them.
    from headless_crm.status import read_status
    from headless_crm.warehouse import open_warehouse

    given = parsed_variables(variables)
    with open_warehouse(warehouse, read_only=True) as opened:
        found = read_status(opened, given)
    if as_json:
        behind = {"number": len(found.behind), "models": found.behind}
        typer.echo(json.dumps(asdict(found) | {"behind": behind}, default=_with_zone))
        return
    _show(Console(), found)


def _show(console: Console, found: Status) -> None:
    if not found.built:
        landed = any(source.landed for source in found.sources)
        if not landed:
            typer.echo("Nothing landed yet. Load files with crm load, then run crm build.")
            return
        typer.echo("Nothing was built yet. Run crm build.")
    if found.runs:
        show_table(
            console,
            "Runs",
            ("stamp", "kind", "status", "finished", "seconds", "rows"),
            [
                (
                    str(run.stamp),
                    run.kind,
                    run.status,
                    _second(run.finished_at),
                    "" if run.seconds is None else f"{run.seconds:.1f}",
                    f"{run.rows:,}",
                )
                for run in found.runs
            ],
        )
    show_table(
        console,
        "Sources",
        ("table", "landed", "taken", "pending", "seen up to", "lag"),
        [
            (
                source.table,
                f"{source.landed:,}",
                f"{source.taken:,}",
                f"{source.pending:,}",
                f"{source.watermark:%Y-%m-%d %H:%M}" if source.watermark else "",
                _span(source.lag_seconds),
            )
            for source in found.sources
        ],
    )
    dead_letters = [(source.source, source.dead_letters) for source in found.sources]
    failed_events = [(source.source, source.failed_events) for source in found.sources]
    _show_reasons(console, "Dead letters", "rows", dead_letters)
    _show_reasons(console, "Failed events", "events", failed_events)
    if found.built:
        typer.echo("\n" + _behind(found))
        typer.echo(_writer(found))


def _show_reasons(
    console: Console, title: str, what: str, counted: list[tuple[str, dict[str, int]]]
) -> None:
    """What could not be processed, by source and reason; nothing where there is none."""
    rows = [
        (source, reason, f"{number:,}")
        for source, reasons in counted
        for reason, number in reasons.items()
    ]
    if rows:
        show_table(console, title, ("source", "reason", what), rows)


def _behind(found: Status) -> str:
    if not found.behind:
        return "No model is behind the last run."
    one = len(found.behind) == 1
    return (
        f"{len(found.behind)} {'model is' if one else 'models are'} behind the last run: "
        f"{', '.join(found.behind)}. crm build brings {'it' if one else 'them'} up to date."
    )


def _writer(found: Status) -> str:
    lock = found.lock
    if lock.holder is None:
        return "Nobody is writing."
    return (
        f"A {lock.kind} run is writing since {_second(lock.since)}: {lock.holder}, "
        f"which renewed its lock at {_second(lock.renewed_at)}."
    )


def _second(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def _span(seconds: float | None) -> str:
    if seconds is None:
        return ""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s"


def _with_zone(moment: datetime) -> str:
    return f"{moment.isoformat()}Z"
