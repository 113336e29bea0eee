"""The smaller picture: what comes out of the sources, by its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from headless_crm.diagram.tables import SOURCES, STATE, Column, Link, Table


def overview_of(tables: Sequence[Table], links: Sequence[Link]) -> tuple[list[Table], list[Link]]:
    """The tables that belong to no single source, and their links, without what is no key."""
    inner = {
        table.name: table
        for table in tables
        if not table.group and table.layer not in (SOURCES, STATE)
    }
    kept = [link for link in links if link.start in inner and link.end in inner]
    ends = {(link.start, link.start_column) for link in kept}
    ends |= {(link.end, link.end_column) for link in kept}
    return [_keys_of(table, ends) for table in inner.values()], kept


def _keys_of(table: Table, ends: set[tuple[str, str]]) -> Table:
    kept = [column for column in table.columns if column.key or (table.name, column.name) in ends]
    more = len(table.columns) - len(kept)
    rest = [Column(f"… {more} more column{'s' if more > 1 else ''}")] if more else []
    return replace(table, columns=(*(replace(column, type="") for column in kept), *rest))
