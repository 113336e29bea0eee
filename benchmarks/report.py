"""What was measured, as numbers and as Markdown."""

from __future__ import annotations

import json
import math
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

from benchmarks.bases import Times

Measured = dict[tuple[str, int], list[Times]]
"""The times of one kind of build, by warehouse and size of the base."""

KINDS = {
    "landed": "{:,} new events",
    "idle": "nothing new",
    "empty": "an empty dbt project instead",
}


def machine(versions: Mapping[str, Any]) -> dict[str, Any]:
    """What the times depend on, beside the code."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **versions,
    }


def growth(by_size: Mapping[int, float]) -> float:
    """The exponent of growth: 1 where twice the size costs twice as much, 0 where it costs nothing.

    Fitted by least squares through the logarithms of the costs over those of the sizes, of which
    there are two at least.
    """
    sizes, costs = [math.log(n) for n in by_size], [math.log(cost) for cost in by_size.values()]
    return linear_regression(sizes, costs).slope


def table(title: str, heads: list[str], rows: Iterable[list[str]], texts: int = 1) -> str:
    """A Markdown table under a title; the first `texts` columns are texts, the others numbers."""
    aligned = ["---"] * texts + ["---:"] * (len(heads) - texts)
    return "\n".join([f"### {title}", "", *(_row(cells) for cells in (heads, aligned, *rows))])


def cells_of(row: Mapping[str, Any], columns: Mapping[str, tuple[str, str]]) -> list[str]:
    """A row's numbers by the format of each column, which has a head and that; empty for none."""
    return [form.format(row[what]) if what in row else "" for what, (_, form) in columns.items()]


def publish(file: Path | None, report: Mapping[str, Any], text: str) -> None:
    """Print the tables, and write all numbers to a file where one is given."""
    if file:
        file.write_text(json.dumps(report, indent=2) + "\n")
    sys.stdout.write(text + "\n")


def told(described: Mapping[str, Any]) -> str:
    """The machine's description as a sentence."""
    parts = (f"{name.replace('_', ' ')} {value}" for name, value in described.items())
    return f"Machine: {', '.join(parts)}."


def summary(measured: dict[str, Measured], new_events: int) -> list[dict[str, Any]]:
    """A row for each warehouse and kind of build: the medians by size, and their growth."""
    rows = []
    for kind, times in measured.items():
        sizes = sorted({size for _, size in times})
        for name in dict.fromkeys(warehouse for warehouse, _ in times):
            row: dict[str, Any] = {"warehouse": name, "build": KINDS[kind].format(new_events)}
            for what in ("build", "command"):
                medians = {
                    size: round(median(getattr(t, what) for t in times[name, size]), 2)
                    for size in sizes
                }
                row[what + "_seconds"] = medians
                row[what + "_growth"] = growth(medians) if len(sizes) > 1 else math.nan
            rows.append(row)
    return rows


def markdown(rows: list[dict[str, Any]], described: dict[str, Any], rounds: int) -> str:
    """Tables of the summary: the run of dbt, and the whole command."""
    parts = []
    for what, title in (("build", "dbt's run within `crm build`"), ("command", "`crm build`")):
        sizes = list(rows[0][what + "_seconds"])
        heads = ["warehouse", "build", *(f"base {size:,}" for size in sizes), "growth"]
        cells = []
        for row in rows:
            seconds = (f"{row[what + '_seconds'][size]:.2f} s" for size in sizes)
            grown = f"{row[what + '_growth']:.2f}"
            cells.append([row["warehouse"], row["build"], *seconds, grown])
        parts.append(table(title, heads, cells, texts=2))
    parts.append(f"Medians of {rounds} rounds. {told(described)}")
    return "\n\n".join(parts)


_OF_SINGLE_EVENTS = {
    "p50": ("one client, median", "{:.1f} ms", 1000),
    "p99": ("one client, 99th percentile", "{:.1f} ms", 1000),
    "of_owner": ("the same of who is in each tenth event, median", "{:.1f} ms", 1000),
    "floor": ("bare transaction of the same rows, median", "{:.1f} ms", 1000),
    "of_floor": ("event / bare transaction", "{:.1f}", 1),
    "rows_written": ("rows that an event writes, median", "{:.0f}", 1),
    "shared": ("32 clients, requests a second", "{:,.0f}", 1),
    "many_1": ("250 events a request, events a second", "{:,.0f}", 1),
    "many_2": ("the same, 2 requests at a time", "{:,.0f}", 1),
    "many_4": ("the same, 4 requests at a time", "{:,.0f}", 1),
    "build": ("`crm build` for one event instead", "{:.1f} s", 1),
}


def single_events_summary(measured: dict[tuple[str, int], dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each warehouse and number: the value or median by size, and its growth."""
    rows = []
    for name in dict.fromkeys(warehouse for warehouse, _ in measured):
        runs = {size: run for (warehouse, size), run in measured.items() if warehouse == name}
        for what in _OF_SINGLE_EVENTS:
            values = {
                size: median(run[what]) if isinstance(run[what], list) else run[what]
                for size, run in sorted(runs.items())
                if what in run and not isinstance(run[what], str)
            }
            if values:  # One that was not answered in time is none.
                row = {"warehouse": name, "what": what, "values": values}
                rows.append(row | ({"growth": growth(values)} if len(values) > 1 else {}))
    return rows


def single_events_markdown(rows: list[dict[str, Any]], described: dict[str, Any]) -> str:
    sizes = list(rows[0]["values"])
    heads = ["warehouse", "what", *(f"base {size:,}" for size in sizes), "growth"]
    cells = []
    for row in rows:
        title, form, factor = _OF_SINGLE_EVENTS[row["what"]]
        found = [row["values"].get(size) for size in sizes]
        values = ("not in time" if one is None else form.format(one * factor) for one in found)
        grown = f"{row['growth']:.2f}" if "growth" in row else ""
        cells.append([row["warehouse"], title, *values, grown])
    return (
        f"{table('Single events', heads, cells, texts=2)}\n\n"
        "The clients share the server's cores. A quarter of the memory is PostgreSQL's own, and "
        f"warm. {told(described)}"
    )


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
