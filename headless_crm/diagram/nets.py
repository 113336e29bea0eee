"""Lines that run together: all to one end make a net, as wires on a board do.

A gutter is the space left of the column of its number, and right of the one before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from headless_crm.diagram.heights import Heights
from headless_crm.diagram.tables import Link

End = tuple[str, str]
"""A table, and its column; no column means the title."""


@dataclass
class Net:
    """Links with a common end, the hub, that leave it to one side.

    `passes` has the height at which the net passes a column, `touches` what meets its upright line
    in each gutter: heights, and whether they come from the right.
    """

    name: str
    hub: End
    right: bool
    links: list[Link] = field(default_factory=list)
    passes: dict[int, int] = field(default_factory=dict)
    touches: dict[int, list[tuple[bool, int]]] = field(default_factory=dict)

    def spoke(self, link: Link) -> End:
        """The end of a link that is not the hub."""
        start = (link.start, link.start_column)
        return (link.end, link.end_column) if start == self.hub else start

    def home(self, heights: Heights) -> int:
        """The gutter beside the hub."""
        return heights.boxes[self.hub[0]].stack + self.right

    def leaves_right(self, link: Link, heights: Heights) -> bool:
        """To which side a link leaves its spoke: towards the hub, or in one column to the same."""
        beside = heights.boxes[self.spoke(link)[0]].stack == heights.boxes[self.hub[0]].stack
        return self.right == beside

    def gutter(self, link: Link, heights: Heights) -> int:
        """The gutter beside a link's spoke."""
        return heights.boxes[self.spoke(link)[0]].stack + self.leaves_right(link, heights)

    def passed(self, link: Link, heights: Heights) -> list[int]:
        """The columns between a link's spoke and the hub, in this order."""
        home, away = self.home(heights), self.gutter(link, heights)
        return list(range(away - 1, home - 1, -1)) if self.right else list(range(away, home))


def nets_of(links: Sequence[Link], heights: Heights) -> list[Net]:
    """Every link in a net; those of a hub that has links to both sides are two."""
    by_hub: defaultdict[End, list[Link]] = defaultdict(list)
    for link in links:
        by_hub[_hub(link, heights)].append(link)
    nets: list[Net] = []
    for hub, members in sorted(by_hub.items()):
        column = heights.boxes[hub[0]].stack
        sides: defaultdict[bool | None, list[Link]] = defaultdict(list)
        for link in members:
            name = link.end if (link.start, link.start_column) == hub else link.start
            there = heights.boxes[name].stack
            sides[None if there == column else there > column].append(link)
        beside = sides.pop(None, [])
        if beside:
            # Out of a table is to the right, and so is what goes with others.
            sides[not hub[1] or set(sides) == {True}] += beside
        for right, found in sorted(sides.items(), key=lambda side: bool(side[0])):
            name = f"{hub[0]}.{hub[1]} {'right' if right else 'left'}"
            nets.append(Net(name, hub, bool(right), found))
    return nets


def _hub(link: Link, heights: Heights) -> End:
    """Where lines come together: at what is referred to, at what is made of tables of sources.

    Within a layer it is what the others are made of.
    """
    start, end = (heights.boxes[name].table for name in (link.start, link.end))
    spreads = link.is_flow and (start.layer == end.layer or bool(end.group))
    return (link.start, "") if spreads else (link.end, link.end_column)
