"""Tables for people, as several commands print them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_NUMBERS = (
    *("rows", "events", "found", "true", "seconds", "landed", "taken", "pending", "lag"),
    *("median size", "largest", "edges", "suppressed", "processed", "dead letters", "missing"),
    *("partners", "fields", "precision", "recall"),
)


def show_table(
    console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Print rows under a title; columns of numbers stand at the right."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        if column in _NUMBERS:
            table.add_column(column, justify="right", no_wrap=True)
        else:
            table.add_column(column, overflow="fold")  # A name that is cut short is none.
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(f"\n[bold]{escape(title)}[/]", highlight=False)
    console.print(table)
