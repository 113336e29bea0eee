"""The artefact of `crm compile`: the SQL by which a single event passes through the models.

It is made from the dbt graph alone, and is what a runner executes without dbt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from headless_crm.errors import CrmError, UsageError

FORMAT = 6
"""Raised when a runner can't execute what an older version compiled."""


@dataclass(frozen=True)
class TemporaryTable:
    """A statement that makes the rows of a select a table of the run's own."""

    table: str
    select: str

    @property
    def is_scope(self) -> bool:
        """Whether its rows are what a model's changes are looked for in, by `scope_key`."""
        return self.table.endswith("__scope")

    @property
    def is_changes(self) -> bool:
        """Whether it holds what a model's table gains and loses, by `weight`."""
        return self.table.endswith("__changes")

    @property
    def is_gone(self) -> bool:
        """Whether it holds the keys of those that the table loses."""
        return self.table.endswith("__gone")


Statement = str | TemporaryTable


@dataclass(frozen=True)
class Round:
    """A round of a contraction: its statements, a count of the edges before it, and its undoing."""

    edges_left: str
    contract: tuple[str, ...]
    compose: str


@dataclass(frozen=True)
class Step:
    """What brings one model up to date.

    `statements` make its changes, one after the other; `at_once` has those of them, by their
    tables, that look elsewhere where all that changed upstream did so in this transaction, and
    `of_source` all of them for where that came of one source alone, if there are such.
    `indexes` are for them, where a build makes none. A model that resolves components loops: its
    `statements` before, then `rounds` until no edge is left, then `finish`. A raw model takes the
    rows that were asked for, of whose ids `requested` is the table: its `statements` look where the
    index leads, as the query `landed` does, of the ids that source rows have; `search` where a row
    may have landed lately under an id that is in its content.
    """

    model: str
    reads: tuple[str, ...]
    relation: str
    removed: str
    statements: tuple[Statement, ...]
    at_once: tuple[Statement, ...] = ()
    of_source: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)
    indexes: tuple[str, ...] = ()
    rounds: tuple[Round, ...] = ()
    finish: tuple[Statement, ...] = ()
    requested: str = ""
    landed: str = ""
    search: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Source:
    """A source: its raw model, and the models downstream, in order.

    `events` is the query of the events that the rows of :requested tell, of the raw model :model:
    id, event_id, synced_at.
    """

    name: str
    raw: str
    events: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Compiled:
    """All steps in the order of the graph, and the sources that lead to them.

    `recipe` is the digest of the models and variables, as the ledger notes it of a build. `lock`
    takes the writer lock for the run `:holder` of the kind `:kind`, `unlock` lets it go.
    """

    version: str
    recipe: str
    dialect: str
    schema: str
    sources: tuple[Source, ...]
    steps: tuple[Step, ...]
    lock: tuple[str, ...]
    unlock: tuple[str, ...]

    def written(self) -> str:
        """The artefact's text, the same for the same project."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n"


def read_compiled(path: Path) -> Compiled:
    """The artefact in a file; raises UsageError or CrmError that say why it can't be used."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} can't be read: {error.strerror}. Write it with crm compile."
        ) from error
    try:
        given = json.loads(text)
        made_for = given.pop("format")
        if made_for == FORMAT:
            return _compiled(given)
    except (ValueError, AttributeError, LookupError, TypeError) as error:
        raise CrmError(
            f"{path} is no artefact of crm compile. Write it anew with crm compile."
        ) from error
    raise CrmError(
        f"{path} has the format {made_for!r}, and this version runs {FORMAT}. "
        "Write it anew with crm compile."
    )


def _compiled(given: dict[str, Any]) -> Compiled:
    return Compiled(
        **{
            **given,
            "sources": tuple(
                Source(**{**source, "steps": tuple(source["steps"])}) for source in given["sources"]
            ),
            "steps": tuple(_step(step) for step in given["steps"]),
            "lock": tuple(given["lock"]),
            "unlock": tuple(given["unlock"]),
        }
    )


def _step(given: dict[str, Any]) -> Step:
    return Step(
        **{
            **given,
            "reads": tuple(given["reads"]),
            "indexes": tuple(given["indexes"]),
            "statements": statements_of(given["statements"]),
            "at_once": statements_of(given["at_once"]),
            "of_source": {
                source: statements_of(items) for source, items in given["of_source"].items()
            },
            "rounds": tuple(
                Round(**{**item, "contract": tuple(item["contract"])}) for item in given["rounds"]
            ),
            "finish": statements_of(given["finish"]),
            "search": statements_of(given["search"]),
        }
    )


def statements_of(given: list[Any]) -> tuple[Statement, ...]:
    """Statements from their JSON."""
    return tuple(TemporaryTable(**item) if isinstance(item, dict) else item for item in given)
