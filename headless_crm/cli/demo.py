"""crm demo: a sample of all four sources, and what comes out of it."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from headless_crm.cli.options import Json
from headless_crm.cli.tables import show_table
from headless_crm.errors import UsageError

if TYPE_CHECKING:
    from headless_crm.generate import Dataset
    from headless_crm.generate.score import Score
    from headless_crm.warehouse import Warehouse

Summary = dict[str, Any]


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the sample and its warehouse are kept.")
    ] = Path("demo"),
    persons: Annotated[int, typer.Option(min=10, help="How many true persons there are.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed gives another sample.")] = 0,
    as_json: Json = False,
) -> None:
    """Generate a sample, load it, build the warehouse, and show what came out.

    Nothing real is touched: the source files are written to DIR, and the
    warehouse is the DuckDB file DIR/crm.duckdb, made anew each time.

    Exit codes: 0 shown; 1 the work failed; 2 wrong use.
    """
    # Imported here, since `crm --help` needs none of them.
    from headless_crm.cli.build import run_build
    from headless_crm.config import Settings
    from headless_crm.generate import generate
    from headless_crm.generate.score import read_truth, score
    from headless_crm.sources import find_source, loading
    from headless_crm.warehouse import open_warehouse

    started = time.perf_counter()
    warehouse_file = folder / "crm.duckdb"
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "truth/planted.json").exists():
        raise UsageError(f"{folder} holds files that are no demo's. Name another DIR.")
    if set("?#") & set(str(folder)):
        raise UsageError(
            f"{folder} has a ? or # in its name, which would end a warehouse's URL. "
            "Name another DIR."
        )
    console = Console(stderr=True)
    with console.status("Generating a sample"):
        dataset = generate(folder, persons, seed, force=True)
    warehouse_file.unlink(missing_ok=True)
    url = f"duckdb:///{warehouse_file}"
    with console.status("Loading it"), open_warehouse(url) as warehouse:
        moment = loading.now()
        for name in dataset.rows:
            loading.load(warehouse, find_source(name), folder / f"{name}.jsonl", moment=moment)
    run_build(Settings(warehouse=url))
    with open_warehouse(url) as warehouse:
        summary = summarise(warehouse)
        found = {
            (kind, value): person_id
            for kind, value, person_id in warehouse.query(_sql("person_identifiers"))
        }
    scored = score(read_truth(folder / "truth" / "persons.csv"), found)
    seconds = time.perf_counter() - started
    if as_json:
        report = {"seconds": round(seconds, 1), "score": vars(scored), **summary}
        typer.echo(json.dumps(report, default=str))
        return
    _show(Console(), summary, dataset, scored)
    typer.echo(
        f"\n{dataset.total_rows:,} rows to {summary['persons']:,} persons in {seconds:.0f} s. "
        f"The tables are in the schema crm of {warehouse_file}."
    )


def summarise(warehouse: Warehouse) -> Summary:
    """What the final tables hold: numbers, one person's timeline and one group with its members."""
    [(persons, groups, memberships)] = warehouse.query(_sql("entities"))
    person = next(iter(warehouse.query(_sql("person_of_many_sources"))), None)
    group = next(iter(warehouse.query(_sql("group_of_many_members"))), None)
    return {
        "persons": persons,
        "groups": groups,
        "memberships": memberships,
        "events_by_source": warehouse.query(_sql("events_by_source")),
        "dead_letters": warehouse.query(_sql("dead_letters")),
        "person": person,
        "timeline": warehouse.query(_sql("timeline"), [person[0]]) if person else [],
        "group": group,
        "members": warehouse.query(_sql("members"), [group[0]]) if group else [],
    }


def _sql(name: str) -> str:
    from headless_crm.queries import queries

    return queries("summary")[name]


def _show(console: Console, summary: Summary, dataset: Dataset, scored: Score) -> None:
    show_table(
        console,
        "Events by source",
        ("source", "rows", "events", "first", "last"),
        [
            (source, f"{dataset.rows[source]:,}", f"{events:,}", _day(first), _day(last))
            for source, events, first, last in summary["events_by_source"]
        ],
    )
    show_table(
        console,
        "Who is who",
        ("", "found", "true"),
        [
            ("persons", f"{summary['persons']:,}", f"{scored.true_persons:,}"),
            ("groups", f"{summary['groups']:,}", ""),
            ("memberships", f"{summary['memberships']:,}", ""),
        ],
    )
    console.print(
        "Where no row connects a person's identifiers, one true person is several found ones. Of "
        f"the pairs of identifiers that the rows connect, {scored.recall:.2%} were found; of those "
        f"found, {scored.precision:.2%} are true. Of the persons found, {scored.wrong_merges} are "
        f"several true ones, {scored.unexplained} of them without a telephone or an address in "
        "common.",
        highlight=False,
    )
    if summary["person"]:
        _, name, identifiers = summary["person"]
        show_table(
            console,
            f"The timeline of {name}, who is {_listed(identifiers)}",
            ("occurred_at", "source", "event", "description"),
            [(str(at), *rest) for at, *rest in summary["timeline"]],
        )
    if summary["group"]:
        _, name, identifiers, events = summary["group"]
        show_table(
            console,
            f"The group {name}, which is {_listed(identifiers)}, with {events} events",
            ("member", "role", "first seen", "last seen"),
            [
                (member, role or "", _day(first), _day(last))
                for member, role, first, last in summary["members"]
            ],
        )
    show_table(
        console,
        "Dead letters: rows that could not be processed, and why",
        ("source", "reason", "rows"),
        [(source, reason, str(count)) for source, reason, count in summary["dead_letters"]],
    )


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _listed(identifiers: str) -> str:
    return ", ".join(value for values in json.loads(identifiers).values() for value in values)
