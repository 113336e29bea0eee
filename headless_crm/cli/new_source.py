"""crm new-source: the models of a source that is not there yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headless_crm.config import in_package, project_dir
from headless_crm.errors import UsageError


def new_source(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="What the source is called: a to z, 0 to 9 and _."),
    ],
    project: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="A checkout of the project; by default the one that crm runs from."
        ),
    ] = None,
) -> None:
    """Write the models of a new source, which work as they are.

    They take records that are flat JSON objects: id, event, occurred_at, email,
    phone, user_id, name, role, company_domain, company_name. The fields are
    mapped in one place, the model NAME_events_parsed.

    \b
    What is written:
      models/source_layer/NAME/   models, descriptions, unit tests, sample rows
      dbt_project.yml             where its rows land, and its models in the
                                  lists that the core models unite

    Nothing else needs to know of it: crm load, build, compile, process, serve and
    status find sources in the project. Nothing is written when something is in
    the way.

    \b
    Example:
      crm new-source helpdesk
      crm load helpdesk models/source_layer/helpdesk/helpdesk_sample.jsonl
      crm build

    Exit codes: 0 written; 1 the file system refused; 2 wrong use.
    """
    # Imported here, since `crm --help` needs none of it.
    from headless_crm.new_source import write_source

    if project is None and in_package():
        raise UsageError(
            "crm is installed without a checkout, and its own models are not to be changed. "
            "Name a checkout of the project: --project DIR."
        )
    place = project or project_dir()
    written = write_source(place, name)
    typer.echo(
        f"Wrote {_shown(written.folder)}, {len(written.files)} files, "
        f"and its lines in {_shown(place / 'dbt_project.yml')}.\n"
        f"The fields are mapped in {name}_events_parsed.sql. To see it work as it is:\n"
        f"  crm load {name} {_shown(written.sample)}\n"
        "  crm build"
    )


def _shown(path: Path) -> Path:
    """The path as one would type it here."""
    here = Path.cwd()
    return path.resolve().relative_to(here) if path.resolve().is_relative_to(here) else path
