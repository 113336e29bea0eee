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
Given = str | tuple[str, str]
"""An identifier: a value or type:value, as someone writes it, or its type and its value."""


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


class UnknownIdentifier(CrmError):  # noqa: N818
    """No entity has this identifier."""


class Explainer:
    """Asks by `query(sql, parameters)`; `as_of` is an earlier moment, in UTC.

    Then the rows that had landed by it count alone, under today's rules and corrections.
    """

    def __init__(self, query: Query, entity: str, as_of: datetime | None = None) -> None:
        if entity not in ENTITIES:
            raise UsageError(f"{entity!r} is neither person nor group.")
        self.query, self.entity, self.as_of = query, entity, as_of or datetime.max
        self.limited = as_of is not None
        self.nodes: dict[str, Node] = {}
        self.guarded: dict[str, list[Guard]] = {}

    def explain(self, first: Given, second: Given) -> Explanation:
        """Raises UnknownIdentifier where one of them is none that the warehouse knows."""
        spelt = {value for given in (first, second) for _, value in _readings(given)}
        known = self.identifiers("identifier_value", spelt)
        a, b = self.named(first, known), self.named(second, known)
        edges = self.edges_around(a, b)
        if self.limited:
            edges = self.as_they_were(edges)
        path = way(edges, a.key, b.key)
        ids = [a.entity_id, b.entity_id]
        keys = _ends(edges) | {a.key, b.key}
        return Explanation(
            entity=self.entity,
            as_of=self.as_of if self.limited else None,
            a=a,
            b=b,
            together=a.key == b.key or (bool(path) and all(edge.is_active for edge in path)),
            path=path,
            guards=self.guards(_ends(path) | {a.key, b.key}),
            journal=self.ask("journal", self.as_of, ids, ids),
            nodes={key: self.nodes[key] for key in sorted(keys)},
            edges=edges,
        )

    def named(self, given: Given, known: list[Node]) -> Node:
        """What is named; as it is spelt rather than in lower case."""
        read = (
            [node for node in known if node.value == value and kind in (None, node.type)]
            for kind, value in _readings(given)
        )
        found = next(filter(None, read), [])
        if not found:
            raise UnknownIdentifier(
                f"No {self.entity} has the identifier {given!r}. Give its normalised form, such as "
                "ann@example.org or +14155552671; rejected_identifiers has what is none."
            )
        if len({node.type for node in found}) > 1:
            types = " or ".join(f"{node.type}:{node.value}" for node in found)
            raise UsageError(f"{given!r} is of several types: say {types}.")
        return found[0]

    def identifiers(self, column: str, values: Iterable[str]) -> list[Node]:
        """Those that have one of these values in a column of their table."""
        found = [Node(*row) for row in self.ask("identifiers", sorted(values), column=column)]
        self.nodes |= {node.key: node for node in found}
        return found

    def edges_around(self, a: Node, b: Node) -> list[Edge]:
        """All edges of the entities of both, and of those that inactive edges lead to."""
        reached = {a.entity_id, b.entity_id}
        fresh, edges = set(reached), dict[tuple[str, str], Edge]()
        steps = 1 if a.entity_id == b.entity_id else _REACH
        for _ in range(steps):
            self.identifiers(f"{self.entity}_id", fresh)
            # Not by their members' keys: DuckDB takes long to bind a hundred thousand.
            rows = self.ask("edges", sorted(fresh), self.as_of)
            ends = {key for row in rows for key in row[:2]}
            self.identifiers("identifier_key", ends - self.nodes.keys())
            # A build that ended between two questions may have taken an end away.
            known = [Edge(*row) for row in rows if self.nodes.keys() >= set(row[:2])]
            edges |= {(edge.a, edge.b): edge for edge in known}
            fresh = {self.nodes[key].entity_id for key in ends & self.nodes.keys()} - reached
            reached |= fresh
            if not fresh or len(edges) > _MOST_EDGES:
                break
        return list(edges.values())

    def as_they_were(self, edges: list[Edge]) -> list[Edge]:
        """What is shared today may not have been: then its edges joined."""
        shared = [edge for edge in edges if edge.inactive_reason == "shared"]
        guarded = self.guards(_ends(shared))
        joined = {edge for edge in shared if not {edge.a, edge.b} & guarded.keys()}
        return [replace(edge, inactive_reason=None) if edge in joined else edge for edge in edges]

    def guards(self, keys: set[str]) -> dict[str, list[Guard]]:
        """Why identifiers linked nothing by then, by key.

        Partners are counted for an earlier moment alone: the table has those of now.
        """
        fresh = sorted(keys - self.guarded.keys())
        self.guarded |= {key: [] for key in fresh}
        rows = self.ask("guards", fresh) if fresh else []
        shared = sorted({row[0] for row in rows if row[1] == "shared" and self.limited})
        partners = {
            (key, kind): int(number)
            for key, kind, number in (self.ask("partners", shared, self.as_of) if shared else [])
        }
        for key, kind, reason, partner_type, counted, most in rows:
            number = partners.get((key, partner_type)) if self.limited else counted
            if kind == "blocked" or (number or 0) > most:
                self.guarded[key].append(Guard(kind, reason, partner_type, most, number))
        return {key: self.guarded[key] for key in sorted(keys) if self.guarded[key]}

    def ask(self, name: str, *parameters: Any, column: str = "") -> list[tuple[Any, ...]]:
        sql = queries("explain")[name].replace(":entity", self.entity).replace(":column", column)
        return self.query(sql, parameters)


def _ends(edges: Iterable[Edge]) -> set[str]:
    return {key for edge in edges for key in (edge.a, edge.b)}


def _readings(given: Given) -> list[tuple[str | None, str]]:
    """What may be meant, the likeliest first: of a type, or of any."""
    if isinstance(given, str):
        kind, _, value = given.partition(":")
        any_type: list[tuple[str | None, str]] = [(None, given), (None, given.strip().lower())]
    else:
        (kind, value), any_type = given, []
    return [(kind, value), (kind, value.lower()), *any_type]
