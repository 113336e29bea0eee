"""The cards of the page: a plot each, with its numbers as a table beneath."""

from __future__ import annotations

from collections.abc import Sequence

from headless_crm.audit import Audit
from headless_crm.audit.entities import EntityAudit
from headless_crm.audit.flow import Processing
from headless_crm.audit.plots import Bar, columns, legend, rows, text
from headless_crm.audit.shown import HIDDEN, binned, ratio, share, sized, span

Rows = Sequence[Sequence[str]]


def table(names: Sequence[str], content: Rows) -> str:
    """A table; a name that begins with # heads numbers."""
    numbers = [name.startswith("#") for name in names]
    classes = [' class="n"' if number else "" for number in numbers]
    head = "".join(
        f'<th scope="col"{kind}>{text(name.lstrip("#"))}</th>'
        for name, kind in zip(names, classes, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{text(cell)}</td>" for cell, kind in zip(row, classes, strict=True))
        + "</tr>"
        for row in content
    )
    inside = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{inside}</table></div>'


def tiles(audit: Audit) -> str:
    """The numbers that come first."""
    missing = sum(abs(one.missing) for one in audit.conservation)
    dead = sum(one.rows for one in audit.dead_letters)
    landed = sum(one.landed for one in audit.conservation)
    several = sum(sum(one.several.values()) for one in audit.entities)
    drift = sum(len(one.changes) for one in audit.drift)
    shown = [
        ("persons", f"{audit.persons.entities:,}", False),
        ("groups", f"{audit.groups.entities:,}", False),
        ("events", f"{sum(one.events for one in audit.volume):,}", False),
        (f"dead letters, {share(dead, landed)}", f"{dead:,}", False),
        ("rows not accounted for", f"{missing:,}", missing > 0),
        ("entities with several of a type", f"{several:,}", several > 0),
        ("changes of fields", f"{drift:,}", drift > 0),
    ]
    return (
        '<div class="tiles">'
        + "".join(
            f'<div class="tile{" bad" if bad else ""}">'
            f"<b>{number}</b><span>{text(name)}</span></div>"
            for name, number, bad in shown
        )
        + "</div>"
    )


def scores(audit: Audit) -> Rows:
    """The scores: by what, precision, recall, and of how much."""
    rows = []
    if audit.pairs:
        pairs = audit.pairs
        counted = f"{pairs.pairs:,} pairs, {pairs.unknown:,} with an unknown identifier"
        rows.append(("labelled pairs", ratio(pairs.precision), ratio(pairs.recall), counted))
    if audit.truth:
        truth = audit.truth
        counted = (
            f"{truth.found_persons:,} persons found of {truth.true_persons:,}; "
            f"{truth.wrong_merges:,} are several, {truth.unexplained:,} without a reason"
        )
        rows.append(("generated truth", ratio(truth.precision), ratio(truth.recall), counted))
    return rows


def entity_cards(entity: EntityAudit) -> list[str]:
    kind, plural = entity.kind, f"{entity.kind}s"
    sources = sorted({one.source for one in entity.identifiers})
    types: dict[str, dict[str, int]] = {}
    for one in entity.identifiers:
        types.setdefault(one.type, {})[one.source] = one.identifiers
    edges = {"active": entity.edges - sum(entity.suppressed.values())} | entity.suppressed
    return [
        _card(
            f"Sizes of {plural}",
            f"How many {plural} have so many identifiers.",
            columns(
                [Bar(name, [n], f"{n:,} {plural}") for name, n in sized(entity.sizes)],
                f"Number of {plural} by number of identifiers",
            ),
            ("identifiers", f"#{plural}"),
            [(name, f"{number:,}") for name, number in sized(entity.sizes)],
        ),
        _card(
            f"Largest {plural}",
            "Who has the most identifiers: look here for wrong merges.",
            rows(
                [
                    Bar(one.name or one.id, [one.identifiers], f"{one.identifiers:,}", one.id)
                    for one in entity.largest
                ],
                f"Identifiers of the largest {plural}",
            ),
            ("name", "id", "#identifiers"),
            [(one.name or "-", one.id, f"{one.identifiers:,}") for one in entity.largest],
        ),
        _card(
            "Identifiers by type and source",
            "An identifier that several sources tell counts in each."
            + (" Rejected: " + _listed(entity.rejected) + "." if entity.rejected else ""),
            legend(sources)
            + rows(
                [
                    Bar(
                        name,
                        [by.get(source, 0) for source in sources],
                        f"{sum(by.values()):,}",
                        f"{name}: {_listed(by)}",
                    )
                    for name, by in types.items()
                ],
                f"Identifiers of {plural} by type and source",
            ),
            ("type", *(f"#{source}" for source in sources), "#rejected"),
            [
                (
                    name,
                    *(f"{types.get(name, {}).get(source, 0):,}" for source in sources),
                    f"{entity.rejected.get(name, 0):,}",
                )
                for name in sorted(types.keys() | entity.rejected.keys())
            ],
        ),
        _card(
            "Hubs",
            "Identifiers with the most distinct partners: inboxes, switchboards, shared addresses.",
            legend(["joins", "suppressed"])
            + rows(
                [
                    Bar(
                        f"{one.type} {HIDDEN if one.value is None else one.value}",
                        [one.active, one.partners - one.active],
                        f"{one.partners:,}",
                    )
                    for one in entity.hubs
                ],
                f"Partners of the identifiers of {plural} that have the most",
            ),
            ("type", "value", "#partners", "#joins"),
            [
                (
                    one.type,
                    HIDDEN if one.value is None else one.value,
                    f"{one.partners:,}",
                    f"{one.active:,}",
                )
                for one in entity.hubs
            ],
        ),
        _card(
            "Edges",
            f"Pairs of identifiers that some row gives to one {kind}; those that join nothing by "
            "their reason.",
            rows(
                [Bar(name, [n], f"{n:,} · {share(n, entity.edges)}") for name, n in edges.items()],
                f"Edges of {plural}, active and by reason of suppression",
                most=entity.edges or 1,
            ),
            ("reason", "#edges", "#share"),
            [(name, f"{n:,}", share(n, entity.edges)) for name, n in edges.items()],
        ),
        _card(
            "Coverage of traits",
            f"The share of {plural} that have each trait.",
            rows(
                [
                    Bar(one.name, [one.share], share(one.entities, entity.entities))
                    for one in entity.traits[:15]
                ],
                f"Share of {plural} by trait",
                most=1,
            ),
            ("trait", f"#{plural}", "#share"),
            [
                (one.name, f"{one.entities:,}", share(one.entities, entity.entities))
                for one in entity.traits
            ],
        ),
        _card(
            "More than one of a type",
            f"A {kind} should have one of these. "
            + (
                f"{plural.capitalize()} with more: {_listed(entity.several)}."
                if entity.several
                else "None has more."
            ),
            rows(
                [
                    Bar(
                        f"{one.name or one.id}, {one.type}",
                        [one.identifiers],
                        f"{one.identifiers:,}",
                    )
                    for one in entity.worst_several
                ],
                f"{plural.capitalize()} with the most identifiers of a type",
            ),
            ("name", "id", "type", "#identifiers"),
            [
                (one.name or "-", one.id, one.type or "", f"{one.identifiers:,}")
                for one in entity.worst_several
            ],
        ),
    ]


def flow_cards(audit: Audit) -> list[str]:
    return [
        _conservation(audit),
        _card(
            "Dead letters",
            "Rows that can't be processed, by reason and source.",
            rows(
                [
                    Bar(f"{one.reason}, {one.source}", [one.rows], f"{one.rows:,}")
                    for one in sorted(audit.dead_letters, key=lambda one: -one.rows)
                ],
                "Dead letters by reason and source",
            ),
            ("reason", "source", "#rows"),
            [(one.reason, one.source, f"{one.rows:,}") for one in audit.dead_letters],
        ),
        _volume(audit),
        *_processing(audit),
        _freshness(audit),
    ]


def _conservation(audit: Audit) -> str:
    names = ("processed", "dead letters", "pending", "missing")
    most = max((one.landed for one in audit.conservation), default=0)
    return _card(
        "Conservation",
        "Landed = processed + dead letters + pending. Versions of records, each once.",
        legend(names)
        + rows(
            [
                Bar(
                    one.table,
                    [one.processed, one.dead_letters, one.pending, max(one.missing, 0)],
                    f"{one.landed:,}" + (f", {one.missing:,} missing" if one.missing else ""),
                )
                for one in audit.conservation
            ],
            "What became of the rows of each source table",
            most=most,
        ),
        ("table", "#landed", *(f"#{name}" for name in names)),
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


def _volume(audit: Audit) -> str:
    unit, bins, earlier = binned(audit.volume)
    sources = sorted({one.source for one in audit.volume})
    content = [
        (str(day), *(f"{by[source]:,}" for source in sources)) for day, by in bins if by.total()
    ]
    return _card(
        f"Events by {unit}",
        "By when they occurred, in UTC." + (f" {earlier:,} are older." if earlier else ""),
        legend(sources)
        + columns(
            [
                Bar(
                    f"{day:%Y}"
                    if unit == "year"
                    else f"{day:%b %y}"
                    if unit == "month"
                    else f"{day:%d %b}",
                    [by[source] for source in sources],
                    "",
                    f"{day}: {_listed(by) or 'none'}",
                )
                for day, by in bins
            ],
            f"Events by {unit} and source",
        ),
        (unit, *(f"#{source}" for source in sources)),
        content,
    )


def _processing(audit: Audit) -> list[str]:
    names = {"batch": "Incremental builds", "full": "Full refreshes", "event": "Single events"}
    cards = []
    for total in audit.processing:
        days = [one for one in audit.processing_by_day if one.kind == total.kind][-_MOST_DAYS:]
        cards.append(
            _card(
                f"{names.get(total.kind, total.kind)}: seconds",
                f"{_runs(total)}. Half took up to {span(total.p50)}, 95 of 100 up to "
                f"{span(total.p95)}, the longest {span(total.longest)}. Below, by day.",
                legend(["half", "95 of 100"])
                + columns(
                    [
                        Bar(
                            f"{one.day:%d %b}",
                            [one.p50, one.p95 - one.p50],
                            "",
                            f"{one.day}: {_runs(one)}, {span(one.p50)}, {span(one.p95)}",
                        )
                        for one in days
                    ],
                    f"Seconds by day, {names.get(total.kind, total.kind)}",
                ),
                ("day", "#runs", "#p50", "#p95", "#max"),
                [
                    (str(one.day), f"{one.runs:,}", span(one.p50), span(one.p95), span(one.longest))
                    for one in days
                ],
            )
        )
    return cards


def _runs(one: Processing) -> str:
    return f"{one.runs:,} {'run' if one.runs == 1 else 'runs'}"


_MOST_DAYS = 60


def _freshness(audit: Audit) -> str:
    return _card(
        "Freshness",
        "How long until half of a source's events had landed, and from there until they were in "
        "the event log.",
        legend(["occurred to landed", "landed to built"])
        + rows(
            [
                Bar(
                    one.source,
                    [max(one.landing_p50, 0), max(one.building_p50, 0)],
                    f"{span(one.landing_p50)} + {span(one.building_p50)}",
                )
                for one in audit.freshness
            ],
            "Median time from occurrence to landing and to the event log by source",
        ),
        ("source", *(f"#{way} {p}" for way in ("landed", "built") for p in ("p50", "p95", "max"))),
        [
            (
                one.source,
                span(one.landing_p50),
                span(one.landing_p95),
                span(one.landing_longest),
                span(one.building_p50),
                span(one.building_p95),
                span(one.building_longest),
            )
            for one in audit.freshness
        ],
    )


def _card(title: str, says: str, plot: str, names: Sequence[str], content: Rows) -> str:
    shown = (
        f"{plot}<details><summary>Numbers</summary>{table(names, content)}</details>"
        if content
        else "<p>Nothing to show.</p>"
    )
    return f'<article class="card"><h3>{text(title)}</h3><p>{text(says)}</p>{shown}</article>\n'


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counts.items()) if number)
