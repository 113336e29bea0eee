"""Which upright line of a gutter is whose."""

from __future__ import annotations

from collections.abc import Sequence

from headless_crm.diagram.heights import LANE
from headless_crm.diagram.nets import Net


def tracks_of(nets: Sequence[Net], gutter: int) -> dict[str, int]:
    """By net the number of its track, from the left, so that they cross each other little.

    Nets whose lines are apart can have the same track.
    """
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
        for place, name in enumerate(order):
            rest = [other for other in order if other != name]
            # What it costs to stand at each place, from the left.
            costs = [sum(crossings(name, other) for other in rest)]
            for other in rest:
                costs.append(costs[-1] + crossings(other, name) - crossings(name, other))
            best = min(range(len(costs)), key=lambda n: (costs[n], abs(n - place)))
            if costs[best] < costs[place]:
                order = [*rest[:best], name, *rest[best:]]
                moved = True
                break
    tracks: dict[str, int] = {}
    for name in order:
        low, high = spans[name]
        beside = [
            track
            for other, track in tracks.items()
            if spans[other][0] <= high + LANE and low <= spans[other][1] + LANE
        ]
        tracks[name] = max(beside, default=-1) + 1
    return tracks
