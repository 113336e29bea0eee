"""crm explain: why two identifiers are one person or group, or why not."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from headless_crm.cli.files import writing
from headless_crm.cli.options import WAREHOUSE, Json, Warehouse
from headless_crm.errors import CrmError, UsageError


def explain(
    entity: Annotated[str, typer.Argument(metavar="person|group", help="What is asked about.")],
    first: Annotated[
        str, typer.Argument(metavar="IDENTIFIER", help="A value, or type:value where it needs one.")
    ],
    second: Annotated[str, typer.Argument(metavar="IDENTIFIER", help="Another one.")],
    warehouse: Warehouse = WAREHOUSE,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="TIME",
            help="An earlier moment, in UTC if it names no zone: what had landed by then, under "
            "today's rules and corrections.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page with a picture as well."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show why two identifiers are one person or group, or why they are not.

    The answer is the way from one to the other, edge by edge: which identifiers a
    row names together, with the source, the event and the time of its first
    sighting. Where they are not one, the way shows the edges that do not join,
    and why: an identifier is blocked, or has more partners than one person would,
    or a rule never links the two. Below it stands what the journal says of their
    ids.

      crm explain person ann@example.org +14155552671
      crm explain group domain:acme.com shop_id:60000007919 --html acme.html

    What is shown is personal data. Nothing is written to the warehouse.

    Exit codes: 0 explained; 1 an identifier is not there, nothing was built yet,
    or the warehouse failed; 2 wrong use.
    """
    # Imported here, since `crm --help` needs none of them.
    from headless_crm.explain.explaining import Explainer
    from headless_crm.explain.picture import page
    from headless_crm.explain.told import told
    from headless_crm.sources.row import utc
    from headless_crm.status import check_built
    from headless_crm.texts import storable
    from headless_crm.warehouse import open_warehouse

    if not storable(first + second):
        raise CrmError("No identifier has such characters: one of the two given is no text.")
    moment = None if as_of is None else utc(as_of)
    if as_of is not None and moment is None:
        raise UsageError(
            f"--as-of {as_of!r} is no time: write it as 2025-01-31 or 2025-01-31T08:00:00."
        )
    with open_warehouse(warehouse, read_only=True) as opened:
        check_built(opened.query)
        found = Explainer(opened.query, entity, moment).explain(first, second)
    if html is not None:
        with writing(html):
            html.write_text(page(found), encoding="utf-8")
    if as_json:
        shown = asdict(found)
        for name in ("nodes", "edges"):
            del shown[name]
        typer.echo(json.dumps(shown, default=str))
        return
    answer, *lines = told(found)
    typer.echo(answer)
    for line in lines:
        typer.echo(f"  {line}")
