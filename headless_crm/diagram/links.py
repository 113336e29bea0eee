"""The links between tables: what tests declare, what columns are called, and data's way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from headless_crm.diagram.project import Project
from headless_crm.diagram.tables import SOURCES, Link, Table

_IDENTIFIER_KEY = re.compile(r"(?:(\w+)_)?identifier_key(?:_[a-z])?")
_ID = re.compile(r"(\w+)_id")


def links_of(project: Project) -> list[Link]:
    """All links, sorted.

    A column refers to a table where a test says so, and by its name: `event_id` to `events`, an
    identifier's key to the resolved identifiers of its entity. Data's way is drawn up to the core,
    since tables of a source have few references, and to each table that has none at all.
    """
    tables = {table.name: table for table in project.tables}
    references = {*project.declared}
    for table in project.tables:
        references.update(_references(table, tables))
    referring = {name for link in references for name in (link.start, link.end)}
    flows = {
        Link(name, table.name)
        for table in project.tables
        for name in table.reads
        if tables[name].group or tables[name].layer == SOURCES or table.name not in referring
    }
    return sorted(references | flows)


def _references(table: Table, tables: dict[str, Table]) -> Iterator[Link]:
    for column in table.columns:
        yield from _identifier(table, column.name, tables)
        match = _ID.fullmatch(column.name)
        if not match:
            continue
        plural = f"{match[1]}s"
        end = tables.get(f"{table.group}_{plural}" if table.group else plural)
        if end and end != table and len(end.keys) == 1 and not _made_of(end, table, tables):
            yield Link(table.name, end.name, column.name, end.keys[0])


def _identifier(table: Table, column: str, tables: dict[str, Table]) -> Iterator[Link]:
    match = _IDENTIFIER_KEY.fullmatch(column)
    # What a source's tables hold is not resolved yet.
    if not match or table.group:
        return
    for entity in [match[1]] if match[1] else table.name.split("_"):
        end = tables.get(f"resolved_{entity}_identifiers")
        if end and end != table:
            yield Link(table.name, end.name, column, "identifier_key")


def _made_of(end: Table, table: Table, tables: dict[str, Table]) -> bool:
    """Whether a source's table is made of another one: then that is no reference but its origin."""
    if not table.group:
        return False
    return any(name == table.name or _made_of(tables[name], table, tables) for name in end.reads)
