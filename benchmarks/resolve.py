"""What it costs to come from edges to resolved identifiers on DuckDB, beside other ways to do it.

    python -m benchmarks.resolve --edges 1000000 3000000 10000000 --json times.json

Rounds go over all ways in turn, each in a process of its own on a copy of the graph's file. SciPy
is the limit: compiled code over the same table, read from it and written back.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.graphs import GRAPHS, write_graph
from benchmarks.report import cells_of, growth, machine, publish, table, told
from benchmarks.resolvers import RESOLVERS
from headless_crm.realtime.rendering import render

Runs = dict[tuple[str, int, str], list[dict[str, Any]]]
"""By shape of the graph, its edges, and way; a run that was not over in time is empty."""

_MODEL = "person_components"


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="crm-benchmark-") as folder:
        load_before = os.getloadavg()
        runs = _measure(Path(folder), options)
        described = machine({"duckdb": duckdb.__version__, "load_before": round(load_before[0], 1)})
    rows = list(summary(runs))
    found = [
        {"graph": shape, "edges": edges, "resolver": name, "runs": one}
        for (shape, edges, name), one in runs.items()
    ]
    report = {"machine": described, "summary": rows, "runs": found}
    publish(options.json, report, markdown(rows, described, options))


def _measure(folder: Path, options: argparse.Namespace) -> Runs:
    statements = folder / "statements.json"
    statements.write_text(json.dumps(_statements(folder)))
    runs: Runs = defaultdict(list)
    largest = max(options.edges)
    for shape in options.graphs:
        # Growth is that of the realistic graph; the others show what a shape costs.
        for wanted in sorted(options.edges) if shape == "realistic" else [largest]:
            graph = folder / "graph.duckdb"
            edges = write_graph(graph, shape, wanted, options.seed)
            for _ in range(options.rounds):
                _round(runs, graph, statements, (shape, edges), options)
            graph.unlink()
    return runs


def _round(
    runs: Runs, graph: Path, statements: Path, key: tuple[str, int], options: argparse.Namespace
) -> None:
    """Each way once; one that was not over in time is not tried again."""
    digests = set()
    for name in options.resolvers:
        if {} in runs[*key, name]:
            continue
        copy = graph.with_name("copy.duckdb")
        shutil.copyfile(graph, copy)
        run = _run(name, copy, statements, options.timeout)
        runs[*key, name].append(run)
        digests |= {run["digest"]} if run else set()
        seconds = f"{run['whole']:.1f} s" if run else f"not over in {options.timeout} s"
        sys.stderr.write(f"{key[0]}, {key[1]:,} edges: {name} {seconds}\n")
        for left in graph.parent.glob("copy.duckdb*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    if len(digests) > 1:
        raise SystemExit(f"{key[0]}, {key[1]:,} edges: the resolvers' rows differ.")


def _run(name: str, file: Path, statements: Path, timeout: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.resolvers", name, str(file), str(statements)]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        return {}
    return dict(json.loads(done.stdout))


def _statements(folder: Path) -> dict[str, Any]:
    """What a full build runs for the model, as dbt renders it."""
    rendering = render(f"duckdb:///{folder / 'none.duckdb'}", {}, whole=_MODEL)
    step = rendering.steps["models"][_MODEL]
    return {
        "state": rendering.steps["state"],
        "edges": rendering.selects["create"][_MODEL],
        "create": step["create"][0],
        **step["contraction"],
    }


def summary(runs: Runs) -> Iterator[dict[str, Any]]:
    """A row for each graph and way: medians, ratios to SciPy's, and the exponents of growth."""
    medians = {key: _medians(found) for key, found in runs.items() if {} not in found}
    for shape, edges, name in runs:
        row: dict[str, Any] = {"graph": shape, "edges": edges, "resolver": name}
        found, limit = medians.get((shape, edges, name)), medians.get((shape, edges, "scipy"))
        row |= found or {}
        if found and limit:
            row["components_of_scipy"] = found["components"] / limit["components"]
            row["whole_of_scipy"] = found["whole"] / limit["whole"]
            row["processor_of_scipy"] = found["processor"] / limit["processor"]
        sizes = {n: one for (of, n, by), one in medians.items() if (of, by) == (shape, name)}
        if len(sizes) > 1 and edges == max(sizes):
            for what in ("whole", "peak_mb"):
                row[f"{what}_growth"] = growth({n: one[what] for n, one in sizes.items()})
        yield row


def _medians(found: list[dict[str, Any]]) -> dict[str, float]:
    measured = ("components", "whole", "processor", "peak_mb")
    return {what: median(run[what] for run in found) for what in measured}


def markdown(
    rows: list[dict[str, Any]], described: dict[str, Any], options: argparse.Namespace
) -> str:
    def cells(row: dict[str, Any]) -> list[str]:
        named = [row["graph"], f"{row['edges']:,}", row["resolver"]]
        if "whole" not in row:
            return [*named, f"not over in {options.timeout} s", *[""] * (len(_COLUMNS) - 1)]
        return [*named, *cells_of(row, _COLUMNS)]

    heads = ["graph", "edges", "by", *(head for head, _ in _COLUMNS.values())]
    found = table("Edges to resolved identifiers", heads, map(cells, rows))
    return f"{found}\n\nMedians of {options.rounds} rounds. {told(described)}"


_COLUMNS = {
    "components": ("components", "{:.2f} s"),
    "whole": ("resolved", "{:.2f} s"),
    "processor": ("of the processor", "{:.1f} s"),
    "peak_mb": ("memory", "{:,.0f} MB"),
    "components_of_scipy": ("components / SciPy's", "{:.2f}"),
    "whole_of_scipy": ("resolved / SciPy's", "{:.2f}"),
    "processor_of_scipy": ("processor / SciPy's", "{:.2f}"),
    "whole_growth": ("growth of time", "{:.2f}"),
    "peak_mb_growth": ("of memory", "{:.2f}"),
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.resolve", description="Time the resolver beside its peers."
    )
    parser.add_argument("--edges", type=int, nargs="+", metavar="N",
                        default=[100_000, 300_000, 1_000_000])  # fmt: skip
    parser.add_argument("--graphs", nargs="+", default=list(GRAPHS), choices=list(GRAPHS))
    parser.add_argument("--resolvers", nargs="+", default=list(RESOLVERS), choices=list(RESOLVERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--timeout", type=int, default=60, metavar="SECONDS",
                        help="After which a resolver is not waited for.")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write all numbers here too.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
