"""All benchmarks, one after the other, and their tables in one report.

    python -m benchmarks --size small --folder benchmark-results

Each can be run by itself, with other sizes: `python -m benchmarks.resolve --help`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

# On two cores that do nothing else: five minutes, an hour, and several.
SIZES = {
    "small": {
        "resolve": "--edges 10000 30000 100000 --rounds 1 --timeout 4",
        "full_build": "--persons 100 1000 --warehouses duckdb",
        "incremental": "--events 300 3000 --rounds 1 --warehouses duckdb",
        "single_events": "--events 3000 --requests 50 --rounds 1 --builds 1 --warehouses postgres",
    },
    "medium": {
        "resolve": "--edges 1000000 3000000 10000000 --rounds 3 --timeout 120",
        "full_build": "--persons 3000 10000 30000 --rounds 3",
        "incremental": "--events 10000 30000 100000 --rounds 3",
        "single_events": "--events 10000 30000 100000",
    },
    "large": {
        "resolve": "--edges 3000000 10000000 15000000 --rounds 5 --timeout 300",
        "full_build": "--persons 100000 300000 1000000 --warehouses duckdb",
        "incremental": "--events 10000 100000 1000000 --rounds 3",
        "single_events": "--events 10000 100000 1000000",
    },
}


def main() -> None:
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    texts, found = [], {}
    for name, arguments in SIZES[options.size].items():
        sys.stderr.write(f"{name}: {arguments}\n")
        file = options.folder / f"{name}.json"
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments.split()]
        done = subprocess.run(
            [*command, "--seed", str(options.seed), "--json", str(file)],
            stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"The benchmark {name} failed.")
        texts.append(done.stdout)
        found[name] = {"arguments": arguments, **json.loads(file.read_text())}
        file.unlink()
    (options.folder / "benchmarks.json").write_text(json.dumps(found, indent=2) + "\n")
    report = f"## Benchmarks, size {options.size}\n\n" + "\n".join(texts)
    (options.folder / "benchmarks.md").write_text(report)
    sys.stdout.write(report)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Run all benchmarks.")
    parser.add_argument("--size", choices=list(SIZES), default="small")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, metavar="DIR", default=Path("benchmark-results"),
                        help="Write benchmarks.md and benchmarks.json here.")  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    main()
