"""crm audit: how good the data is, and what to look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from headless_crm.cli.files import writing
from headless_crm.cli.options import WAREHOUSE, Json, Variables, Warehouse, parsed_variables
from headless_crm.errors import UsageError


def audit(
    warehouse: Warehouse = WAREHOUSE,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page with plots; it needs no other file."),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Labelled pairs, a CSV with identifier_type_a, identifier_value_a, "
            "identifier_type_b, identifier_value_b, same (0 or 1): precision and recall by them.",
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder truth of crm generate: the same by it."),
    ] = None,
    values: Annotated[
        bool, typer.Option("--values/--no-values", help="Show names and values of identifiers.")
    ] = True,
    save: Annotated[
        bool,
        typer.Option(
            "--save/--no-save",
            help="Keep which fields the records have, for the next audit to compare with.",
        ),
    ] = True,
    variables: Variables = "",
    as_json: Json = False,
) -> None:
    """Show how good the data is: who is too large, what is missing, late, or has changed.

    Sizes of persons and groups, identifiers, hubs, suppressed edges, traits, dead
    letters, conservation of rows, volume, processing times, freshness, and fields
    that appeared, vanished or changed type since the last audit. All numbers are
    in --json and --html.

    It shows personal data: the largest persons by name. --no-values leaves names
    and identifiers out. All that it writes is the table crm.audit_fields; with
    --no-save nothing, and then the right to read is enough.

    Exit codes: 0 shown; 1 nothing was built yet, or the warehouse failed; 2 wrong
    use.
    """
    # Imported here, since `crm --help` needs none of them.
    from headless_crm import audit as audits
    from headless_crm.audit.page import page
    from headless_crm.cli.audit_tables import show

    if html and not html.absolute().parent.is_dir():
        raise UsageError(f"Folder {html.parent} of {html} does not exist. Create it first.")
    found = audits.read_audit(
        warehouse,
        variables=parsed_variables(variables),
        values=values,
        pairs=pairs,
        truth=truth,
    )
    if html:
        with writing(html):
            html.write_text(page(found), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(audits.as_json(found), default=lambda moment: moment.isoformat()))
    else:
        show(Console(), found)
        if html:
            typer.echo(f"\nThe page is {html}.")
    if save:
        audits.save_audit(warehouse, found)
