"""The types of the read side. An entity's code is one text for persons and groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import strawberry
from graphql import GraphQLError

from headless_crm.server.loaders import GROUP, PERSON, Kind, Loads
from headless_crm.server.reads import Row

if TYPE_CHECKING:
    from headless_crm.server.processing import Events

MOST = 100
"""How many rows of a list one request can have."""

First = Annotated[int | None, strawberry.argument(description=f"How many, at most {MOST}.")]


@dataclass(frozen=True)
class Context:
    """What the fields of one request share."""

    loads: Loads
    events: Events


Info = strawberry.Info[Context, None]


def first_of(first: int | None) -> int:
    """A page's size: 20 unless it's said."""
    if first is None:
        return 20
    if not 1 <= first <= MOST:
        raise GraphQLError(
            f"first is {first}: ask for 1 to {MOST}.", extensions={"code": "INVALID"}
        )
    return first


def told(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC; the warehouse's times are UTC without a zone."""
    if moment is None:
        return None
    zoned = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return zoned.isoformat().replace("+00:00", "Z")


def _plain(value: Decimal) -> Decimal:
    """The number without the zeros by which its column fills it up."""
    return Decimal(f"{value:f}".rstrip("0").rstrip(".")) if "." in f"{value:f}" else value


@strawberry.type(description="A value that tells who an entity is, as it is compared.")
class Identifier:
    type: str
    value: str
    first_seen_at: str | None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(type=row[0], value=row[1], first_seen_at=told(row[2]))


@strawberry.type(description="The value of a trait that survives, and the event that told it.")
class Trait:
    name: str
    value: str | None
    occurred_at: str | None
    source: str
    event_id: strawberry.ID

    @classmethod
    def of(cls, row: Row) -> Self:
        name, value, occurred_at, source, event_id = row
        return cls(
            name=name,
            value=value,
            occurred_at=told(occurred_at),
            source=source,
            event_id=strawberry.ID(event_id),
        )


@strawberry.type(description="Something that happened.")
class Event:
    id: strawberry.ID
    occurred_at: str | None
    name: str | None
    description: str | None
    value: Decimal | None
    value_unit: str | None
    type: str | None
    source: str

    @classmethod
    def of(cls, row: Row) -> Self:
        id_, occurred_at, name, description, value, value_unit, type_, source = row
        return cls(
            id=strawberry.ID(id_),
            occurred_at=told(occurred_at),
            name=name,
            description=description,
            value=None if value is None else _plain(value),
            value_unit=value_unit,
            type=type_,
            source=source,
        )


@strawberry.interface(description="A person or a group. Times are ISO 8601, in UTC.")
class Entity:
    kind: ClassVar[Kind]

    id: strawberry.ID = strawberry.field(description="Its current id.")
    first_seen_at: str | None
    last_seen_at: str | None
    event_count: int

    @classmethod
    async def find(cls, loads: Loads, id_: str) -> Self | None:
        """The entity that an id, one of earlier too, leads to."""
        return cls.of(await loads.entity(cls.kind, id_))

    @classmethod
    async def find_identified(cls, loads: Loads, type_: str, value: str) -> Self | None:
        return cls.of(await loads.identified(cls.kind, type_, value))

    @classmethod
    def of(cls, row: Row | None) -> Self | None:
        if row is None:
            return None
        id_, first_seen_at, last_seen_at, event_count, *own = row
        return cls(
            id=id_,
            first_seen_at=told(first_seen_at),
            last_seen_at=told(last_seen_at),
            event_count=event_count,
            **dict(zip(cls.kind.columns, own, strict=True)),
        )

    @strawberry.field(description="Its identifiers, the oldest first.")
    async def identifiers(self, info: Info, first: First = 20) -> list[Identifier]:
        return [Identifier.of(row) for row in await self._first(info, "identifiers", first)]

    @strawberry.field(description="Its traits, by name.")
    async def traits(self, info: Info, first: First = 20) -> list[Trait]:
        return [Trait.of(row) for row in await self._first(info, "traits", first)]

    @strawberry.field(description="Its memberships, those told last first.")
    async def memberships(
        self, info: Info, first: First = 20
    ) -> list[Annotated[Membership, strawberry.lazy("headless_crm.server.types")]]:
        return [Membership.of(row) for row in await self._first(info, "memberships", first)]

    @strawberry.field(description="The events that it took part in, the newest first.")
    async def timeline(self, info: Info, first: First = 20) -> list[Event]:
        return [Event.of(row) for row in await self._first(info, "timeline", first)]

    async def _first(self, info: Info, name: str, first: int | None) -> list[Row]:
        return await info.context.loads.first(self.kind, name, self.id, first_of(first))


@strawberry.type(description="Someone, as all sources together know them.")
class Person(Entity):
    kind: ClassVar[Kind] = PERSON

    email: str | None
    name: str | None
    phone: str | None


@strawberry.type(description="A shop or an organisation, as all sources together know it.")
class Group(Entity):
    kind: ClassVar[Kind] = GROUP

    name: str | None
    domain: str | None
    shop_id: str | None
    myshopify_domain: str | None


@strawberry.type(description="That a person belongs to a group.")
class Membership:
    id: strawberry.ID
    person_id: strawberry.Private[str]
    group_id: strawberry.Private[str]
    role: str | None
    source: str | None
    occurred_at: str | None
    first_seen_at: str | None
    last_seen_at: str | None
    person_name: str | None
    group_name: str | None

    @classmethod
    async def find(cls, loads: Loads, id_: str) -> Self | None:
        row = await loads.membership(id_)
        return cls.of(row) if row else None

    @classmethod
    def of(cls, row: Row) -> Self:
        id_, person_id, group_id, role, source, occurred_at, first_at, last_at, person, group = row
        return cls(
            id=id_,
            person_id=person_id,
            group_id=group_id,
            role=role,
            source=source,
            occurred_at=told(occurred_at),
            first_seen_at=told(first_at),
            last_seen_at=told(last_at),
            person_name=person,
            group_name=group,
        )

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await Person.find(info.context.loads, self.person_id)

    @strawberry.field
    async def group(self, info: Info) -> Group | None:
        return await Group.find(info.context.loads, self.group_id)
