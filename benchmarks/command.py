"""What the benchmarks' command lines have in common."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from benchmarks.bases import Base, bases


def with_events(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The option of those that measure by the size of a base: three, for growth to be seen."""
    parser.add_argument(
        "--events", type=int, nargs="+", default=[1_000, 10_000, 100_000], metavar="N"
    )
    return parser


def parser_of(module: str, description: str) -> argparse.ArgumentParser:
    """A parser of the options that each benchmark has."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
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
def bases_of(options: argparse.Namespace, sizes: list[int]) -> Iterator[list[Base]]:
    """Bases of these sizes as the options tell, the smallest first; none of them is made yet."""
    holder: AbstractContextManager[str] = nullcontext(str(options.folder))
    if options.folder is None:
        holder = tempfile.TemporaryDirectory(prefix="crm-benchmark-")
    else:
        options.folder.mkdir(parents=True, exist_ok=True)
    with (
        holder as folder,
        bases(
            options.warehouses, sorted(set(sizes)), Path(folder).resolve(), options.seed
        ) as found,
    ):
        yield found


def tell(base: Base, what: str, size: str = "events") -> None:
    """Say on the error stream how far a benchmark is; `size` is what bases are measured in."""
    sys.stderr.write(f"{base.warehouse}, {base.events:,} {size}: {what}\n")
