"""`crm generate`: realistic source files with the true identities beside them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from headless_crm.cli.options import Json
from headless_crm.generate import MAX_PERSONS, Dataset
from headless_crm.generate import generate as write_dataset


def generate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to write into; made where missing.")
    ],
    persons: Annotated[
        int, typer.Option(min=1, max=MAX_PERSONS, help="How many true persons there are.")
    ],
    seed: Annotated[int, typer.Option(help="Another seed gives other data of the same kind.")] = 0,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Processes to use; one a core by default. Changes no byte."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that is not empty.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write realistic source files, and the true identities beside them.

    The same persons and seed give the same bytes on every machine. There are
    about 10 rows a person, in the vendors' own shapes:

    \b
      shopify_partner.jsonl   app events: API nodes and a loader's flat records
      gadget.jsonl            shops, a row a version
      gmail.jsonl             messages: API and flat shapes
      manual.jsonl            sign-ups and other events
      truth/persons.csv       who each identifier belongs to, in normalised form
      truth/groups.csv        the same for shops
      truth/planted.json      how many faults of each kind are in the data

    In truth/persons.csv, shared is 1 for an identifier that several true persons
    use (an inbox, a reception's phone, a no-reply address). The component numbers
    the parts of a person that the rows connect when shared identifiers are left
    aside: one part for most people, more where nothing in the data connects them.

    \b
    Examples:
      crm generate --persons 1000 sample
      crm generate --persons 1000000 --seed 7 --json big

    Nothing half written stays in DIR when this fails or is stopped.

    Exit codes: 0 done; 1 the work failed, or DIR is not empty; 2 wrong use.
    """
    started = time.perf_counter()
    errors = Console(stderr=True)
    with Progress(
        TextColumn("Generating persons"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        disable=not errors.is_terminal,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=persons)
        dataset = write_dataset(
            folder,
            persons,
            seed,
            force=force,
            processes=processes,
            progress=lambda done: bar.advance(task, done),
        )
    _report(dataset, time.perf_counter() - started, as_json=as_json)


def _report(dataset: Dataset, seconds: float, *, as_json: bool) -> None:
    if as_json:
        summary = {"folder": str(dataset.folder), "seconds": round(seconds, 2), **dataset.planted}
        typer.echo(json.dumps(summary))
        return
    rate = dataset.total_rows / max(seconds, 1e-9)
    for source, count in dataset.rows.items():
        typer.echo(f"{source + '.jsonl':24}{count:>12,} rows")
    typer.echo(
        f"{dataset.persons:,} persons in {dataset.groups:,} shops: {dataset.total_rows:,} rows in "
        f"{dataset.folder} ({seconds:.1f} s, {rate:,.0f} rows/s). The truth is in "
        f"{dataset.folder / 'truth'}."
    )
