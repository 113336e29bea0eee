"""How well persons were resolved: pairs of identifiers, found together against truly together."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from headless_crm.generate.truth import Identifier


@dataclass(frozen=True)
class Truth:
    """What truth/persons.csv says.

    `person` and `part` tell whose an identifier is, and which of the parts that the rows connect.
    `shared` lists the true persons that use an identifier which is no single one's.
    """

    person: dict[Identifier, str]
    part: dict[Identifier, str]
    shared: dict[Identifier, set[str]]


@dataclass(frozen=True)
class Score:
    """Persons, and pairs of identifiers that are one person's.

    `precision` is the share of the pairs found that are true, `recall` the share of the pairs
    connected by the rows that were found. `wrong_merges` are persons found who are several true
    ones, `unexplained` those of them that no planted shared identifier holds together.
    """

    true_persons: int
    found_persons: int
    precision: float
    recall: float
    wrong_merges: int
    unexplained: int


def read_truth(path: Path) -> Truth:
    """Read a truth/persons.csv."""
    truth = Truth({}, {}, defaultdict(set))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            identifier = (row["identifier_type"], row["identifier_value"])
            if row["shared"] == "1":
                truth.shared[identifier].add(row["person"])
            else:
                truth.person[identifier] = row["person"]
                truth.part[identifier] = f"{row['person']}/{row['component']}"
    return truth


def score(truth: Truth, found: Mapping[Identifier, str]) -> Score:
    """Compare the person_id that was found for each identifier with the truth."""
    own = [(truth.person[key], truth.part[key], found.get(key)) for key in truth.person]
    found_pairs = _pairs(found_id for _, _, found_id in own if found_id)
    true_pairs = _pairs((person, found_id) for person, _, found_id in own if found_id)
    part_pairs = _pairs(part for _, part, _ in own)
    found_part_pairs = _pairs((part, found_id) for _, part, found_id in own if found_id)

    persons_of = defaultdict[str, set[str]](set)
    for person, _, found_id in own:
        if found_id:
            persons_of[found_id].add(person)
    merged = {found_id: persons for found_id, persons in persons_of.items() if len(persons) > 1}
    ties = defaultdict[str, list[set[str]]](list)
    for identifier, users in truth.shared.items():
        if (found_id := found.get(identifier)) in merged:
            ties[found_id].append(users)
    return Score(
        true_persons=len(set(truth.person.values())),
        found_persons=len(set(found.values())),
        precision=true_pairs / found_pairs if found_pairs else 1.0,
        recall=found_part_pairs / part_pairs if part_pairs else 1.0,
        wrong_merges=len(merged),
        unexplained=sum(not _tied(persons, ties[key]) for key, persons in merged.items()),
    )


def _pairs(groups: Iterable[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def _tied(persons: set[str], ties: list[set[str]]) -> bool:
    """Do the ties hold all of the persons together?"""
    reached: set[str] = set()
    fresh = {min(persons)}
    while fresh:
        reached |= fresh
        fresh = set().union(*(users for users in ties if users & reached)) - reached
    return persons <= reached
