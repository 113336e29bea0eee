"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from headless_crm.config import DEFAULT_WAREHOUSE

Warehouse = Annotated[
    str,
    typer.Option(
        envvar="CRM_WAREHOUSE",
        metavar="URL",
        help="The warehouse, for example duckdb:///crm.duckdb in the current folder.",
    ),
]
WAREHOUSE = DEFAULT_WAREHOUSE
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
