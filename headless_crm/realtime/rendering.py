"""The project's SQL as dbt renders it, ahead of any warehouse."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from headless_crm.pipeline import ANY_DATABASE, ahead_of_any, checked, invoke, parsed, profile_of
from headless_crm.warehouse import dbt_output

DATABASE = ":database"
"""Stands in the SQL for the name of the database, so that it runs in any."""
ALL_MODELS = "resource_type:model"
"""In dbt's words for what it selects."""

# Rendering looks at nothing in a warehouse, so that none need be there. Tests, which would come
# with the models and are more than twice as many, are left out: nobody asks for their SQL.
_AHEAD = ("--no-introspect", "--no-populate-cache", "--indirect-selection", "empty")
# dbt renders it once more to find what it refers to, which is nothing.
_STEPS = "{% if execute %}{{ headless_crm.compiled_steps() }}{% endif %}"


@dataclass(frozen=True)
class Rendering:
    """`selects` by build mode and model, `steps` as the macro compiled_steps gives them.

    The mode `event` has raw models alone; the mode `create` those that were asked for.
    `of_source` has the selects of deltas that unite the models of one source alone, by source and
    model. `layers` has each model's folder under models/. `dialect` is dbt's name of the
    warehouse's kind; `sources` has the name and the table of the source that a raw model reads.
    """

    selects: dict[str, dict[str, str]]
    of_source: dict[str, dict[str, str]]
    steps: dict[str, Any]
    layers: dict[str, str]
    dialect: str
    sources: dict[str, tuple[str, str]]


def render(url: str, variables: dict[str, Any], whole: str = "") -> Rendering:
    """Render all models as deltas, and raw ones for single events too, for the kind of warehouse
    at `url`; those that dbt selects by `whole` also as a first build makes them. See the macro
    build_mode.
    """
    output = ahead_of_any(dbt_output(url))
    manifest = parsed(output, variables)
    with profile_of(output) as options:

        def compiled(mode: str, *arguments: str, **more: str) -> list[Any]:
            given = json.dumps(variables | {"build_mode": mode} | more)
            command = ["compile", *_AHEAD, *arguments, "--vars", given, *options]
            results = checked(invoke(command, manifest=manifest, cache=output["type"]))
            return [result.node for result in results]

        def selects_of(nodes: list[Any]) -> dict[str, str]:
            # The nodes are the manifest's own, which the next rendering writes over.
            return {node.name: _anywhere(node.compiled_code) for node in nodes}

        models = compiled("delta", "--select", ALL_MODELS)
        selects = {"delta": selects_of(models)}
        raws = [node.name for node in models if node.config.get("appends")]
        united = [node.name for node in models if node.config.get("unites")]
        if whole:
            selects["create"] = selects_of(compiled("create", "--select", whole))
        selects["event"] = selects_of(compiled("event", "--select", *raws))
        of_source = {}
        for source in {node.sources[0][0] for node in models if node.name in raws}:
            found = compiled("delta", "--select", *united, only_source=source)
            of_source[source] = selects_of(found)
        [inline] = compiled("delta", "--inline", _STEPS)
        steps = inline.compiled_code
    return Rendering(
        selects=selects,
        of_source=of_source,
        steps=json.loads(_anywhere(steps, quote='\\"')),
        dialect=str(manifest.metadata.adapter_type),
        layers={node.name: node.fqn[1] for node in models},
        sources={node.name: tuple(node.sources[0]) for node in models if node.sources},
    )


def _anywhere(sql: str, quote: str = '"') -> str:
    return sql.replace(f"{quote}{ANY_DATABASE}{quote}.", f"{DATABASE}.")
