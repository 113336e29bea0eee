"""Events that arrive one by one: those that come together share a transaction.

Placeholder in this branch: the real one is written beside it, with this very interface.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    PROCESSED = "PROCESSED"
    DUPLICATE = "DUPLICATE"
    NOT_FOUND = "NOT_FOUND"
    DEAD_LETTERED = "DEAD_LETTERED"


@dataclass(frozen=True)
class Outcome:
    """What became of one event. `reason` says why it is in the dead letters; ids are current ones."""

    source: str
    id: str
    status: Status
    processed_at: datetime
    reason: str | None = None
    persons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    memberships: tuple[str, ...] = ()


class Observer(Protocol):
    """Is told what the processor does, in its thread: for metrics."""

    def event(self, source: str, status: str, seconds: float) -> None: ...
    def group(self, size: int, seconds: float, lock_wait_seconds: float) -> None: ...


class Processor:
    """Processes events in a thread of its own, those that wait together in one transaction."""

    def __init__(self, sources: Sequence[str]) -> None:
        self.sources = tuple(sources)

    def submit(self, source: str, event_id: str) -> Future[Outcome]:
        """Queue an event; UsageError for an unknown source. CrmError in the future if the warehouse failed."""
        done: Future[Outcome] = Future()
        done.set_result(Outcome(source, event_id, Status.NOT_FOUND, datetime.now(UTC)))
        return done

    def close(self) -> None:
        """Finish what is queued, then stop."""
