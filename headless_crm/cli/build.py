"""crm build: from raw data to persons, groups and memberships."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from headless_crm.cli.options import WAREHOUSE, Json, Variables, Warehouse, parsed_variables
from headless_crm.config import Settings
from headless_crm.errors import CrmError, UsageError

if TYPE_CHECKING:
    from headless_crm.pipeline import BuildReport


def build(
    context: typer.Context,
    warehouse: Warehouse = WAREHOUSE,
    full_refresh: Annotated[
        bool,
        typer.Option(
            "--full-refresh",
            help="Make all rows anew, beside the live ones, and look at every source row again, "
            "however old its synced_at.",
        ),
    ] = False,
    test: Annotated[
        bool | None,
        typer.Option(
            "--test/--no-test",
            help="Test all tables. Tests read all rows; without either, only a build that made all "
            "rows anew runs them.",
        ),
    ] = None,
    rebuild_raw: Annotated[
        bool,
        typer.Option(
            "--rebuild-raw",
            help="With --full-refresh: forget the history of raw rows, and take what the source "
            "tables hold now. Ids can change.",
        ),
    ] = False,
    variables: Variables = "",
    profile: Annotated[
        str | None,
        typer.Option(
            help="A profile of your own profiles.yml, instead of --warehouse; CRM_WAREHOUSE is not "
            "looked at then."
        ),
    ] = None,
    target: Annotated[str | None, typer.Option(help="A target of that profile.")] = None,
    as_json: Json = False,
) -> None:
    """Bring all tables up to date with the source tables.

    Takes what landed since the last build, resolves who is who, and publishes
    persons, groups and memberships in the schema crm. What it costs depends on
    what landed, not on what is there. Rows that can't be processed are in
    crm.dead_letters.

    The first build makes all rows and tests them; so does one with
    --full-refresh, and one after the models or --vars have changed. With
    --profile only --full-refresh does: what made the rows is not known there, so
    say it yourself after such a change.

    Exit codes: 0 built and tested; 1 a model or a test failed; 2 wrong use.
    """
    if rebuild_raw and not full_refresh:
        raise UsageError("--rebuild-raw forgets history: say --full-refresh as well.")
    if target and not profile:
        raise UsageError(f"--target {target} is of no profile: name one with --profile.")
    if profile and _is_typed(context, "warehouse"):
        raise UsageError(
            f"--warehouse {warehouse} and --profile {profile} say both where to build. "
            "Leave one of them out."
        )
    settings = Settings(warehouse=warehouse, profile=profile, target=target)
    report = run_build(
        settings,
        full_refresh=full_refresh,
        tests=test,
        variables=parsed_variables(variables) | ({"rebuild_raw": True} if rebuild_raw else {}),
    )
    if as_json:
        typer.echo(json.dumps(vars(report)))
        return
    if report.rebuilt:
        typer.echo("The models or --vars have changed since: all rows were made anew.")
    tested = f", passed {report.tests} tests" if report.tests else ""
    typer.echo(f"Built {report.models} models{tested}, {report.seconds:.1f} s.")
    if report.dead_letters:
        rows = "1 row" if report.dead_letters == 1 else f"{report.dead_letters:,} rows"
        typer.echo(f"{rows} can't be processed: crm.dead_letters has the reasons.")
    for warning in report.warnings:
        typer.echo(f"Warning: {warning}", err=True)


def _is_typed(context: typer.Context, parameter: str) -> bool:
    """Whether the command line says it, rather than the environment or nobody."""
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def run_build(settings: Settings, **options: Any) -> BuildReport:
    """Build with a progress bar on the error stream, where that is a terminal."""
    from headless_crm import pipeline  # dbt takes seconds to import, and `crm --help` none.

    columns = (TextColumn("Building"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    bar = Progress(
        *columns, TextColumn("{task.description}"), console=console, transient=True,
        disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total)

        try:
            return pipeline.build(settings, progress=progress, **options)
        except KeyboardInterrupt as stopped:
            raise CrmError(
                "The build was stopped. The next crm build takes up what is left."
            ) from stopped
