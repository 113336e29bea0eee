"""crm erase: events, and all that they told."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from headless_crm.cli.build import run_build
from headless_crm.cli.options import WAREHOUSE, Json, Variables, Warehouse, parsed_variables
from headless_crm.config import Settings


def erase(
    source: Annotated[str, typer.Argument(help="The source, for example manual.")],
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of its events.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask first.")] = False,
    warehouse: Warehouse = WAREHOUSE,
    variables: Variables = "",
    as_json: Json = False,
) -> None:
    """Erase events of a source, with all that they told of persons and groups.

    Their rows are deleted from the source table, taken or not, and every version
    of them that was ever taken; then a build takes back what they said, and
    parts whom they alone had joined. Erase them in the source system first, or
    the next sync lands them again. This can't be undone.

    An id is that of the raw model. Nothing is deleted by one that it has not, as
    by the bare id of a shop, whose versions are events of their own. Say the same
    --vars as to crm build. docs/erasure.md tells which events mention a person.

    Exit codes: 0 erased; 1 an id was not there, or the warehouse failed; 2 wrong
    use.
    """
    given = parsed_variables(variables)
    if not yes:
        typer.confirm(f"Erase {len(ids):,} events of {source} for good?", abort=True, err=True)
    # dbt takes seconds to import, and `crm --help` none.
    from headless_crm.erasing import erase as erase_events
    from headless_crm.sources import find_source

    erased = erase_events(warehouse, given, source, ids)
    report = run_build(Settings(warehouse), variables=given)
    unknown = sorted(set(ids) - erased.ids)
    if as_json:
        told = {"events": len(erased.ids), "versions": erased.versions, "landed": erased.landed}
        typer.echo(json.dumps(told | {"unknown": unknown, "build": vars(report)}))
    else:
        typer.echo(
            f"Erased {len(erased.ids):,} events: {erased.landed:,} rows that had landed, and "
            f"{erased.versions:,} that were taken. Built {report.models} models."
        )
        raw = find_source(source, given).raw_model
        for one in unknown:
            typer.echo(f"{source} has no event {one}: their ids are those of crm.{raw}.", err=True)
    if unknown:
        raise typer.Exit(1)
