"""Which table stands in which column of the picture, and in which order below each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import combinations, pairwise

from headless_crm.diagram.tables import SOURCES, STATE, Table, depths_of

_HEIGHT = 72
"""Above so many rows, a layer or a stage of it takes one more column."""
_AROUND = 4
"""What a table takes besides its columns, in rows."""


@dataclass(frozen=True)
class Stack:
    """A column of the picture: tables of one layer, by group, from the top.

    `grouped` tells that the layer has groups, also where the column has none of them.
    """

    layer: str
    grouped: bool
    groups: dict[str, list[Table]]


def stacks_of(tables: Sequence[Table]) -> list[Stack]:
    """All tables, from where data comes in to what comes out; each layer has one stack or more."""
    entities = _entities(tables)
    found = []
    for layer in layers_of(tables):
        stages = sorted({table.stage for table in tables if table.layer == layer})
        for stage in stages:
            groups: defaultdict[str, list[Table]] = defaultdict(list)
            for table in tables:
                if (table.layer, table.stage) == (layer, stage):
                    groups[table.group].append(table)
            parts = {group: _parts(members) for group, members in groups.items()}
            for place in range(max(map(len, parts.values()))):
                found.append(
                    Stack(
                        layer,
                        any(table.group for table in tables if table.layer == layer),
                        {
                            group: _ordered(parted[place], entities)
                            for group, parted in parts.items()
                            if place < len(parted)
                        },
                    )
                )
    return found


def layers_of(tables: Sequence[Table]) -> list[str]:
    """The layers, each after those that its tables read."""
    layers = {table.name: table.layer for table in tables}
    reads: dict[str, set[str]] = {layer: set() for layer in sorted({*layers.values()})}
    for table in tables:
        found = {layers[name] for name in table.reads if name in layers}
        reads[table.layer] |= found - {table.layer}
    # The sorter keeps the order that it is given, which a set has none of.
    order = TopologicalSorter({layer: sorted(found) for layer, found in reads.items()})
    inner = [layer for layer in order.static_order() if layer not in (SOURCES, STATE)]
    return [layer for layer in (SOURCES, *inner, STATE) if layer in reads]


def _parts(tables: list[Table]) -> list[list[Table]]:
    """The tables in as many stacks as they need, each after what it reads, about equally high."""
    depths = depths_of(tables)
    ranks = [
        [table for table in tables if depths[table.name] == depth]
        for depth in range(max(depths.values()) + 1)
    ]
    sizes = [sum(len(table.columns) + _AROUND for table in rank) for rank in ranks]
    number = min(len(ranks), -(-sum(sizes) // _HEIGHT))

    def height(cuts: tuple[int, ...]) -> int:
        edges = [0, *cuts, len(ranks)]
        return max(sum(sizes[start:end]) for start, end in pairwise(edges))

    best = [0, *min(combinations(range(1, len(ranks)), number - 1), key=height), len(ranks)]
    return [[table for rank in ranks[start:end] for table in rank] for start, end in pairwise(best)]


def _entities(tables: Sequence[Table]) -> list[str]:
    """What identifiers are resolved to, which tables are named after."""
    names = [table.name.split("_") for table in tables]
    return sorted(
        {name[1] for name in names if len(name) == 3 and (name[0], name[2]) == _RESOLVED},
        reverse=True,
    )


_RESOLVED = ("resolved", "identifiers")


def _ordered(tables: list[Table], entities: list[str]) -> list[Table]:
    """Those of one entity at the top, those of the other at the bottom, what joins them between."""

    def place(table: Table) -> float:
        words = {word.removesuffix("s") for word in table.name.split("_")}
        return next((n for n, entity in enumerate(entities) if entity in words), 0.5)

    depths = depths_of(tables)
    return sorted(tables, key=lambda table: (place(table), depths[table.name], table.name))
