"""Plants faults in the incremental SQL, one at a time, and sees that the convergence tests fail.

    python scripts/mutations.py [NUMBER…]

Each fault is planted in a copy of the tracked files. Exit code 1 where one survives.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
# Of DuckDB alone, which is the faster one; those that fail soonest come first.
TESTS = [
    "tests/unit/test_incremental.py",
    "tests/unit/test_contraction.py",
    "tests/convergence/test_traps.py",
    "tests/convergence/test_identity_traps.py",
    "tests/convergence/test_guards.py",
    "tests/convergence/test_sequences_duckdb.py",
]


@dataclass(frozen=True)
class Fault:
    """In a file, a text gives way to another; the test `first` should catch it."""

    what: str
    file: str
    text: str
    instead: str
    first: str | None = None


FAULTS = [Fault(**one) for one in yaml.safe_load((ROOT / "scripts/faults.yml").read_text("utf-8"))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("numbers", metavar="NUMBER", nargs="*", type=int, help="Only these faults.")
    chosen = parser.parse_args().numbers or range(1, len(FAULTS) + 1)
    survived = 0
    for number in chosen:
        started = time.monotonic()
        failed = first_failure(FAULTS[number - 1])
        survived += failed is None
        seconds = time.monotonic() - started
        verdict = f"caught by {failed}" if failed else "SURVIVED"
        print(f"{number:2} {FAULTS[number - 1].what}: {verdict} ({seconds:.0f} s)", flush=True)  # noqa: T201
    print(f"{len(chosen) - survived} of {len(chosen)} faults were caught.")  # noqa: T201
    return 1 if survived else 0


def first_failure(fault: Fault) -> str | None:
    """The first test that fails with the fault in place; none where all pass."""
    with tempfile.TemporaryDirectory(prefix="crm-mutation-") as folder:
        copy_of_project(Path(folder))
        tests = dict.fromkeys([fault.first, *TESTS] if fault.first else TESTS)
        file = Path(folder) / fault.file
        text = file.read_text(encoding="utf-8")
        if fault.text not in text:
            sys.exit(f"{fault.file} does not hold the text of the fault: {fault.what}.")
        file.write_text(text.replace(fault.text, fault.instead), encoding="utf-8")
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pytest", "-x", "-q", "-k", "not postgres", *tests],
            cwd=folder,
            env=os.environ | {"CRM_SEQUENCES": os.environ.get("CRM_SEQUENCES", "25")},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode and not found:
        sys.exit(f"The tests did not run: {done.stdout[-500:]}{done.stderr[-500:]}")
    return found[1] if found else None


def copy_of_project(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


if __name__ == "__main__":
    sys.exit(main())
