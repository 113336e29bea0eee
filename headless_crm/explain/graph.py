"""Identifiers and the edges between them, and the way from one to another."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import count


@dataclass(frozen=True)
class Node:
    """An identifier, and the entity that it belongs to now."""

    key: str
    type: str
    value: str
    entity_id: str


@dataclass(frozen=True)
class Guard:
    """Why an identifier links nothing: `partners` of a type are more than `max_partners`."""

    kind: str
    reason: str | None
    partner_type: str | None = None
    max_partners: int | None = None
    partners: int | None = None


@dataclass(frozen=True)
class Edge:
    """Two identifiers that a row, or a rule, names together; `a` and `b` are their keys.

    Time, source and event are of its first sighting. `inactive_reason` tells why it does not join.
    """

    a: str
    b: str
    inactive_reason: str | None
    source: str | None
    event_id: str | None
    occurred_at: datetime | None
    first_synced_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.inactive_reason is None


def way(edges: Iterable[Edge], start: str, end: str) -> list[Edge]:
    """The edges from one identifier to another, with as few inactive ones as can be, then as few.

    Empty where there is none. Of ways that are equal so far, the edges seen first decide.
    """
    neighbours = defaultdict[str, list[tuple[str, Edge]]](list)
    for edge in sorted(edges, key=_sighting):
        neighbours[edge.a].append((edge.b, edge))
        neighbours[edge.b].append((edge.a, edge))
    order = count()
    came_by: dict[str, tuple[str, Edge] | None] = {}
    frontier: list[tuple[int, int, int, str, tuple[str, Edge] | None]] = [
        (0, 0, next(order), start, None)
    ]
    while frontier:
        inactive, length, _, node, came = heapq.heappop(frontier)
        if node in came_by:
            continue
        came_by[node] = came
        if node == end:
            break
        for other, edge in neighbours[node]:
            if other not in came_by:
                cost = inactive + (not edge.is_active)
                heapq.heappush(frontier, (cost, length + 1, next(order), other, (node, edge)))
    path: list[Edge] = []
    at = end
    while (came := came_by.get(at)) is not None:
        at, edge = came
        path.append(edge)
    return path[::-1]


def _sighting(edge: Edge) -> tuple[datetime, str, str]:
    return edge.first_synced_at or datetime.min, edge.a, edge.b
