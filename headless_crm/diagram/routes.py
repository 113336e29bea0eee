"""The ways of lines: level out of a table, up or down between two columns, and level on.

A line passes a column through a gap between two tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from headless_crm.diagram.columns import Stack
from headless_crm.diagram.heights import LANE, Heights, heights_of
from headless_crm.diagram.nets import Net, nets_of
from headless_crm.diagram.tables import Link
from headless_crm.diagram.tracks import tracks_of

_FAR = 10**6


@dataclass(frozen=True)
class Routes:
    """The heights of all tables, the nets, and by gutter the track of each net from the left."""

    heights: Heights
    nets: list[Net]
    tracks: dict[int, dict[str, int]]


def routes_of(stacks: Sequence[Stack], links: Sequence[Link]) -> Routes:
    """Place the tables, and find a way for each link that crosses none of them."""
    heights = heights_of(stacks, links, {})
    nets = nets_of(links, heights)
    gaps = {net.name: _gaps(net, heights) for net in nets}
    heights = heights_of(
        stacks, links, Counter(passing for found in gaps.values() for passing in found.items())
    )
    _level(nets, gaps, heights)
    for net in nets:
        _touch(net, heights)
    tracks = {
        n: tracks_of([net for net in nets if n in net.touches], n) for n in range(len(stacks) + 1)
    }
    return Routes(heights, nets, tracks)


def _gaps(net: Net, heights: Heights) -> dict[int, int]:
    """For each column that is passed the number of the gap, from the top, that is nearest."""
    beyond: defaultdict[int, list[int]] = defaultdict(list)
    for link in net.links:
        name, column = net.spoke(link)
        for n in net.passed(link, heights):
            beyond[n].append(heights.boxes[name].level(column))
    height = heights.boxes[net.hub[0]].level(net.hub[1])
    found = {}
    for n in sorted(beyond, reverse=not net.right):
        wanted = median([height, *beyond[n]])
        inside = [min(max(wanted, low), high) for low, high in _spans(n, heights)]
        found[n] = min(range(len(inside)), key=lambda gap: abs(inside[gap] - wanted))
        height = round(inside[found[n]])
    return found


def _spans(stack: int, heights: Heights) -> list[tuple[int, int]]:
    """The gaps of a column, from the top: upper and lower edges."""
    obstacles = heights.obstacles(stack)
    lows = [-_FAR, *(bottom for _, bottom in obstacles)]
    highs = [*(top for top, _ in obstacles), _FAR]
    return list(zip(lows, highs, strict=True))


def _level(nets: Sequence[Net], gaps: dict[str, dict[int, int]], heights: Heights) -> None:
    """Give each net its own height in each gap that it passes, as near as others let it."""
    by_gap: defaultdict[tuple[int, int], list[Net]] = defaultdict(list)
    for net in nets:
        for passing in gaps[net.name].items():
            by_gap[passing].append(net)
    for (n, gap), members in by_gap.items():
        low, high = _spans(n, heights)[gap]
        # Heights that no row and no line of the next column has: see the module heights.
        offset = 2 if n % 2 == 0 else 6
        first = low + 5 + (offset - low - 5) % LANE
        last = (high - 5 - first) // LANE
        wanted = {net.name: _middle(net, heights) for net in members}
        members.sort(key=lambda net: (wanted[net.name], net.name))
        places: list[int] = []
        for net in members:
            nearest = round((wanted[net.name] - first) / LANE)
            places.append(max(nearest, places[-1] + 1 if places else 0))
        for index in reversed(range(len(members))):
            places[index] = min(places[index], last)
            last = places[index] - 1
        for net, place in zip(members, places, strict=True):
            net.passes[n] = first + LANE * place


def _middle(net: Net, heights: Heights) -> float:
    ends = [net.hub, *(net.spoke(link) for link in net.links)]
    return median(heights.boxes[name].level(column) for name, column in ends)


def _touch(net: Net, heights: Heights) -> None:
    found: defaultdict[int, set[tuple[bool, int]]] = defaultdict(set)
    found[net.home(heights)].add((not net.right, heights.boxes[net.hub[0]].level(net.hub[1])))
    for link in net.links:
        name, column = net.spoke(link)
        from_right = not net.leaves_right(link, heights)
        found[net.gutter(link, heights)].add((from_right, heights.boxes[name].level(column)))
    for n, height in net.passes.items():
        found[n].add((True, height))
        found[n + 1].add((False, height))
    net.touches = {n: sorted(ends) for n, ends in found.items()}
