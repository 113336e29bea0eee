"""An audit as one page of HTML, which asks for nothing else and runs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from headless_crm.audit import Audit
from headless_crm.audit.page_cards import entity_cards, flow_cards, scores, table, tiles
from headless_crm.audit.plots import text


def page(audit: Audit) -> str:
    """The whole page."""
    css = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    notice = (
        "This page names people and companies. Treat it as you treat the data itself; "
        "<code>crm audit --no-values</code> makes one without names and identifiers."
        if audit.values
        else "Names and values of identifiers were left out; ids and names of fields are there."
    )
    sections = [
        _section("Persons", entity_cards(audit.persons)),
        _section("Groups", entity_cards(audit.groups)),
        _section("Data's way", flow_cards(audit)),
        _section("Fields of the raw records", [_fields(audit)]),
    ]
    if audit.pairs or audit.truth:
        sections.insert(0, _section("Right and wrong", [_scores(audit)]))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>Audit</title>\n<style>{css}</style>\n</head>\n<body>\n<header>\n<h1>Audit</h1>\n"
        f"<p>{audit.audited_at:%Y-%m-%d %H:%M} UTC</p>\n"
        f'<p class="notice" role="note">{notice}</p>\n{tiles(audit)}\n</header>\n'
        f"<main>\n{''.join(sections)}</main>\n</body>\n</html>\n"
    )


def _section(title: str, cards: Sequence[str]) -> str:
    inside = "".join(cards)
    return f'<section>\n<h2>{text(title)}</h2>\n<div class="cards">\n{inside}</div>\n</section>\n'


def _fields(audit: Audit) -> str:
    changes = [
        (
            drift.source,
            change.field,
            change.change,
            ", ".join(change.before),
            ", ".join(change.after),
        )
        for drift in audit.drift
        for change in drift.changes
    ]
    looked = [
        (
            drift.source,
            "first look" if drift.first else f"{len(drift.changes):,}",
            f"{drift.fields:,}",
            f"{drift.sampled:,} of {drift.new_rows:,}",
        )
        for drift in audit.drift
    ]
    return (
        '<article class="card"><h3>What changed since the last audit</h3>'
        "<p>Fields of the top level and one below, by a sample of the rows that came since.</p>"
        + table(("source", "changes", "#fields", "#rows read"), looked)
        + (
            "<details open><summary>Changes</summary>"
            + table(("source", "field", "change", "before", "after"), changes)
            + "</details>"
            if changes
            else ""
        )
        + "</article>\n"
    )


def _scores(audit: Audit) -> str:
    return (
        '<article class="card"><h3>Precision and recall</h3>'
        "<p>Precision: of the pairs of identifiers found to be one's, the share that are. "
        "Recall: of the pairs that are one's, the share that were found.</p>"
        + table(("by", "#precision", "#recall", "counted"), scores(audit))
        + "</article>\n"
    )
