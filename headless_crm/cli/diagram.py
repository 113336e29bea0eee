"""crm diagram: the tables and their relations, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headless_crm.cli.files import writing
from headless_crm.config import DEFAULT_DIAGRAM
from headless_crm.errors import CrmError, UsageError


def diagram(
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="Where to write the diagram.")
    ] = Path(DEFAULT_DIAGRAM),
    picture: Annotated[
        Path | None,
        typer.Option("--svg", metavar="FILE", help="Write the overview as an SVG picture, too."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing, and fail if a file is out of date.")
    ] = False,
) -> None:
    """Draw all tables, with their columns, keys and relations.

    The file is for draw.io: app.diagrams.net, the desktop program, or the plugin
    of an editor. Its first page has every table from the source tables to the
    marts, the second an overview: core, identity and marts, by their keys.

    It is made from the models and their YAML alone; no warehouse is looked at.
    The same models make the same bytes, so that --check can tell in CI whether
    somebody forgot to draw it anew.

    \b
      PK  the table's rows are unique by this column, or by these together
      FK  the column refers to another table's key, which has the same colour
      Lines in clear colours lead from many rows to one; the pale ones with
      arrows are the way of data from table to table.

    Exit codes: 0 written, or up to date; 1 out of date, or the models can't be
    read; 2 wrong use.
    """
    # dbt takes seconds to import, and `crm --help` none.
    from headless_crm.diagram.pictures import pictures_of
    from headless_crm.diagram.project import read_project

    files = [path for path in (output, picture) if path]
    for path in files:
        if not check and not path.parent.is_dir():
            raise UsageError(f"{path} can't be written: there is no folder {path.parent}.")
    project = read_project()
    for path, text in zip(files, pictures_of(project), strict=False):
        if check:
            _check(path, text, f"crm diagram --svg {path}" if path is picture else "crm diagram")
        else:
            with writing(path):
                path.write_text(text, encoding="utf-8", newline="\n")
    names = " and ".join(map(str, files))
    if check:
        typer.echo(f"Up to date: {names}.")
    else:
        typer.echo(f"Wrote {names}: {len(project.tables)} tables.")


def _check(path: Path, text: str, command: str) -> None:
    try:
        found = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        found = ""
    if found != text:
        raise CrmError(f"{path} does not show the models as they are: run {command}.")
