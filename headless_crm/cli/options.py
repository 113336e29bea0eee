"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from headless_crm.config import DEFAULT_COMPILED, DEFAULT_WAREHOUSE
from headless_crm.errors import UsageError

Warehouse = Annotated[
    str,
    typer.Option(
        envvar="CRM_WAREHOUSE",
        metavar="URL",
        help="The warehouse, for example duckdb:///crm.duckdb in the current folder.",
    ),
]
WAREHOUSE = DEFAULT_WAREHOUSE
Compiled = Annotated[
    Path,
    typer.Option(
        "--compiled",
        envvar="CRM_COMPILED",
        metavar="FILE",
        help="The artefact of crm compile.",
    ),
]
COMPILED = Path(DEFAULT_COMPILED)
Variables = Annotated[
    str,
    typer.Option(
        "--vars",
        metavar="YAML",
        help="Settings of the models, for example '{internal_domains: [acme.com]}'.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def parsed_variables(variables: str) -> dict[str, Any]:
    """The value of --vars."""
    try:
        parsed = yaml.safe_load(variables) or {}
    except yaml.YAMLError as error:
        raise UsageError(f"--vars {variables!r} is not YAML: {error}") from error
    if not isinstance(parsed, dict):
        raise UsageError(f"--vars {variables!r} has no names: write '{{name: value}}'.")
    return parsed
