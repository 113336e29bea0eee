"""The GraphQL schema: what can be asked, and what can be done."""

from __future__ import annotations

from typing import Annotated, TypeVar

import strawberry
from graphql import GraphQLError, GraphQLSchema

from headless_crm.server.explanations import EntityKind, Explanation, explained
from headless_crm.server.processing import EventInput, ProcessResult
from headless_crm.server.types import Entity, Group, Info, Membership, Person
from headless_crm.texts import storable

Found = TypeVar("Found", bound=Entity)
Id = Annotated[strawberry.ID, strawberry.argument(name="id")]
MaybeId = Annotated[strawberry.ID | None, strawberry.argument(name="id")]


@strawberry.input(description="An identifier as it is stored, normalised, or with capitals.")
class IdentifierInput:
    type: str
    value: str


@strawberry.type
class Query:
    @strawberry.field(description="A person by any id that it ever had, or by an identifier.")
    async def person(
        self, info: Info, id_: MaybeId = None, identifier: IdentifierInput | None = None
    ) -> Person | None:
        return await _find(Person, info, id_, identifier)

    @strawberry.field(description="A group by any id that it ever had, or by an identifier.")
    async def group(
        self, info: Info, id_: MaybeId = None, identifier: IdentifierInput | None = None
    ) -> Group | None:
        return await _find(Group, info, id_, identifier)

    @strawberry.field
    async def membership(self, info: Info, id_: Id) -> Membership | None:
        return await Membership.find(info.context.loads, id_) if storable(id_) else None

    @strawberry.field(description="Why two identifiers are one person or group, or why not.")
    async def explain(
        self, info: Info, entity: EntityKind, first: IdentifierInput, second: IdentifierInput
    ) -> Explanation | None:
        if not all(storable(given.type + given.value) for given in (first, second)):
            return None
        one, other = (first.type, first.value), (second.type, second.value)
        return await explained(info.context.loads, entity.value, one, other)


async def _find(
    type_: type[Found], info: Info, id_: str | None, identifier: IdentifierInput | None
) -> Found | None:
    if (id_ is None) == (identifier is None):
        raise GraphQLError("Give either an id or an identifier.", extensions={"code": "INVALID"})
    if id_ is not None:
        return await type_.find(info.context.loads, id_) if storable(id_) else None
    if identifier is None or not storable(identifier.type + identifier.value):
        return None
    return await type_.find_identified(info.context.loads, identifier.type, identifier.value)


@strawberry.type
class Mutation:
    @strawberry.mutation(
        description="Process an event that has landed in its source table. What is returned can be "
        "read at once; processing it again changes nothing."
    )
    async def process_event(self, info: Info, source: str, id_: Id) -> ProcessResult | None:
        event = EventInput(source=source, id=id_)
        [result] = await info.context.events.process(info.context.loads, [event])
        return result

    @strawberry.mutation(
        description="Process up to 250 events, in one transaction. Results are in their order."
    )
    async def process_events(self, info: Info, events: list[EventInput]) -> list[ProcessResult]:
        return await info.context.events.process(info.context.loads, events)


def graphql_schema() -> GraphQLSchema:
    """The schema to execute. Strawberry's own execute would parse and validate every request."""
    return strawberry.Schema(query=Query, mutation=Mutation, types=[Person, Group])._schema
