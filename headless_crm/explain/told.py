"""An explanation in words."""

from __future__ import annotations

from datetime import datetime

from headless_crm.explain.explaining import Explanation
from headless_crm.explain.graph import Edge, Guard, Node


def told(found: Explanation) -> list[str]:
    """The answer, then a line for each edge of the way, each guard on it, each journal entry."""
    names = {key: _name(node) for key, node in found.nodes.items()}
    a, b = _name(found.a), _name(found.b)
    are = f"by {_second(found.as_of)} were" if found.as_of else "are"
    if found.a.key == found.b.key:
        return [f"{a} is one identifier of {found.entity} {found.a.entity_id}."]
    lines = [_edge(edge, names) for edge in found.path]
    lines += [_guard(names[key], guard) for key, guards in found.guards.items() for guard in guards]
    lines += [_entry(found.entity, *entry) for entry in found.journal]
    if found.together:
        answer = f"{a} and {b} {are} one {found.entity}: {len(found.path)} "
        return [
            answer + ("edge joins them." if len(found.path) == 1 else "edges join them."),
            *lines,
        ]
    if found.path:
        cut = sum(not edge.is_active for edge in found.path)
        why = (
            "an edge on the way does not join"
            if cut == 1
            else f"{cut} edges on the way do not join"
        )
        return [f"{a} and {b} {are} not one {found.entity}: {why}.", *lines]
    return [
        f"{a} and {b} {are} not one {found.entity}: no row leads from one to the other.",
        *lines,
    ]


def _name(node: Node) -> str:
    return f"{node.type} {node.value}"


def _edge(edge: Edge, names: dict[str, str]) -> str:
    pair = f"{names[edge.a]} and {names[edge.b]}"
    if edge.event_id is None:
        first = "by a rule of identifier_links"
    else:
        first = (
            f"{edge.source}, event {edge.event_id}, {_second(edge.occurred_at)}, "
            f"landed {_second(edge.first_synced_at)}"
        )
    return f"{pair}: {first}" + (
        f". Does not join: {edge.inactive_reason}." if not edge.is_active else "."
    )


def _guard(name: str, guard: Guard) -> str:
    because = f" ({guard.reason})" if guard.reason else ""
    if guard.kind == "blocked":
        return f"{name} links nothing: it is blocked{because}."
    return (
        f"{name} links nothing: it has {guard.partners} partners of type {guard.partner_type}, "
        f"and may have {guard.max_partners}{because}."
    )


def _entry(
    entity: str, stamp: datetime, change: str, entity_id: str, other: str | None, event: str | None
) -> str:
    to = f" {'out of' if change == 'split' else 'into'} {other}" if other else ""
    cause = f", event {event}" if event else ""
    return f"{_second(stamp)}: {entity} {entity_id} {change}{to}{cause}."


def _second(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "at no time"
