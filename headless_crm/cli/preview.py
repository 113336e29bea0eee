"""crm preview: what rules would merge and split."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from headless_crm.cli.options import WAREHOUSE, Json, Variables, Warehouse, parsed_variables
from headless_crm.cli.rules import Limits, Links
from headless_crm.cli.tables import show_table

if TYPE_CHECKING:
    from headless_crm.rules.preview import Preview


def preview(
    warehouse: Warehouse = WAREHOUSE,
    limits: Limits = None,
    links: Links = None,
    show: Annotated[int, typer.Option(help="How many changes to list.", min=0)] = 20,
    variables: Variables = "",
    as_json: Json = False,
) -> None:
    """Show what rules would merge and split, without writing anything.

    The files are what crm rules would be given; without one, the rules that stand
    in the warehouse, which the next crm build takes. The models run as in a
    build, in a transaction that is rolled back; events wait while it lasts.

    \b
      merged   an id would go over into another
      split    an id would come out of another
      renamed  an id would go on under another one
      born, removed, accreted  as in the journal; see docs/builds.md

    Exit codes: 0 shown; 1 the warehouse failed, or another run is writing; 2
    wrong use.
    """
    # dbt takes seconds to import, and `crm --help` none.
    from headless_crm.rules.preview import preview
    from headless_crm.rules.tables import rules_of

    found = preview(warehouse, parsed_variables(variables), rules_of(limits, links))
    if as_json:
        typer.echo(json.dumps({"counts": found.counts, **asdict(found)}))
        return
    _show(found, show)


def _show(found: Preview, most: int) -> None:
    for entity, counts in found.counts.items():
        told = ", ".join(f"{number:,} {change}" for change, number in sorted(counts.items()))
        typer.echo(f"{entity.title()}s: {told or 'no change'}.")
    listed = found.changes[:most]
    if listed:
        show_table(
            Console(),
            "Changes",
            ("entity", "change", "id", "other id", "identifiers", "name"),
            [
                (
                    item.entity,
                    item.change,
                    item.id,
                    item.other_id or "",
                    f"{item.identifiers:,}",
                    item.name or "",
                )
                for item in listed
            ],
        )
    if left := len(found.changes) - len(listed):
        typer.echo(f"and {left:,} more: --show {len(found.changes)}, or --json.")
