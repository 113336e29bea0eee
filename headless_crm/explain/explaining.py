"""The question to the warehouse: two identifiers, and the edges around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from headless_crm.entities import ENTITIES
from headless_crm.errors import CrmError, UsageError
from headless_crm.explain.graph import Edge, Guard, Node, way
from headless_crm.queries import queries

_MOST_EDGES = 20_000
"""With more, no entity farther away is looked at, where two identifiers are not of one."""
_REACH = 3
"""Entities in a row, joined by inactive edges, that are looked through for a way."""

Query = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Explanation:
    """What joins two identifiers, or what keeps them apart.

    `together`: they are one entity. `path`: the edges from `a` to `b`; where they are not one, some
    of them are inactive, and an empty one means that not even such edges lead from one to the
    other. `guards`: why identifiers on the path link nothing. `journal`: what became of the ids.
    `nodes` and `edges` are all that were looked at, by key. `as_of`: the moment asked for, if any.
    """

    entity: str
    as_of: datetime | None
    a: Node
    b: Node
    together: bool
    path: list[Edge]
    guards: dict[str, list[Guard]]
    journal: list[tuple[Any, ...]]
    nodes: dict[str, Node]
    edges: list[Edge]


class Explainer:
    """Asks by `query(sql, parameters)`; `as_of` is an earlier moment, in UTC.

    Then the rows that had landed by it count alone, under today's rules and corrections.
    """

    def __init__(self, query: Query, entity: str, as_of: datetime | None = None) -> None:
        if entity not in ENTITIES:
            raise UsageError(f"{entity!r} is neither person nor group.")
        self.query, self.entity, self.as_of = query, entity, as_of or datetime.max
        self.limited = as_of is not None

    def explain(self, first: str, second: str) -> Explanation:
        """Raises CrmError where one of them is no identifier that the warehouse knows."""
        a, b = self.identifier(first), self.identifier(second)
        edges = self.edges_around(a, b)
        path = way(edges, a.key, b.key)
        on_path = sorted({key for edge in path for key in (edge.a, edge.b)} | {a.key, b.key})
        ids = [a.entity_id, b.entity_id]
        keys = sorted({key for edge in edges for key in (edge.a, edge.b)} | {a.key, b.key})
        return Explanation(
            entity=self.entity,
            as_of=self.as_of if self.limited else None,
            a=a,
            b=b,
            together=a.key == b.key or (bool(path) and all(edge.is_active for edge in path)),
            path=path,
            guards=self.guards(on_path),
            journal=self.ask("journal", ids, ids, self.as_of),
            nodes={node.key: node for node in self.identifiers("identifier_key", keys)},
            edges=edges,
        )

    def identifier(self, given: str) -> Node:
        """What a value, or type:value, names."""
        kind, _, rest = given.partition(":")
        spellings = {text.strip() for text in (given, given.lower(), rest, rest.lower()) if text}
        rows = self.identifiers("identifier_value", sorted(spellings))
        typed = [node for node in rows if node.type == kind and node.value in (rest, rest.lower())]
        found = typed or [node for node in rows if node.value in (given, given.strip().lower())]
        if not found:
            raise CrmError(
                f"No {self.entity} has the identifier {given!r}. Give its normalised form, such as "
                "ann@example.org or +14155552671; rejected_identifiers has what is none."
            )
        if len({node.type for node in found}) > 1:
            types = " or ".join(f"{node.type}:{node.value}" for node in found)
            raise UsageError(f"{given!r} is of several types: say {types}.")
        return found[0]

    def identifiers(self, column: str, values: list[str]) -> list[Node]:
        """Those that have one of these values in a column of their table."""
        return [Node(*row) for row in self.ask("identifiers", values, column=column)]

    def edges_around(self, a: Node, b: Node) -> list[Edge]:
        """All edges of the entities of both, and of those that inactive edges lead to."""
        reached = {a.entity_id, b.entity_id}
        fresh, edges = set(reached), dict[tuple[str, str], Edge]()
        steps = 1 if a.entity_id == b.entity_id else _REACH
        for _ in range(steps):
            keys = [row[0] for row in self.ask("members", sorted(fresh))]
            found = self.edges_of(keys)
            edges |= {(edge.a, edge.b): edge for edge in found}
            outside = {key for edge in found for key in (edge.a, edge.b)} - set(keys)
            nodes = self.identifiers("identifier_key", sorted(outside))
            fresh = {node.entity_id for node in nodes} - reached
            reached |= fresh
            if not fresh or len(edges) > _MOST_EDGES:
                break
        return list(edges.values())

    def edges_of(self, keys: list[str]) -> list[Edge]:
        rows = self.ask("edges", keys, keys, self.as_of)
        edges = [Edge(a, b, reason, *seen) for a, b, _, reason, *seen in rows]
        if not self.limited:
            return edges
        # What is shared today may not have been: then the edge joined.
        ends = sorted({key for edge in edges if not edge.is_active for key in (edge.a, edge.b)})
        guarded = {key for key, found in self.guards(ends).items() if found}
        return [
            replace(edge, inactive_reason=None)
            if edge.inactive_reason == "shared" and not guarded & {edge.a, edge.b}
            else edge
            for edge in edges
        ]

    def guards(self, keys: Iterable[str]) -> dict[str, list[Guard]]:
        """Why identifiers linked nothing by then, by key."""
        wanted = sorted(set(keys))
        rows = self.ask("guards", wanted, wanted)
        shared = sorted({row[0] for row in rows if row[1] == "shared"})
        partners = {
            (key, kind): int(number)
            for key, kind, number in self.ask("partners", shared, self.as_of)
        }
        found: dict[str, list[Guard]] = {}
        for key, kind, reason, partner_type, most in rows:
            number = partners.get((key, partner_type))
            if kind == "blocked" or (number or 0) > most:
                guard = Guard(kind, reason, partner_type, most, number)
                found.setdefault(key, []).append(guard)
        return found

    def ask(self, name: str, *parameters: Any, column: str = "") -> list[tuple[Any, ...]]:
        sql = queries("explain")[name].replace(":entity", self.entity).replace(":column", column)
        return self.query(sql, parameters)
