"""crm process: single events, as soon as they landed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from headless_crm.cli.options import COMPILED, WAREHOUSE, Compiled, Json, Warehouse
from headless_crm.cli.tables import show_table

if TYPE_CHECKING:
    from headless_crm.realtime.outcome import Outcome


def process(
    source: Annotated[str, typer.Argument(help="The source, for example manual.")],
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of rows that landed.")],
    warehouse: Warehouse = WAREHOUSE,
    compiled: Compiled = COMPILED,
    as_json: Json = False,
) -> None:
    """Bring single events into persons, groups and memberships, at once.

    The rows with these ids are taken from the source table, and pass through
    the same models as in crm build, by what crm compile wrote. All tables show
    an event at the same time. The same one again changes nothing.

    \b
      PROCESSED      it is in all tables now
      DUPLICATE      it was there already, as it is
      NOT_FOUND      no row of the source table makes an event with this id
      DEAD_LETTERED  it can't be processed; the reason is shown, and kept in
                     crm.dead_letters or crm.failed_events

    Exit codes: 0 all are in the tables; 1 one is not, or the warehouse failed;
    2 wrong use.
    """
    # Imported here, since `crm --help` needs none of them.
    from headless_crm.realtime.compiled import read_compiled
    from headless_crm.realtime.outcome import Status
    from headless_crm.realtime.processing import Processor
    from headless_crm.realtime.runner import open_runner

    artefact = read_compiled(compiled)
    processor = Processor(lambda: open_runner(warehouse, artefact))
    try:
        futures = processor.submit_all((source, event_id) for event_id in ids)
        outcomes = [future.result() for future in futures]
    finally:
        processor.close()
    if as_json:
        typer.echo(json.dumps([_printable(outcome) for outcome in outcomes]))
    else:
        _show(Console(), outcomes)
    if any(item.status in (Status.NOT_FOUND, Status.DEAD_LETTERED) for item in outcomes):
        raise typer.Exit(1)


def _printable(outcome: Outcome) -> dict[str, Any]:
    return vars(outcome) | {"processed_at": outcome.processed_at.isoformat()}


def _show(console: Console, outcomes: list[Outcome]) -> None:
    show_table(
        console,
        "Events",
        ("id", "status", "reason", "persons", "groups", "memberships"),
        [
            (
                item.id,
                item.status.value,
                item.reason or "",
                str(len(item.persons)),
                str(len(item.groups)),
                str(len(item.memberships)),
            )
            for item in outcomes
        ],
    )
