"""crm compile: the SQL for single events, made ahead of them."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from headless_crm.cli.files import writing
from headless_crm.cli.options import (
    COMPILED,
    WAREHOUSE,
    Compiled,
    Variables,
    Warehouse,
    parsed_variables,
)
from headless_crm.errors import UsageError


def compile_events(
    warehouse: Warehouse = WAREHOUSE,
    compiled: Compiled = COMPILED,
    variables: Variables = "",
) -> None:
    """Write the SQL by which single events pass through the models.

    crm process and crm serve execute it, without dbt. It is made from the models
    alone: the warehouse need not be there, its URL only tells its kind. A new
    source that has its models needs no more than this.

    Run it after each change of the models or of --vars, with the same --vars as
    crm build. An artefact that does not match what was built is refused. Its
    owner alone may read it, since it holds the var identifier_salt.

    Exit codes: 0 written; 1 a model could not be rendered; 2 wrong use.
    """
    if compiled.is_dir():
        raise UsageError(f"--compiled {compiled} is a folder. Name a file.")
    # dbt takes seconds to import, and `crm --help` none.
    from headless_crm.realtime.compiling import compile_events

    found = compile_events(warehouse, parsed_variables(variables))
    _write(compiled, found.written())
    sources = ", ".join(source.name for source in found.sources)
    typer.echo(f"Wrote {compiled}: {len(found.steps)} models, of the sources {sources}.")


def _write(path: Path, text: str) -> None:
    """Write a file as a whole: a runner that starts meanwhile reads the old one or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path):
        try:
            beside.touch(mode=0o600)  # What it holds may be salted.
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
