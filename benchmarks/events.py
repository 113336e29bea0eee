"""Manual events of people who each have about ten, however many people there are.

So what one event touches is as much in a small history as in a large one. A day has a thousand
events in both: a larger history is a longer one, and a build looks back as many rows. Each tenth
event also tells of an owner, as of a mailbox, with a role in a group: what touches that one grows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

EVENTS_OF_A_PERSON = 10
PERSONS_OF_A_GROUP = 5
EVENTS_OF_A_DAY = 1_000
EVENTS_FOR_ONE_OF_THE_OWNER = 10
END_OF_BASE = datetime(2025, 1, 1)
Row = dict[str, Any]

_NAMES = ("Ann Lee", "Bob Okoro", "Chen Wei", "Dana Levi", "Eve Moreau", "Femi Ade", "Gita Rao")
_CITIES = ("Berlin", "Lagos", "Lyon", "Mumbai", "Osaka", "Porto", "Toronto", "Austin")
_OWNER = {"identifiers": {"email": "owner@agency.example"}, "traits": {"name": "Olu Adeyemi"}}
_OWNED_GROUP = {"identifiers": {"domain": "agency.example"}, "traits": {"name": "The Agency"}}
_EVENTS = ("signed_up", "logged_in", "order_placed", "support_call", "survey_answered")


def write_base(path: Path, events: int, seed: int) -> None:
    """The history: `events` events of a tenth as many people."""
    dice = random.Random(f"{seed}-base")
    persons = people_of(events)
    start = END_OF_BASE - timedelta(days=events / EVENTS_OF_A_DAY)
    rows = _source_rows(((f"b{n}", dice.randrange(persons)) for n in range(events)), start, dice)
    write_rows(
        path,
        (row if n % EVENTS_FOR_ONE_OF_THE_OWNER else of_owner(row) for n, row in enumerate(rows)),
    )


def write_batch(path: Path, events: int, base: int, batch: int, seed: int) -> None:
    """The events of a later day: half about people of the base, half about people new to it."""
    dice = random.Random(f"{seed}-batch-{batch}")
    first_new = people_of(base) + batch * people_of(events)
    keys = _half_known(f"n{batch}", events, people_of(base), first_new, dice)
    write_rows(path, _source_rows(keys, END_OF_BASE + timedelta(days=batch), dice))


def later_rows(events: int, base: int, rows: int, seed: int) -> list[Row]:
    """Source rows for single events where `rows` have landed: half of people known, as a batch."""
    dice = random.Random(f"{seed}-later-{rows}")
    known = people_of(base)
    keys = _half_known(f"s{rows}", events, known, known + rows, dice)
    start = END_OF_BASE + timedelta(days=(rows - base) / EVENTS_OF_A_DAY)
    return list(_source_rows(keys, start, dice))


def people_of(events: int) -> int:
    return max(1, events // EVENTS_OF_A_PERSON)


def of_owner(row: Row) -> Row:
    """The same, and that the owner was in it, too."""
    record = row["record"]
    persons, groups = record["persons"], record.get("groups", [])
    told = {
        "persons": [*persons, _OWNER],
        "groups": [*groups, _OWNED_GROUP],
        "memberships": [{"person": len(persons), "group": len(groups), "role": "owner"}],
    }
    return row | {"record": record | told}


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")


def _half_known(
    prefix: str, events: int, known: int, first_new: int, dice: random.Random
) -> Iterator[tuple[str, int]]:
    for number in range(events):
        of_base = number % 2 == 0
        person = dice.randrange(known) if of_base else first_new + number // EVENTS_OF_A_PERSON
        yield f"{prefix}-{number}", person


def _source_rows(
    rows: Iterator[tuple[str, int]], start: datetime, dice: random.Random
) -> Iterator[Row]:
    for number, (key, person) in enumerate(rows):
        moment = start + timedelta(days=number / EVENTS_OF_A_DAY)
        record = _record(key, person, moment, dice)
        yield {"id": key, "synced_at": f"{moment.isoformat()}Z", "record": record}


def _record(key: str, person: int, moment: datetime, dice: random.Random) -> dict[str, object]:
    group = person // PERSONS_OF_A_GROUP
    identifiers = {
        "email": f"person{person}@company{group}.example",
        "phone": f"+1415{person % 10_000_000:07d}",
        "user_id": f"u{person}",
    }
    told = dice.sample(sorted(identifiers), dice.choice((1, 2, 2, 3)))
    entry: dict[str, object] = {"identifiers": {kind: identifiers[kind] for kind in told}}
    if dice.random() < 0.5:
        entry["traits"] = {"name": _NAMES[person % len(_NAMES)], "city": dice.choice(_CITIES)}
    record: dict[str, object] = {
        "id": key,
        "occurred_at": f"{moment.isoformat()}Z",
        "event_name": dice.choice(_EVENTS),
        "persons": [entry],
    }
    if dice.random() < 0.5:
        name = {"name": f"Company {group}"} if dice.random() < 0.5 else {}
        record["groups"] = [
            {"identifiers": {"domain": f"company{group}.example"}}
            | ({"traits": name} if name else {})
        ]
    return record
