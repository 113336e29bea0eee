"""The tables that crm audit shows: what one wants to know first."""

from __future__ import annotations

from rich.console import Console

from headless_crm.audit import Audit
from headless_crm.audit.page_cards import scores
from headless_crm.audit.shown import HIDDEN, middle, share, span
from headless_crm.cli.tables import show_table

_FIRST = 3


def show(console: Console, audit: Audit) -> None:
    """Print them; the rest is in the page and in JSON."""
    show_table(
        console,
        "Entities",
        ("", "found", "median size", "largest", "edges", "suppressed", "several of a type"),
        [
            (
                f"{one.kind}s",
                f"{one.entities:,}",
                f"{middle(one.sizes):,}",
                f"{one.largest[0].identifiers:,}" if one.largest else "",
                f"{one.edges:,}",
                share(sum(one.suppressed.values()), one.edges),
                ", ".join(f"{name}: {number:,}" for name, number in one.several.items()) or "none",
            )
            for one in audit.entities
        ],
    )
    show_table(
        console,
        "Look at",
        ("what", "who", "rows"),
        [
            row
            for one in audit.entities
            for row in (
                *(
                    (
                        f"large {one.kind}, by identifiers",
                        each.name or each.id,
                        f"{each.identifiers:,}",
                    )
                    for each in one.largest[:_FIRST]
                ),
                *(
                    (
                        f"hub of {one.kind}s, by partners",
                        f"{each.type} {HIDDEN if each.value is None else each.value}",
                        f"{each.partners:,}",
                    )
                    for each in one.hubs[:_FIRST]
                ),
            )
        ],
    )
    show_table(
        console,
        "Conservation",
        ("table", "landed", "processed", "dead letters", "pending", "missing"),
        [
            (
                one.table,
                *(
                    f"{n:,}"
                    for n in (one.landed, one.processed, one.dead_letters, one.pending, one.missing)
                ),
            )
            for one in audit.conservation
        ],
    )
    if audit.dead_letters:
        show_table(
            console,
            "Dead letters",
            ("source", "reason", "rows"),
            [(one.source, one.reason, f"{one.rows:,}") for one in audit.dead_letters],
        )
    show_table(
        console,
        "Freshness: half of the events, and 95 of 100",
        ("source", "events", "until landed", "from there until built"),
        [
            (
                one.source,
                f"{one.events:,}",
                f"{span(one.landing_p50)}, {span(one.landing_p95)}",
                f"{span(one.building_p50)}, {span(one.building_p95)}",
            )
            for one in audit.freshness
        ],
    )
    show_table(
        console,
        "Fields since the last audit",
        ("source", "fields", "change"),
        [
            row
            for drift in audit.drift
            for row in (
                [
                    (
                        drift.source,
                        f"{drift.fields:,}",
                        _looked(drift.first, drift.sampled, drift.new_rows),
                    )
                ]
                if not drift.changes
                else [(drift.source, one.field, one.change) for one in drift.changes]
            )
        ],
    )
    if scored := scores(audit):
        show_table(console, "Right and wrong", ("by", "precision", "recall", "counted"), scored)


def _looked(first: bool, sampled: int, new_rows: int) -> str:
    if not new_rows:
        return "no new row"
    read = f"{sampled:,} of {new_rows:,} rows read"
    return f"first look, {read}" if first else f"none, {read}"
