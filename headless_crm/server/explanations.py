"""Why two identifiers are one person or group, as a field."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from headless_crm.explain.explaining import Explainer, UnknownIdentifier
from headless_crm.explain.explaining import Explanation as Found
from headless_crm.explain.graph import Edge, Node
from headless_crm.explain.told import told as in_words
from headless_crm.server.loaders import Loads
from headless_crm.server.types import First, first_of, told


@strawberry.enum
class EntityKind(StrEnum):
    PERSON = "person"
    GROUP = "group"


@strawberry.type(description="An identifier on the way from one to the other.")
class NamedIdentifier:
    type: str
    value: str

    @classmethod
    def of(cls, node: Node) -> NamedIdentifier:
        return cls(type=node.type, value=node.value)


@strawberry.type(description="Two identifiers that a row, or a rule, names together.")
class ExplainedEdge:
    a: NamedIdentifier
    b: NamedIdentifier
    is_active: bool
    inactive_reason: str | None
    source: str | None
    event_id: strawberry.ID | None
    occurred_at: str | None
    synced_at: str | None

    @classmethod
    def of(cls, edge: Edge, nodes: dict[str, Node]) -> ExplainedEdge:
        return cls(
            a=NamedIdentifier.of(nodes[edge.a]),
            b=NamedIdentifier.of(nodes[edge.b]),
            is_active=edge.is_active,
            inactive_reason=edge.inactive_reason,
            source=edge.source,
            event_id=None if edge.event_id is None else strawberry.ID(edge.event_id),
            occurred_at=told(edge.occurred_at),
            synced_at=told(edge.first_synced_at),
        )


@strawberry.type(description="What joins two identifiers, or what keeps them apart.")
class Explanation:
    together: bool
    found: strawberry.Private[Found]

    @strawberry.field
    def path(self, first: First = 20) -> list[ExplainedEdge]:
        edges = self.found.path[: first_of(first)]
        return [ExplainedEdge.of(edge, self.found.nodes) for edge in edges]

    @strawberry.field(description="The same, and more, in words.")
    def text(self, first: First = 20) -> list[str]:
        return in_words(self.found)[: first_of(first)]


async def explained(
    loads: Loads, entity: str, first: tuple[str, str], second: tuple[str, str]
) -> Explanation | None:
    """None where one of the two, a type and a value, is no identifier that there is."""
    try:
        found = await loads.run(lambda query: Explainer(query, entity).explain(first, second))
    except UnknownIdentifier:
        return None
    return Explanation(together=found.together, found=found)
