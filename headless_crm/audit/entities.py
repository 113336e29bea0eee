"""What an audit tells of persons, or of groups: sizes, identifiers, edges, traits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headless_crm.entities import name_of
from headless_crm.queries import queries
from headless_crm.warehouse import Warehouse


@dataclass(frozen=True)
class Size:
    """How many entities have so many identifiers."""

    identifiers: int
    entities: int


@dataclass(frozen=True)
class Named:
    """An entity that is shown; `type` where the identifiers are of one, else null."""

    id: str
    name: str | None
    identifiers: int
    type: str | None = None


@dataclass(frozen=True)
class Identifiers:
    """How many identifiers of a type a source told."""

    type: str
    source: str
    identifiers: int


@dataclass(frozen=True)
class Hub:
    """An identifier with many partners; `active` is over how many edges it joins."""

    type: str
    value: str | None
    partners: int
    active: int


@dataclass(frozen=True)
class Trait:
    """How many entities have a trait, and which share that is."""

    name: str
    entities: int
    share: float


@dataclass(frozen=True)
class EntityAudit:
    """All of one kind. `suppressed` counts inactive edges by reason, of `edges` altogether.

    `several` counts, by type, entities with more than one identifier of a type of which they should
    have one; `worst_several` are those with the most.
    """

    kind: str
    entities: int
    sizes: list[Size]
    largest: list[Named]
    identifiers: list[Identifiers]
    rejected: dict[str, int]
    hubs: list[Hub]
    edges: int
    suppressed: dict[str, int]
    several: dict[str, int]
    worst_several: list[Named]
    traits: list[Trait]


def read_entities(
    warehouse: Warehouse, kind: str, single_types: Sequence[str], *, values: bool = True
) -> EntityAudit:
    """The audit of `kind`, "person" or "group"; without `values`, no names and identifiers."""
    sizes = [Size(*row) for row in warehouse.query(entity_sql("sizes", kind))]
    entities = sum(size.entities for size in sizes)
    edges = dict(warehouse.query(entity_sql("edges", kind)))
    types = [list(single_types)]
    return EntityAudit(
        kind=kind,
        entities=entities,
        sizes=sizes,
        largest=[
            Named(key, name if values else None, identifiers)
            for key, name, identifiers in warehouse.query(entity_sql("largest", kind))
        ],
        identifiers=[Identifiers(*row) for row in warehouse.query(entity_sql("identifiers", kind))],
        rejected=dict(warehouse.query(entity_sql("rejected", kind), [kind])),
        hubs=[
            Hub(type_, value if values else None, *numbers)
            for type_, value, *numbers in warehouse.query(entity_sql("hubs", kind))
        ],
        edges=sum(edges.values()),
        suppressed={reason: number for reason, number in edges.items() if reason},
        several=dict(warehouse.query(entity_sql("several", kind), types)),
        worst_several=[
            Named(key, name if values else None, identifiers, type_)
            for key, name, type_, identifiers in warehouse.query(
                entity_sql("worst_several", kind), types
            )
        ],
        traits=[
            Trait(name, number, number / entities)
            for name, number in warehouse.query(entity_sql("traits", kind))
        ],
    )


def entity_sql(name: str, kind: str) -> str:
    """A query of audit.sql for persons or groups."""
    shown = name_of(kind, "entities")
    places = {":kind": kind, ":table": f"{kind}s", ":key": f"{kind}_id", ":shown": shown}
    text = queries("audit")[name]
    for place, instead in places.items():
        text = text.replace(place, instead)
    return text
