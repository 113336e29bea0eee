"""The lines between tables: level out of a table, up or down between two columns, and level on.

All lines to one end make a net, which shares its way and its colour, as wires on a board do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from headless_crm.diagram.columns import Stack
from headless_crm.diagram.heights import LANE, Heights, heights_of
from headless_crm.diagram.tables import Link

_FAR = 10**6


@dataclass
class Net:
    """Links with a common end, the hub, that leave it to one side.

    A gutter is the space left of the column of its number. `passes` has the gap by which the net
    passes a column, and in the end the height; `touches` the heights that meet its upright line in
    each gutter, by the side that they come from.
    """

    name: str
    hub: tuple[str, str]
    right: bool
    links: list[Link] = field(default_factory=list)
    passes: dict[int, int] = field(default_factory=dict)
    touches: dict[int, list[tuple[bool, int]]] = field(default_factory=dict)

    def spoke(self, link: Link) -> tuple[str, str]:
        """The end of a link that is not the hub."""
        start = (link.start, link.start_column)
        return (link.end, link.end_column) if start == self.hub else start


@dataclass(frozen=True)
class Routes:
    """The heights of all tables, the nets, and by gutter the track of each net from the left."""

    heights: Heights
    nets: list[Net]
    tracks: dict[int, dict[str, int]]


def routes_of(stacks: Sequence[Stack], links: Sequence[Link]) -> Routes:
    """Place the tables, and find a way for each link that crosses none of them."""
    heights = heights_of(stacks, links, {})
    nets = _nets(links, heights)
    lanes: Counter[tuple[int, int]] = Counter()
    for net in nets:
        net.passes = _gaps(net, heights)
        lanes.update(net.passes.items())
    heights = heights_of(stacks, links, lanes)
    _level(nets, heights)
    for net in nets:
        _touch(net, heights)
    gutters = range(len(stacks) + 1)
    return Routes(
        heights, nets, {n: _tracks([x for x in nets if n in x.touches], n) for n in gutters}
    )


def _nets(links: Sequence[Link], heights: Heights) -> list[Net]:
    found: defaultdict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        tables = [heights.boxes[name].table for name in (link.start, link.end)]
        # What data goes into from many tables is the hub, or within a layer what it comes from.
        out = link.is_flow and (tables[0].layer == tables[1].layer or bool(tables[1].group))
        found[(link.start, "") if out else (link.end, link.end_column)].append(link)
    nets: list[Net] = []
    for hub, members in sorted(found.items()):
        kind = "key" if hub[1] else "flow"
        by_side: dict[bool, Net] = {}
        column = heights.boxes[hub[0]].stack
        same = []
        for link in members:
            name = link.end if (link.start, link.start_column) == hub else link.start
            there = heights.boxes[name].stack
            if there == column:
                same.append(link)
                continue
            right = there > column
            net = by_side.setdefault(right, Net(f"{kind} {hub[0]} {right}", hub, right))
            net.links.append(link)
        if same:
            # Out of a table is to the right, wherever that can be.
            right = not hub[1] or (True in by_side and False not in by_side)
            net = by_side.setdefault(right, Net(f"{kind} {hub[0]} {right}", hub, right))
            net.links.extend(same)
        nets.extend(by_side[right] for right in sorted(by_side))
    return nets


def _home(net: Net, heights: Heights) -> int:
    """The gutter beside the hub."""
    return heights.boxes[net.hub[0]].stack + net.right


def gutter_of(net: Net, link: Link, heights: Heights) -> int:
    """The gutter beside a link's other end."""
    own = heights.boxes[net.hub[0]].stack
    there = heights.boxes[net.spoke(link)[0]].stack
    if there == own:
        return _home(net, heights)
    return there if net.right else there + 1


def passed(net: Net, link: Link, heights: Heights) -> list[int]:
    """The columns between a link's other end and the hub, in this order."""
    home, away = _home(net, heights), gutter_of(net, link, heights)
    return list(range(away - 1, home - 1, -1)) if net.right else list(range(away, home))


