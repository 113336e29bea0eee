"""From the dbt project to the artefact: which models an event passes through, and by what SQL."""

from __future__ import annotations

from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Any

from headless_crm import __version__
from headless_crm.config import CRM_SCHEMA
from headless_crm.errors import CrmError
from headless_crm.realtime.compiled import (
    Compiled,
    Round,
    Source,
    Statement,
    Step,
    TemporaryTable,
    statements_of,
)
from headless_crm.realtime.rendering import Rendering, render
from headless_crm.recipe import recipe_of


def compile_events(url: str, variables: dict[str, Any]) -> Compiled:
    """The artefact for the kind of warehouse at `url`, which need not be there."""
    rendering = render(url, variables)
    return compiled_from(rendering, recipe_of(variables))


def compiled_from(rendering: Rendering, recipe: str) -> Compiled:
    """The artefact of a rendering. Raises CrmError where a source has no model of its events."""
    models = rendering.steps["models"]
    graph = {name: sorted(models[name]["depends_on"]) for name in sorted(models)}
    order = list(TopologicalSorter(graph).static_order())
    raws = [name for name in order if models[name]["appends"]]
    downstream = {raw: [name for name in order if raw in _ancestors(name, graph)] for raw in raws}
    several = [source for source, _ in rendering.sources.values()]
    sources = []
    for raw in raws:
        source, table = rendering.sources[raw]
        # Of a source with several tables, each is one of its own.
        name = source if several.count(source) == 1 else table
        if f"{source}_events" not in models:
            raise CrmError(
                f"The source {source} has no model {source}_events, by which its single events are "
                "known. Add it, as docs/new-source.md tells, or take the source's models away."
            )
        told = models[f"{source}_events"]["told"]
        events = " union all ".join(told[model] for model in downstream[raw] if model in told)
        sources.append(Source(name, raw, events, tuple(downstream[raw])))
    return Compiled(
        version=__version__,
        recipe=recipe,
        dialect=rendering.dialect,
        schema=CRM_SCHEMA,
        sources=tuple(sorted(sources, key=lambda source: source.name)),
        steps=tuple(_step(name, rendering, sources) for name in order),
        lock=tuple(rendering.steps["lock"]),
        unlock=tuple(rendering.steps["unlock"]),
    )


def _ancestors(name: str, graph: dict[str, list[str]]) -> set[str]:
    return {*graph[name], *(other for up in graph[name] for other in _ancestors(up, graph))}


def _step(name: str, rendering: Rendering, sources: list[Source]) -> Step:
    given = rendering.steps["models"][name]
    select = rendering.selects["delta"][name]
    first = given["start"] if "contraction" in given else given["scope"]
    step = Step(
        model=name,
        reads=tuple(given["depends_on"]),
        relation=given["relation"],
        removed=given["removed"],
        statements=(),
        at_once=_filled([item for item in given["at_once"] if item not in first], select),
        indexes=tuple(given["indexes"]),
        landed=given["landed"],
    )
    if "contraction" in given:
        return replace(
            step,
            statements=_filled(first, select)
            + _filled(given["contraction"]["start"], given["pairs"], ":edges"),
            rounds=tuple(
                Round(item["edges_left"], tuple(item["contract"]), item["compose"])
                for item in given["contraction"]["rounds"]
            ),
            finish=_filled(given["changes"], select),
        )
    if given["appends"]:
        requested = f"{name}__requested"
        asked_for = f"select * from ({select}) as landed where id in (select id from {requested})"
        return replace(
            step,
            statements=_filled(given["changes"], rendering.selects["event"][name]),
            requested=requested,
            search=_filled(given["changes"], asked_for),
        )
    of_source = {}
    for source in sources:
        origin, _ = rendering.sources[source.raw]
        if name in source.steps and origin in given["of_source"]:
            select_of = rendering.of_source[origin][name]
            of_source[source.name] = _filled(given["of_source"][origin], select_of)
    return replace(step, statements=_filled(first + given["changes"], select), of_source=of_source)


def _filled(statements: list[Any], select: str, place: str = ":select") -> tuple[Statement, ...]:
    return tuple(
        replace(statement, select=statement.select.replace(place, select))
        if isinstance(statement, TemporaryTable)
        else statement.replace(place, select)
        for statement in statements_of(statements)
    )
