"""What `crm build` costs by the size of the base that new events land on.

    python -m benchmarks.incremental --events 100000 1000000 --json times.json

Rounds go over the bases in turn, so that a machine's slow minute meets them all.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from collections import defaultdict
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from benchmarks.bases import Base, bases, version
from benchmarks.report import Measured, machine, markdown, summary


def main() -> None:
    options = _options()
    holder: AbstractContextManager[str] = nullcontext(str(options.folder))
    if options.folder is None:
        holder = tempfile.TemporaryDirectory(prefix="crm-benchmark-")
    else:
        options.folder.mkdir(parents=True, exist_ok=True)
    sizes = sorted(set(options.events))
    with (
        holder as folder,
        bases(options.warehouses, sizes, Path(folder).resolve(), options.seed) as found,
    ):
        for base in found:
            _tell(base, "making the base")
            times = base.make()
            _tell(base, f"built in {times.build:.1f} s" if times else "was there")
        measured = _measure(found, options.rounds, options.new_events)
        described = machine({base.warehouse: version(base) for base in found})
    rows = summary(measured, options.new_events)
    if options.json:
        runs = [
            {"warehouse": name, "events": size, "build": kind, **dataclasses.asdict(one)}
            for kind, by_base in measured.items()
            for (name, size), times in by_base.items()
            for one in times
        ]
        report = {"machine": described, "rounds": options.rounds, "summary": rows, "runs": runs}
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    sys.stdout.write(markdown(rows, described, options.rounds) + "\n")


def _measure(found: list[Base], rounds: int, new_events: int) -> dict[str, Measured]:
    measured: dict[str, Measured] = {"landed": defaultdict(list), "idle": defaultdict(list)}
    # One round more than counts: the first reads cold files and fills dbt's cache.
    for number in range(rounds + 1):
        for base in found:
            loaded = base.land(new_events)
            landed, idle = base.build(), base.build()
            if number:
                measured["landed"][base.warehouse, base.events].append(landed)
                measured["idle"][base.warehouse, base.events].append(idle)
            _tell(
                base,
                f"round {number or 'to warm up'}: load {loaded:.1f} s, build {landed.build:.1f} s, "
                f"with nothing new {idle.build:.1f} s",
            )
    return measured


def _tell(base: Base, what: str) -> None:
    sys.stderr.write(f"{base.warehouse}, {base.events:,} events: {what}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.incremental", description="Time incremental builds by base size."
    )
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--warehouses", nargs="+", default=["duckdb", "postgres"],
                        choices=["duckdb", "postgres"])  # fmt: skip
    parser.add_argument("--new-events", type=int, default=1_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write all times here too.")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR",
        help="Keep the bases here, and use those that are here. Without it, they are removed.",
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    main()
