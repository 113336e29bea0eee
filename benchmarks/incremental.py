"""What `crm build` costs by the size of the base that new events land on.

    python -m benchmarks.incremental --events 100000 1000000 --json times.json

Rounds go over the bases in turn, so that a machine's slow minute meets them all. Beside them stands
an empty dbt project with as many models, each of which makes a table of one row.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections import defaultdict

from benchmarks.bases import Base, Times, version
from benchmarks.command import bases_of, parser_of, tell, with_events
from benchmarks.empty import EmptyProject, models_of
from benchmarks.report import KINDS, Measured, machine, markdown, publish, summary
from headless_crm.config import project_dir


def main() -> None:
    options = _options()
    with bases_of(options, options.events) as found:
        for base in found:
            tell(base, "making the base")
            times = base.make()
            tell(base, f"built in {times.build:.1f} s" if times else "was there")
        measured = _measure(found, options.rounds, options.new_events)
        described = machine({base.warehouse: version(base) for base in found})
    rows = summary(measured, options.new_events)
    runs = [
        {"warehouse": name, "events": size, "build": kind, **dataclasses.asdict(one)}
        for kind, by_base in measured.items()
        for (name, size), times in by_base.items()
        for one in times
    ]
    report = {"machine": described, "rounds": options.rounds, "summary": rows, "runs": runs}
    publish(options.json, report, markdown(rows, described, options.rounds))


def _measure(found: list[Base], rounds: int, new_events: int) -> dict[str, Measured]:
    measured: dict[str, Measured] = {kind: defaultdict(list) for kind in KINDS}
    models = models_of(project_dir())
    empty = {base: EmptyProject(base, models) for base in found}
    for base in found:  # Reads cold files, and fills dbt's caches.
        base.build()
        empty[base].run()
    for number in range(1, rounds + 1):
        for base in found:
            loaded = base.land(new_events)
            landed, idle, nothing = base.build(), base.build(), empty[base].run()
            measured["landed"][base.warehouse, base.events].append(landed)
            measured["idle"][base.warehouse, base.events].append(idle)
            measured["empty"][base.warehouse, base.events].append(Times(nothing, nothing))
            tell(
                base,
                f"round {number}: load {loaded:.1f} s, build {landed.build:.1f} s, "
                f"with nothing new {idle.build:.1f} s, empty project {nothing:.1f} s",
            )
    return measured


def _options() -> argparse.Namespace:
    parser = with_events(
        parser_of("benchmarks.incremental", "Time incremental builds by base size.")
    )
    parser.add_argument("--new-events", type=int, default=1_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
