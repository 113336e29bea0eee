"""What is drawn: tables, and the links between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter

SOURCES = "source_tables"
STATE = "state_of_runs"


@dataclass(frozen=True)
class Column:
    """A column; `key` tells that it is of what its table's rows are unique by."""

    name: str
    type: str = ""
    key: bool = False


@dataclass(frozen=True)
class Table:
    """A table, under the name that it is shown by, which is its own.

    `layer` is a folder of models/, SOURCES or STATE; `group` the source that a table belongs to, if
    it does to one alone; `stage` a folder within that. `reads` names the tables that it is made of.
    """

    name: str
    layer: str
    columns: tuple[Column, ...]
    reads: tuple[str, ...] = ()
    group: str = ""
    stage: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the columns that its rows are unique by."""
        return tuple(column.name for column in self.columns if column.key)

    def row(self, name: str) -> int:
        """The place of the column of this name."""
        return [column.name for column in self.columns].index(name)


@dataclass(frozen=True, order=True)
class Link:
    """A line: rows of `start` that refer to one of `end`, or from a table to one made of it.

    The latter kind has no columns.
    """

    start: str
    end: str
    start_column: str = ""
    end_column: str = ""

    @property
    def is_flow(self) -> bool:
        """Whether it is data's way, and no reference."""
        return not self.end_column


def depths_of(tables: Iterable[Table]) -> dict[str, int]:
    """How many of these tables stand above each of them, at most."""
    found = {table.name: table.reads for table in tables}
    depths: dict[str, int] = {}
    for name in TopologicalSorter(found).static_order():
        if name in found:
            depths[name] = max((depths[up] + 1 for up in found[name] if up in found), default=0)
    return depths
