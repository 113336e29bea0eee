"""Where each table stands in its column of the picture, from the top down.

Heights are on a grid: what leaves a table in one column is never level with what leaves a table in
the next, nor with a line that passes between two tables, so that no two lines lie on each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from statistics import mean

from headless_crm.diagram.columns import Stack
from headless_crm.diagram.tables import Link, Table

ROW = 16
HEAD = 24
STRIP = 24
"""The height of a group's title."""
LANE = 8
"""Between two lines that run side by side."""
TOP = 64
_GAP = 24
_ROUNDS = 6


@dataclass(frozen=True)
class Box:
    """A table in its place: the number of its column, and its upper edge."""

    table: Table
    stack: int
    top: int

    @property
    def bottom(self) -> int:
        """The lower edge."""
        return self.top + HEAD + ROW * len(self.table.columns)

    def level(self, column: str) -> int:
        """The height of the middle of a column's row; of the title, where none is named."""
        if not column:
            return self.top + HEAD // 2
        return self.top + HEAD + ROW * self.table.row(column) + ROW // 2


@dataclass(frozen=True)
class Strip:
    """The title of a group, with the group's lower edge."""

    group: str
    top: int
    end: int

    @property
    def bottom(self) -> int:
        """The lower edge of the title itself."""
        return self.top + STRIP


@dataclass(frozen=True)
class Heights:
    """The boxes by table, the titles of groups, the columns that have them, and the end of all."""

    boxes: dict[str, Box]
    strips: dict[str, Strip]
    grouped: frozenset[int]
    end: int

    def obstacles(self, stack: int) -> list[tuple[int, int]]:
        """What no line may cross in a column, from the top: upper and lower edges."""
        boxes = [box for box in self.boxes.values() if box.stack == stack]
        strips = self.strips.values() if stack in self.grouped else ()
        edges = [(box.top, box.bottom) for box in boxes]
        return sorted(edges + [(strip.top, strip.bottom) for strip in strips])


def heights_of(
    stacks: Sequence[Stack], links: Sequence[Link], lanes: Mapping[tuple[int, int], int]
) -> Heights:
    """Place all tables; `lanes` has how many lines pass each column by each of its gaps."""
    boxes, strips = _grouped(stacks, lanes)
    free = [n for n, stack in enumerate(stacks) if not stack.grouped]
    for n in free:
        _free(n, stacks[n], boxes, {}, lanes)
    ends = _ends(links)
    for _ in range(_ROUNDS):
        for n in free:
            _free(n, stacks[n], boxes, ends, lanes)
    if len(free) == len(stacks):
        _raise(boxes)
    low = max(box.bottom for box in boxes.values())
    end = max([low + _GAP, *(strip.end for strip in strips.values())])
    grouped = frozenset(range(len(stacks))) - frozenset(free)
    return Heights(boxes, strips, grouped, end)


def _ends(links: Sequence[Link]) -> dict[str, list[tuple[str, str, str]]]:
    """By table: its column, and the table and the column at a link's other end."""
    ends: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for link in links:
        ends[link.start].append((link.start_column, link.end, link.end_column))
        ends[link.end].append((link.end_column, link.start, link.start_column))
    return ends


def _gap(lanes: int) -> int:
    return max(_GAP, LANE * (lanes + 2))


def _on_grid(height: float, stack: int) -> int:
    """The next height that a box of this column may begin at."""
    offset = (stack % 2) * ROW // 2
    return ceil((height - offset) / ROW) * ROW + offset


def _grouped(
    stacks: Sequence[Stack], lanes: Mapping[tuple[int, int], int]
) -> tuple[dict[str, Box], dict[str, Strip]]:
    """The columns of tables that belong to sources, of which each has a band across."""
    boxes: dict[str, Box] = {}
    strips: dict[str, Strip] = {}
    inner = [n for n, stack in enumerate(stacks) if stack.grouped]
    gaps = dict.fromkeys(inner, 0)
    top = TOP
    groups = {group for n in inner for group in stacks[n].groups}
    for group in sorted(groups, key=lambda name: (not name, name)):
        top += max(_gap(lanes.get((n, gaps[n]), 0)) - _GAP for n in inner)
        ends = []
        for n in inner:
            gaps[n] += 1
            height = top + STRIP
            for table in stacks[n].groups.get(group, []):
                height = _on_grid(height + _gap(lanes.get((n, gaps[n]), 0)), n)
                boxes[table.name] = Box(table, n, height)
                height = boxes[table.name].bottom
                gaps[n] += 1
            ends.append(height + _gap(lanes.get((n, gaps[n]), 0)))
        strips[group] = Strip(group, top, max(ends))
        top = max(ends) + LANE
    return boxes, strips


def _free(
    n: int,
    stack: Stack,
    boxes: dict[str, Box],
    ends: Mapping[str, list[tuple[str, str, str]]],
    lanes: Mapping[tuple[int, int], int],
) -> None:
    """A column of one group: each table as near as its neighbours let it to what it hangs on."""
    tables = stack.groups[""]
    offsets, pulls, height = [], [], TOP
    for place, table in enumerate(tables):
        height += _gap(lanes.get((n, place), 0))
        own = Box(table, n, height)
        offsets.append(height)
        pulls.append(
            [
                boxes[other].level(there) - own.level(here)
                for here, other, there in ends.get(table.name, ())
                if other in boxes and boxes[other].stack != n
            ]
        )
        height = own.bottom
    everything = [pull for found in pulls for pull in found] or [0]
    # What hangs on nothing goes with the others.
    wanted = [mean(found or everything) for found in pulls]
    height = 0
    for place, (offset, shift) in enumerate(zip(offsets, _rising(wanted), strict=True)):
        least = max(height, TOP) + _gap(lanes.get((n, place), 0))
        box = Box(tables[place], n, _on_grid(max(least, offset + shift - ROW / 2), n))
        boxes[box.table.name] = box
        height = box.bottom


def _raise(boxes: dict[str, Box]) -> None:
    """Leave no room above the highest table."""
    room = (min(box.top for box in boxes.values()) - TOP - _GAP) // ROW * ROW
    for name, box in boxes.items():
        boxes[name] = replace(box, top=box.top - room)


def _rising(values: Sequence[float]) -> list[float]:
    """The nearest series that never falls: neighbours that would are pooled at their mean."""
    pools: list[tuple[float, int]] = []
    for value in values:
        level, size = value, 1
        while pools and pools[-1][0] > level:
            other, count = pools.pop()
            level = (other * count + level * size) / (count + size)
            size += count
        pools.append((level, size))
    return [level for level, size in pools for _ in range(size)]
