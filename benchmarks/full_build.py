"""What a build of the whole pipeline costs from nothing, by the number of persons.

    python -m benchmarks.full_build --persons 10000 100000 --warehouses duckdb --json times.json

The data are those of `crm generate`. Each round builds them where only source tables are, without
tests, and then copies each table that came out by `create table … as select *`: the floor, which is
what it costs to write that much, whoever works it out. With `--other DIR`, another dbt identity
package is built beside, from the identifiers that ours found.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bases import Base, version
from benchmarks.command import bases_of, parser_of, tell
from benchmarks.other_package import CAPTION, OTHER_COLUMNS, OtherPackage
from benchmarks.report import cells_of, growth, machine, publish, table, told
from headless_crm.config import project_dir
from headless_crm.sources import source_tables
from headless_crm.warehouse import open_warehouse

Runs = dict[tuple[str, int], list[dict[str, float]]]
"""By warehouse and persons."""


def main() -> None:
    options = _options()
    other = OtherPackage(options.other, options.timeout) if options.other else None
    runs: Runs = {}
    load_before = round(os.getloadavg()[0], 1)
    with bases_of(options, options.persons) as found:
        for base in found:
            rows = _load(base)
            runs[base.warehouse, base.events] = [
                _round(base, rows, other) for _ in range(options.rounds)
            ]
        described = machine({base.warehouse: version(base) for base in found})
    described["load_before"] = load_before
    rows_ = list(summary(runs))
    all_runs = [{"warehouse": of, "persons": n, "runs": one} for (of, n), one in runs.items()]
    report = {"machine": described, "summary": rows_, "runs": all_runs}
    publish(options.json, report, markdown(rows_, described, options.rounds, other))


def _load(base: Base) -> int:
    """Generate and load the rows of as many persons; returns how many landed."""
    data = base.folder / "data"
    command = ("generate", "--persons", str(base.events), "--seed", str(base.seed), str(data))
    subprocess.run(
        [sys.executable, "-m", "headless_crm", *command],
        cwd=project_dir(), stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    sources = source_tables()
    for source in sources:
        base.crm("load", source.name, str(data / f"{source.name}.jsonl"))
    shutil.rmtree(data)
    counts = " + ".join(f"(select count(*) from {one.schema}.{one.table})" for one in sources)
    with open_warehouse(base.url) as opened:
        [(rows,)] = opened.query(f"select {counts}")
    return int(rows)


def _round(base: Base, rows: int, other: OtherPackage | None) -> dict[str, float]:
    with open_warehouse(base.url) as opened:
        for schema in ("crm", "crm_removed"):
            opened.query(f"drop schema if exists {schema} cascade")
    seconds, peak_mb = _build(base)
    floor = _floor(base)
    tell(base, f"{seconds:.1f} s, floor {floor:.1f} s, {peak_mb:,.0f} MB", "persons")
    run = {
        "rows": rows,
        "seconds": seconds,
        "rows_a_second": rows / seconds,
        "peak_mb": peak_mb,
        "floor": floor,
        "of_floor": seconds / floor,
    }
    if other and base.warehouse == "duckdb":
        run |= other.beside(base, seconds)
    return run


def _build(base: Base) -> tuple[float, float]:
    """The seconds of a build, and the peak memory in MB of its process."""
    started = time.perf_counter()
    process = subprocess.Popen(
        base.command("build", "--no-test"),
        env=os.environ | {"XDG_CACHE_HOME": str(base.folder / "cache")},
        cwd=project_dir(),
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"crm build failed on {base.warehouse}, {base.events:,} persons.")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def _floor(base: Base) -> float:
    with open_warehouse(base.url) as opened:
        names = opened.query(
            "select table_name from information_schema.tables"
            " where table_schema = 'crm' and table_type = 'BASE TABLE'"
        )
        opened.query("create schema crm_floor")
        started = time.perf_counter()
        for (name,) in names:
            opened.query(f"create table crm_floor.{name} as select * from crm.{name}")
        seconds = time.perf_counter() - started
        opened.query("drop schema crm_floor cascade")
    return seconds


def summary(runs: Runs) -> Iterator[dict[str, Any]]:
    """A row for each warehouse and size: medians, and beside the largest how they grew."""
    medians = {
        key: {
            what: median(run[what] for run in found)
            for what in found[0]
            if all(what in run for run in found)  # Else one was not over in time.
        }
        for key, found in runs.items()
    }
    for (name, persons), found in medians.items():
        row: dict[str, Any] = {"warehouse": name, "persons": persons, **found}
        sizes = {n: one for (of, n), one in medians.items() if of == name}
        if len(sizes) > 1 and persons == max(sizes):
            for what in ("seconds", "peak_mb"):
                row[f"{what}_growth"] = growth({n: one[what] for n, one in sizes.items()})
        yield row


_COLUMNS = {
    "rows": ("rows landed", "{:,.0f}"),
    "seconds": ("`crm build --no-test`", "{:.1f} s"),
    "rows_a_second": ("rows a second", "{:,.0f}"),
    "peak_mb": ("peak memory of the process", "{:,.0f} MB"),
    "floor": ("floor", "{:.2f} s"),
    "of_floor": ("build / floor", "{:.1f}"),
    "seconds_growth": ("growth of time", "{:.2f}"),
    "peak_mb_growth": ("of memory", "{:.2f}"),
}


def markdown(
    rows: list[dict[str, Any]],
    described: dict[str, Any],
    rounds: int,
    other: OtherPackage | None,
) -> str:
    heads = ["warehouse", "persons", *(head for head, _ in _COLUMNS.values())]
    heads += [head for head, _ in OTHER_COLUMNS.values()] if other else []

    def cells(row: dict[str, Any]) -> list[str]:
        own = [row["warehouse"], f"{row['persons']:,}", *cells_of(row, _COLUMNS)]
        return own + other.cells(row) if other else own

    found = table("A build of all tables from nothing", heads, map(cells, rows))
    said = f" {CAPTION}" if other else ""
    return f"{found}\n\nMedians of {rounds} rounds.{said} {told(described)}"


def _options() -> argparse.Namespace:
    parser = parser_of("benchmarks.full_build", "Time whole builds by the number of persons.")
    parser.add_argument(
        "--persons", type=int, nargs="+", metavar="N", default=[1_000, 3_000, 9_000]
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--other", type=Path, metavar="DIR",
                        help="A checkout of dbt_idr, to build beside ours on DuckDB.")  # fmt: skip
    parser.add_argument("--timeout", type=int, default=600, metavar="SECONDS",
                        help="After which the other package is not waited for.")  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    main()
