"""What became of an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Of a duplicate everything was known; a dead letter's row could not be processed."""

    PROCESSED = "PROCESSED"
    DUPLICATE = "DUPLICATE"
    NOT_FOUND = "NOT_FOUND"
    DEAD_LETTERED = "DEAD_LETTERED"


@dataclass(frozen=True)
class Outcome:
    """What became of one event. `reason` says why it is in the dead letters.

    The ids are those of the persons, groups and memberships that it tells of, as they are now;
    `processed_at` is in UTC.
    """

    source: str
    id: str
    status: Status
    processed_at: datetime
    reason: str | None = None
    persons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    memberships: tuple[str, ...] = ()
