"""How right persons and groups are, by pairs of identifiers that somebody has labelled."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headless_crm.audit.entities import entity_sql
from headless_crm.csv_files import read_csv
from headless_crm.entities import ENTITIES
from headless_crm.errors import UsageError
from headless_crm.generate.score import Score, read_truth, score
from headless_crm.generate.truth import Identifier
from headless_crm.queries import queries
from headless_crm.warehouse import Warehouse

COLUMNS = (
    "identifier_type_a",
    "identifier_value_a",
    "identifier_type_b",
    "identifier_value_b",
    "same",
)


@dataclass(frozen=True)
class Pair:
    a: Identifier
    b: Identifier
    same: bool


@dataclass(frozen=True)
class PairScore:
    """`precision` is the share of the pairs found together that are the same, `recall` the share of
    those that are the same that were found together; null where there are none. In `unknown` pairs
    an identifier is in no table; such a pair counts as not found together.
    """

    pairs: int
    same: int
    found: int
    right: int
    unknown: int
    precision: float | None
    recall: float | None


def read_pairs(path: Path) -> list[Pair]:
    """The labelled pairs of a CSV file; raises UsageError that names the line."""
    names, rows = read_csv(path)
    if missing := [name for name in COLUMNS if name not in names]:
        raise UsageError(
            f"{path} has no column {missing[0]}. Its first line must be {','.join(COLUMNS)}."
        )
    return [_pair(path, line, row) for line, row in rows]


def _pair(path: Path, line: int, row: dict[str, Any]) -> Pair:
    type_a, value_a, type_b, value_b, same = ((row[name] or "").strip() for name in COLUMNS)
    if same not in ("0", "1"):
        raise UsageError(f"{path}, line {line}: same must be 0 or 1.")
    if not (type_a and value_a and type_b and value_b):
        raise UsageError(f"{path}, line {line}: an identifier's type or value is empty.")
    return Pair((type_a, value_a), (type_b, value_b), same == "1")


def score_pairs(warehouse: Warehouse, pairs: list[Pair]) -> PairScore:
    """Compare pairs with what was resolved; a pair is of groups where it is none of persons."""
    asked = sorted({identifier for pair in pairs for identifier in (pair.a, pair.b)})
    found: dict[str, dict[Identifier, str]] = {
        kind: {
            (type_, value): key
            for type_, value, key in warehouse.query(
                entity_sql("entities_of", kind),
                [[type_ for type_, _ in asked], [value for _, value in asked]],
            )
        }
        for kind in ENTITIES
    }
    together = unknown = right = 0
    for pair in pairs:
        sides = [(ids.get(pair.a), ids.get(pair.b)) for ids in found.values()]
        unknown += not any(a and b for a, b in sides)
        if any(a and a == b for a, b in sides):
            together += 1
            right += pair.same
    same = sum(pair.same for pair in pairs)
    return PairScore(
        pairs=len(pairs),
        same=same,
        found=together,
        right=right,
        unknown=unknown,
        precision=right / together if together else None,
        recall=right / same if same else None,
    )


def truth_file(folder: Path) -> Path:
    """The truth/persons.csv that `crm generate` wrote into `folder`; raises UsageError."""
    for place in (folder / "persons.csv", folder / "truth" / "persons.csv"):
        if place.is_file():
            return place
    raise UsageError(f"{folder} has no persons.csv. Name the folder truth of crm generate.")


def score_truth(warehouse: Warehouse, path: Path) -> Score:
    """The score of persons against the truth that was generated with the data."""
    try:
        truth = read_truth(path)
    except (KeyError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} is not what crm generate writes.") from error
    rows = warehouse.query(queries("summary")["person_identifiers"])
    return score(truth, {(type_, value): key for type_, value, key in rows})
