"""The lines of one source file, each in an envelope with the time that it landed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from headless_crm.generate.clock import DAY, HOUR, iso
from headless_crm.generate.dice import Dice

Record = dict[str, Any]
"""A source's record, as JSON would hold it."""

# What rows name that nobody may read: a reader who does merges people who have nothing in common.
# Only the first versions of corrected rows, and rows that end in dead letters, name these.
WRONG_USER_ID = "99999999"
WRONG_EMAIL = "owner@placeholder.example"

# Every so many rows one lands again unchanged, and every so many one is corrected.
_DUPLICATE_EVERY = 223
_CORRECTION_EVERY = 331

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class Rows:
    """Collects the lines of a source.

    spoil: makes of a record the wrong version that a correction replaces; its key stays
    """

    def __init__(
        self, source: str, dice: Dice, planted: Counter[str], spoil: Callable[[Record], None]
    ) -> None:
        self.source = source
        self.lines: list[str] = []
        self._dice = dice
        self._planted = planted
        self._spoil = spoil
        self._added = 0

    def add(self, record: Record, landed: int, row_id: str | None = None) -> None:
        """Add a row; a few land a second time, as they were or corrected."""
        self._added += 1
        first = record
        if self._added % _DUPLICATE_EVERY == 40:
            self._planted[f"duplicates/{self.source}"] += 1
        elif self._added % _CORRECTION_EVERY == 60:
            first = deepcopy(record)
            self._spoil(first)
            self._planted[f"corrections/{self.source}"] += 1
        else:
            self.land(record, landed, row_id)
            return
        self.land(first, landed, row_id)
        self.land(record, landed + self._dice.between(HOUR, 10 * DAY), row_id)

    def bad(self, reason: str, record: Record, landed: int, row_id: str | None = None) -> None:
        """Add a row that ends in dead letters, for this reason."""
        self.land(record, landed, row_id)
        if reason == "malformed_json":  # Cut off in its middle, as a crashed export leaves it.
            self.lines[-1] = self.lines[-1][: len(self.lines[-1]) * 2 // 3]
        self._planted[f"bad_rows/{self.source}/{reason}"] += 1

    def land(self, record: Record, landed: int, row_id: str | None) -> None:
        """Add a row, this once."""
        envelope: Record = {} if row_id is None else {"id": row_id}
        envelope |= {"synced_at": iso(landed), "record": record}
        self.lines.append(_encode(envelope))

    def text(self) -> bytes:
        """The lines as they stand in the file."""
        return "".join(f"{line}\n" for line in self.lines).encode()
