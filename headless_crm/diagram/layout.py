"""The whole picture: where each table, each band and each line is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from headless_crm.diagram.columns import Stack, stacks_of
from headless_crm.diagram.heights import Heights
from headless_crm.diagram.nets import End, Net
from headless_crm.diagram.routes import Routes, routes_of
from headless_crm.diagram.tables import Column, Link, Table

Point = tuple[int, int]

MARK = 40
"""The width that a row has for PK or FK."""
BAND_HEAD = 32
_EDGE = 16
_STUB = 24
"""From a table to the first upright line beside it."""
_TRACK = 11
"""Between two upright lines that run side by side."""
_CHARACTER = 6.2
_BETWEEN = 14


@dataclass(frozen=True)
class Rect:
    """A rectangle: its upper left corner, and its size."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Placed:
    """A table and where it stands; `refers` has its columns that refer to another table."""

    table: Table
    rect: Rect
    refers: frozenset[str]

    def mark(self, column: Column) -> str:
        """What stands before a column: PK, FK, both or nothing."""
        marks = (("PK", column.key), ("FK", column.name in self.refers))
        return " ".join(mark for mark, holds in marks if holds)


@dataclass(frozen=True)
class Band:
    """A layer, or the part of it that is a group's; which tables stand in it themselves."""

    title: str
    rect: Rect
    tables: tuple[str, ...] = ()
    groups: tuple[Band, ...] = ()


@dataclass(frozen=True)
class Line:
    """A link and the corners of its way.

    Lines of one `hub` run together. References of one `concept` are to the same kind of thing.
    """

    link: Link
    points: tuple[Point, ...]
    hub: str
    concept: str


@dataclass(frozen=True)
class Layout:
    """All of the picture, and its size."""

    bands: tuple[Band, ...]
    tables: tuple[Placed, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def layout_of(tables: Sequence[Table], links: Sequence[Link]) -> Layout:
    """Lay out the tables and all links between them."""
    stacks = stacks_of(sorted(tables, key=lambda table: table.name))
    routes = routes_of(stacks, sorted(links))
    widths = [_width(stack) for stack in stacks]
    lefts, gutters, x = [], [], 0
    for n in range(len(stacks) + 1):
        gutters.append(x)
        tracks = routes.tracks[n].values()
        x += 2 * _STUB + _TRACK * (max(tracks) + 1) if tracks else _STUB
        if n < len(stacks):
            lefts.append(x)
            x += widths[n]
    boxes = routes.heights.boxes
    rects = {
        name: Rect(lefts[box.stack], box.top, widths[box.stack], box.bottom - box.top)
        for name, box in sorted(boxes.items())
    }
    low = max((y for net in routes.nets for y in net.passes.values()), default=0)
    end = max(routes.heights.end, low + _EDGE)
    refers: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        if not link.is_flow:
            refers[link.start].add(link.start_column)
    return Layout(
        bands=tuple(_bands(stacks, lefts, widths, routes.heights, end)),
        tables=tuple(
            Placed(boxes[name].table, rect, frozenset(refers[name])) for name, rect in rects.items()
        ),
        lines=tuple(
            Line(
                link,
                _points(net, link, routes, rects, gutters),
                net.hub[0],
                _concept(boxes[link.end].table),
            )
            for net in routes.nets
            for link in net.links
        ),
        width=x,
        height=end + _EDGE,
    )


def _width(stack: Stack) -> int:
    """Room for the longest row, by what characters take at most on the average."""
    tables = [table for group in stack.groups.values() for table in group]
    titles = [len(table.name) * (_CHARACTER + 0.6) + 16 for table in tables]
    rows = [
        MARK + len(column.name + column.type) * _CHARACTER + _BETWEEN
        for table in tables
        for column in table.columns
    ]
    return -(-int(max(titles + rows)) // 8) * 8


def _bands(
    stacks: Sequence[Stack],
    lefts: Sequence[int],
    widths: Sequence[int],
    heights: Heights,
    end: int,
) -> list[Band]:
    bands = []
    for layer in dict.fromkeys(stack.layer for stack in stacks):
        places = [n for n, stack in enumerate(stacks) if stack.layer == layer]
        left, right = lefts[places[0]], lefts[places[-1]] + widths[places[-1]]
        members = {
            group: tuple(table.name for n in places for table in stacks[n].groups.get(group, ()))
            for group in {group for n in places for group in stacks[n].groups}
        }
        groups: tuple[Band, ...] = ()
        if set(members) != {""}:
            groups = tuple(
                Band(
                    _title(group) if group else "Shared",
                    Rect(left - 8, strip.top, right - left + 16, strip.end - strip.top),
                    members[group],
                )
                for group, strip in heights.strips.items()
                if group in members
            )
        rect = Rect(left - _EDGE, _EDGE, right - left + 2 * _EDGE, end - _EDGE)
        bands.append(Band(_title(layer), rect, () if groups else members[""], groups))
    return bands


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _concept(end: Table) -> str:
    """What a table holds, whosever it is."""
    return end.name.removeprefix(f"{end.group}_")


def _points(
    net: Net, link: Link, routes: Routes, rects: dict[str, Rect], gutters: Sequence[int]
) -> tuple[Point, ...]:
    """From the link's start to its end."""
    heights = routes.heights

    def port(end: End, right: bool) -> Point:
        rect = rects[end[0]]
        return rect.x + (rect.width if right else 0), heights.boxes[end[0]].level(end[1])

    def track(n: int) -> int:
        return gutters[n] + _STUB + _TRACK * routes.tracks[n][net.name] + _TRACK // 2

    spoke = net.spoke(link)
    points = [port(spoke, net.leaves_right(link, heights))]
    points.append((track(net.gutter(link, heights)), points[-1][1]))
    for column in net.passed(link, heights):
        height = net.passes[column]
        points.append((points[-1][0], height))
        points.append((track(column if net.right else column + 1), height))
    end = port(net.hub, net.right)
    points += [(points[-1][0], end[1]), end]
    corners = [
        point
        for before, point, after in zip(points, points[1:], points[2:], strict=False)
        if before != point
        and not (before[0] == point[0] == after[0])
        and not (before[1] == point[1] == after[1])
    ]
    way = [points[0], *corners, end]
    return tuple(way if (link.start, link.start_column) == spoke else reversed(way))
