"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.markup import escape

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
        envvar="CRM_VARS",
        metavar="YAML",
        help=escape("Settings of the models, for example '{internal_domains: [acme.com]}'."),
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def parsed_variables(variables: str) -> dict[str, Any]:
    """The value of --vars; raises UsageError where dbt can't be given it, or that is wrong."""
    try:
        parsed = yaml.safe_load(variables) or {}
        if isinstance(parsed, dict):
            _check_json(parsed)
    except (yaml.YAMLError, ValueError) as error:  # A ValueError: a date that there is not.
        raise UsageError(f"--vars {variables!r} is not YAML: {error}") from error
    except RecursionError as error:
        raise UsageError(f"--vars {variables!r} holds itself, or too much in itself.") from error
    if not isinstance(parsed, dict):
        raise UsageError(f"--vars {variables!r} has no names: write '{{name: value}}'.")
    if parsed:
        # Imported here, since `crm --help` needs none of it.
        from headless_crm.variables import check_variables

        check_variables(parsed)
    return parsed


def _check_json(value: Any) -> None:
    for name in value if isinstance(value, dict) else ():
        if not isinstance(name, str):
            raise _no_json("name", name)
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_json(part)
    elif value is not None and not isinstance(value, str | int | float):
        raise _no_json("value", value)


def _no_json(what: str, given: Any) -> UsageError:
    return UsageError(
        f"--vars: YAML reads the {what} {given} as {type(given).__name__}. "
        "Put it into quotes to make it text."
    )
