"""crm rules: what the user says about identifiers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from headless_crm.cli.options import WAREHOUSE, Json, Variables, Warehouse, parsed_variables
from headless_crm.cli.tables import show_table

Limits = Annotated[
    Path | None,
    typer.Option(
        "--limits",
        metavar="FILE",
        help="A CSV file of limits: entity, identifier_type, identifier_value, partner_type, "
        "max_partners, reason.",
    ),
]
Links = Annotated[
    Path | None,
    typer.Option(
        "--links",
        metavar="FILE",
        help="A CSV file of links: entity, rule, identifier_type_a, identifier_value_a, "
        "identifier_type_b, identifier_value_b, reason.",
    ),
]


def rules(
    warehouse: Warehouse = WAREHOUSE,
    limits: Limits = None,
    links: Links = None,
    variables: Variables = "",
    as_json: Json = False,
) -> None:
    """Show your own rules about identifiers, or replace them by those of a file.

    They take effect with the next crm build, which splits and merges exactly what
    they touch. crm preview shows it ahead. They stand in the source tables
    identifier_limits and identifier_links, which SQL can edit as well.

    \b
      limits  how many partners an identifier may have; one with more links
              nothing. The value may be a pattern with *, or * for all of a type.
              max_partners 0 blocks; empty sets no limit, against a default.
              person,email,frontdesk@*,,0,shared
              person,email,info@our-shop.com,,,the owner's own
      links   always or never, and two identifiers.
              person,never,email,ann@a.com,email,bob@a.com,siblings

    Exit codes: 0 shown or replaced; 1 the warehouse failed; 2 wrong use.
    """
    # Imported here, since `crm --help` needs none of them.
    from headless_crm.rules.stored import store_rules, stored_rules
    from headless_crm.rules.tables import TABLES, rules_of
    from headless_crm.warehouse import open_warehouse

    settings = parsed_variables(variables)
    given = rules_of(limits, links)
    if given:
        # Opened to write, a file that does not exist would be made.
        with open_warehouse(warehouse, read_only=True) as opened:
            for table in given:
                stored_rules(opened, table, settings)
    with open_warehouse(warehouse, read_only=not given) as opened:
        if given:
            opened.query("begin")
            for table, rows in given.items():
                store_rules(opened, table, settings, rows)
            opened.query("commit")
        found = {table.name: stored_rules(opened, table, settings) for table in TABLES}
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, stored in found.items():
        _show(name, stored)
    if given:
        typer.echo("\nThe next crm build takes them.")


def _show(name: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        typer.echo(f"{name}: none of your own.")
        return
    shown = [["" if value is None else str(value) for value in row.values()] for row in rows]
    show_table(Console(), name, tuple(rows[0]), shown)
