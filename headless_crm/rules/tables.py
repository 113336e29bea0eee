"""The two tables of rules: what their columns are, and how they are read from a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headless_crm.csv_files import read_csv
from headless_crm.entities import ENTITIES
from headless_crm.errors import UsageError
from headless_crm.sources import project_variables, relation_of

Rule = tuple[Any, ...]
"""A row of a table of rules, by its columns."""

_WORDS = {"entity": ENTITIES, "rule": ("always", "never")}
_NUMBER = re.compile(r"[0-9]{1,10}")
_MAY_BE_EMPTY = ("partner_type", "max_partners", "reason")


@dataclass(frozen=True)
class RuleTable:
    """A table of rules: the var that names it says where it stands."""

    name: str
    columns: tuple[str, ...]

    def relation(self, variables: dict[str, Any]) -> tuple[str, str]:
        """Its schema and name, as the var says; UsageError where it says none."""
        return relation_of(project_variables() | variables, f"{self.name}_table")


LIMITS = RuleTable(
    "identifier_limits",
    ("entity", "identifier_type", "identifier_value", "partner_type", "max_partners", "reason"),
)
LINKS = RuleTable(
    "identifier_links",
    (
        "entity",
        "rule",
        "identifier_type_a",
        "identifier_value_a",
        "identifier_type_b",
        "identifier_value_b",
        "reason",
    ),
)


TABLES = (LIMITS, LINKS)


def rules_of(limits: Path | None, links: Path | None) -> dict[RuleTable, list[Rule]]:
    """The rules of those files that are given; raises UsageError with the line that is wrong."""
    files = zip(TABLES, (limits, links), strict=True)
    return {table: _read_rules(path, table) for table, path in files if path}


def _read_rules(path: Path, table: RuleTable) -> list[Rule]:
    """The rules in a CSV file whose header names the table's columns, in any order.

    Columns that may be empty may be left out.
    """
    names, rows = read_csv(path, strict=True)
    _check_header(path, table, names)
    return [_rule(path, line, table, row) for line, row in rows]


def _check_header(path: Path, table: RuleTable, names: list[str]) -> None:
    if len(set(names)) < len(names):
        raise UsageError(f"{path} has two columns of one name in its header.")
    unknown = [name for name in names if name not in table.columns]
    missing = [name for name in table.columns if name not in (*names, *_MAY_BE_EMPTY)]
    if unknown or missing:
        wrong = f"has {unknown[0]!r}" if unknown else f"lacks {missing[0]!r}"
        raise UsageError(f"{path} {wrong}: its header names {', '.join(table.columns)}.")


def _rule(path: Path, line: int, table: RuleTable, row: dict[Any, Any]) -> Rule:
    def wrong(what: str) -> UsageError:
        return UsageError(f"{path}, line {line}: {what}.")

    if None in row or None in row.values():
        raise wrong("it has not as many fields as the header")
    values: dict[str, Any] = {name: text.strip() or None for name, text in row.items()}
    for name in table.columns:
        value = values.get(name)
        if value is None and name not in _MAY_BE_EMPTY:
            raise wrong(f"{name} is empty")
        if value is not None and value not in _WORDS.get(name, (value,)):
            raise wrong(f"{name} is {value!r}, and must be {' or '.join(_WORDS[name])}")
    if (most := values.get("max_partners")) is not None:
        if not _NUMBER.fullmatch(most) or int(most) > 2**31 - 1:
            raise wrong(f"max_partners is {most!r}, and must be a whole number, or nothing")
        values["max_partners"] = int(most)
    return tuple(values.get(name) for name in table.columns)
