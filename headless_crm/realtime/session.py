"""What a runner needs of a warehouse: a connection of its own, and the SQL made ready."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from headless_crm.errors import UsageError
from headless_crm.realtime.compiled import Compiled, Statement

GROUP_SIZE = 250
"""How many events share a transaction at most."""
Rows = list[tuple[Any, ...]]


class Interrupted(Exception):  # noqa: N818
    """What failed was the connection, or another one was in the way: no event is to blame."""


class Failed(Exception):  # noqa: N818
    """The warehouse could not execute a statement; the message holds no value."""


class Prepared(Protocol):
    """Statements made ready to be executed time and again."""

    def __call__(self) -> int:
        """Execute them; returns how many rows they wrote and deleted, of tables that stay."""
        ...


class Session(Protocol):
    """A connection on which one transaction at a time runs. Raises Interrupted and Failed."""

    def transaction(self) -> AbstractContextManager[None]:
        """A transaction: committed at the end of the block, rolled back by what it raises."""
        ...

    def query(self, sql: str, **values: Any) -> Rows:
        """Run one statement with bound `:name` values, and return its rows or their number."""
        ...

    def question(self, sql: str) -> Callable[[], Rows]:
        """A query without values that is asked time and again."""
        ...

    def create_table(self, name: str, select: str) -> None:
        """Make an empty temporary table with the columns of a select, unless it is there."""
        ...

    def request(self, table: str, ids: Sequence[str]) -> None:
        """Make `ids` the rows of a temporary table of a raw model, with the column `id`."""
        ...

    def prepare(self, statements: Sequence[Statement], kept: Sequence[str] = ()) -> Prepared:
        """Make statements ready; the temporary tables in `kept` are for others to read."""
        ...

    def tidy(self) -> None:
        """After a transaction: give back what temporary rows took."""
        ...

    def close(self) -> None: ...


@cache
def marked(sql: str, mark: str) -> tuple[str, tuple[str, ...]]:
    """SQL with each `:name` as a warehouse's driver has it, and these names."""
    names: list[str] = []

    def marked_name(found: re.Match[str]) -> str:
        names.append(found[1])
        return mark.format(found[1])

    return re.sub(r"(?<![:\w]):([a-z_]+)", marked_name, sql), tuple(names)


class Opener(Protocol):
    def open_session(self, url: str, batch: bool = False) -> Session:
        """For single events, or for a `batch` of changes: then as in a build, without haste."""
        ...


_MODULES = {"duckdb": "duckdb", "postgresql": "postgres", "postgres": "postgres"}


def opener_of(url: str, compiled: Compiled) -> Opener:
    """What opens sessions on the warehouse at `url`; raises UsageError if it is of another kind."""
    module = _MODULES.get(url.partition("://")[0], compiled.dialect)
    if module != compiled.dialect:
        raise UsageError(
            f"The artefact was compiled for {compiled.dialect}, and the warehouse is {module}. "
            "Write it anew with crm compile --warehouse."
        )
    return cast(Opener, import_module(f"{__package__}.{module}"))
