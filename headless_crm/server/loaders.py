"""Loading in batches: what the fields of one request ask for at a time is one statement."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from strawberry.dataloader import DataLoader

from headless_crm.queries import queries
from headless_crm.server.reads import DeadlineError, Found, Reads, Row
from headless_crm.warehouse import Query

_MOVES = 50
"""How many moves of an id the journal is asked to follow; each is a correction of its own."""


@dataclass(frozen=True)
class Kind:
    """A kind of entity: its name in tables' and columns' names, its table, its own columns."""

    name: str
    table: str
    columns: tuple[str, ...]


PERSON = Kind("person", "persons", ("email", "name", "phone"))
GROUP = Kind("group", "groups", ("name", "domain", "shop_id", "myshopify_domain"))


@cache
def _sql(name: str, kind: Kind) -> str:
    columns = ", ".join(f"entities.{column}" for column in kind.columns)
    text = queries("server")[name].replace(":columns", columns)
    return text.replace(":entities", kind.table).replace(":entity", kind.name)


_EARLY_SECONDS = 0.002
"""A timer may ring that early: what is left of the time then is too little to begin anything."""


class Loads:
    """What one request loads, until its deadline (a time of the monotonic clock)."""

    def __init__(self, reads: Reads, deadline: float) -> None:
        self._reads = reads
        self._deadline = deadline
        self._loaders: dict[tuple[Any, ...], DataLoader[Any, Any]] = {}

    def seconds_left(self) -> float:
        """Raises DeadlineError where none are left."""
        left = self._deadline - time.monotonic()
        if left <= _EARLY_SECONDS:
            raise DeadlineError
        return left

    def forget(self) -> None:
        """Read anew what was read before: events have changed it."""
        self._loaders.clear()

    async def entity(self, kind: Kind, id_: str) -> Row | None:
        """Its current id, its times and event count, its own columns; by any id it ever had."""
        row: Row | None = await self._loader(self._entities, kind).load(id_)
        return row

    async def identified(self, kind: Kind, type_: str, value: str) -> Row | None:
        """As `entity`, by an identifier; as it is spelt rather than in lower case."""
        key = await self._loader(self._identified, kind).load((type_, value))
        return await self.entity(kind, key) if key else None

    async def membership(self, id_: str) -> Row | None:
        row: Row | None = await self._loader(self._memberships).load(id_)
        return row

    async def first(self, kind: Kind, name: str, id_: str, number: int) -> list[Row]:
        """The first rows of a list of the entity whose current id is `id_`."""
        rows: list[Row] = await self._loader(self._lists, kind, name, number).load(id_)
        return rows

    def _loader(
        self, load: Callable[..., Awaitable[list[Any]]], *arguments: Any
    ) -> DataLoader[Any, Any]:
        key = (load.__name__, *arguments)
        if key not in self._loaders:

            async def load_batch(asked: list[Any]) -> list[Any]:
                return await load(asked, *arguments)

            self._loaders[key] = DataLoader(load_batch, max_batch_size=1000)
        return self._loaders[key]

    async def _entities(self, ids: list[str], kind: Kind) -> list[Row | None]:
        found: dict[str, Row] = {}
        at = {id_: id_ for id_ in ids}
        for _ in range(_MOVES):
            rows = await self.rows(_sql("entities", kind), [sorted(set(at.values()))])
            there = {row[0]: row[1:] for row in rows}
            found |= {asked: there[now] for asked, now in at.items() if now in there}
            at = {asked: now for asked, now in at.items() if now not in there}
            if not at:
                break
            # No identifier of that name is left, but the journal may know where the id went.
            moved: dict[str, str] = dict(
                await self.rows(_sql("followed", kind), [sorted(set(at.values()))])
            )
            at = {asked: moved[now] for asked, now in at.items() if now in moved}
            if not at:
                break
        return [found.get(id_) for id_ in ids]

    async def _identified(self, asked: list[tuple[str, str]], kind: Kind) -> list[str | None]:
        spelt = {(type_, text) for type_, value in asked for text in (value, value.lower())}
        types, values = map(list, zip(*spelt, strict=True))
        rows = await self.rows(_sql("identified", kind), [types, values])
        keys = {(type_, value): key for type_, value, key in rows}
        return [
            keys.get((type_, value)) or keys.get((type_, value.lower())) for type_, value in asked
        ]

    async def _memberships(self, ids: list[str]) -> list[Row | None]:
        rows = await self.rows(queries("server")["memberships_by_id"], [ids])
        found = {row[0]: row[1:] for row in rows}
        return [found.get(id_) for id_ in ids]

    async def _lists(self, ids: list[str], kind: Kind, name: str, number: int) -> list[list[Row]]:
        lists = defaultdict(list)
        for row in await self.rows(_sql(name, kind), [ids, number]):
            lists[row[0]].append(row[1:])
        return [lists[id_] for id_ in ids]

    async def rows(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        """Rows of a query, within the time that the request has left."""
        return await self._reads.rows(sql, parameters, self.seconds_left())

    async def run(self, work: Callable[[Query], Found]) -> Found:
        """What `work` makes of queries, within that time."""
        return await self._reads.run(work, self.seconds_left())