def _gaps(net: Net, heights: Heights) -> dict[int, int]:
    """The gap between two tables that is nearest to the way, for each column that is passed."""
    beyond: defaultdict[int, list[int]] = defaultdict(list)
    for link in net.links:
        name, column = net.spoke(link)
        for n in passed(net, link, heights):
            beyond[n].append(heights.boxes[name].level(column))
    height = heights.boxes[net.hub[0]].level(net.hub[1])
    found = {}
    for n in sorted(beyond, reverse=not net.right):
        wanted = median([height, *beyond[n]])
        spans = _spans(n, heights)
        inside = [min(max(wanted, low), high) for low, high in spans]
        found[n] = min(range(len(spans)), key=lambda gap: abs(inside[gap] - wanted))
        height = round(inside[found[n]])
    return found


def _spans(stack: int, heights: Heights) -> list[tuple[int, int]]:
    """The free heights of a column, from the top."""
    obstacles = heights.obstacles(stack)
    lows = [obstacles[0][0] - _FAR, *(bottom for _, bottom in obstacles)]
    highs = [*(top for top, _ in obstacles), _FAR]
    return list(zip(lows, highs, strict=True))


def _level(nets: Sequence[Net], heights: Heights) -> None:
    """Give each net its own height in each gap that it passes."""
    by_gap: defaultdict[tuple[int, int], list[Net]] = defaultdict(list)
    for net in nets:
        for passing in net.passes.items():
            by_gap[passing].append(net)
    for (n, gap), members in by_gap.items():
        low, high = _spans(n, heights)[gap]
        offset = 2 if n % 2 == 0 else 6
        if gap == 0:
            low = high - LANE * (len(members) + 2)
        lanes = [y for y in range(low // LANE * LANE + offset, high - 4, LANE) if y > low + 4][
            :2000
        ]
        wanted = {net.name: _wanted(net, heights) for net in members}
        members.sort(key=lambda net: (wanted[net.name], net.name))
        places: list[int] = []
        for net in members:
            nearest = round((wanted[net.name] - lanes[0]) / LANE)
            places.append(max(nearest, places[-1] + 1 if places else 0))
        for index in reversed(range(len(members))):
            last = places[index + 1] if index + 1 < len(places) else len(lanes)
            places[index] = min(places[index], last - 1)
        for net, place in zip(members, places, strict=True):
            net.passes[n] = lanes[place]


def _wanted(net: Net, heights: Heights) -> float:
    ends = [net.hub, *(net.spoke(link) for link in net.links)]
    return median(heights.boxes[name].level(column) for name, column in ends)


def _touch(net: Net, heights: Heights) -> None:
    found: defaultdict[int, set[tuple[bool, int]]] = defaultdict(set)
    found[_home(net, heights)].add((not net.right, heights.boxes[net.hub[0]].level(net.hub[1])))
    own = heights.boxes[net.hub[0]].stack
    for link in net.links:
        name, column = net.spoke(link)
        box = heights.boxes[name]
        same = box.stack == own
        from_right = (not net.right) if same else net.right
        found[gutter_of(net, link, heights)].add((from_right, box.level(column)))
    for n, height in net.passes.items():
        found[n].add((True, height))
        found[n + 1].add((False, height))
    net.touches = {n: sorted(ends) for n, ends in found.items()}


def _tracks(nets: Sequence[Net], gutter: int) -> dict[str, int]:
    """An upright line for each net, in the order in which they cross each other least."""
    ends = {net.name: net.touches[gutter] for net in nets}
    spans = {
        name: (min(y for _, y in found), max(y for _, y in found)) for name, found in ends.items()
    }

    def crossings(left: str, right: str) -> int:
        low, high = spans[right]
        crossed = sum(low <= y <= high for from_right, y in ends[left] if from_right)
        low, high = spans[left]
        return crossed + sum(low <= y <= high for from_right, y in ends[right] if not from_right)

    order = sorted(ends)
    moved = True
    while moved:
        moved = False
        for place in range(len(order)):
            name = order[place]
            rest = order[:place] + order[place + 1 :]
            # What it costs to stand at each place, from the left.
            cost = sum(crossings(name, other) for other in rest)
            costs = [cost]
            for other in rest:
                cost += crossings(other, name) - crossings(name, other)
                costs.append(cost)
            best = min(range(len(costs)), key=lambda n: (costs[n], abs(n - place)))
            if costs[best] < costs[place]:
                rest.insert(best, name)
                order = rest
                moved = True
    tracks: dict[str, int] = {}
    for name in order:
        low, high = spans[name]
        beside = [
            tracks[other]
            for other in tracks
            if spans[other][0] <= high + LANE and low <= spans[other][1] + LANE
        ]
        tracks[name] = max(beside, default=-1) + 1
    return tracks
