"""What the benchmarks' command lines have in common."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from benchmarks.bases import Base, bases


def parser_of(module: str, description: str) -> argparse.ArgumentParser:
    """A parser of the options that each benchmark has."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--warehouses", nargs="+", default=["duckdb", "postgres"],
                        choices=["duckdb", "postgres"])  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write all numbers here too.")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR",
        help="Keep the bases here, and use those that are here. Without it, they are removed.",
    )  # fmt: skip
    return parser


@contextmanager
def bases_of(options: argparse.Namespace) -> Iterator[list[Base]]:
    """The bases that the options name, by size; none of them is made yet."""
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
        yield found


def tell(base: Base, what: str) -> None:
    """Say on the error stream how far a benchmark is."""
    sys.stderr.write(f"{base.warehouse}, {base.events:,} events: {what}\n")
