"""The project's SQL as dbt renders it, ahead of any warehouse."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from dbt.contracts.graph.manifest import Manifest

from headless_crm.pipeline import checked, invoke, profile_of
from headless_crm.warehouse import dbt_output

DATABASE = ":database"
"""Stands in the SQL for the name of the database, so that it runs in any."""

_DATABASE = "a_database_of_any_name"

# Rendering looks at nothing in a warehouse, so that none need be there.
_AHEAD = ("--no-introspect", "--no-populate-cache")
# They are more than twice as many as the models, and nobody asks for their SQL.
_NO_TESTS = ("--exclude", "resource_type:test")


@dataclass(frozen=True)
class Rendering:
    """`selects` by build mode and model, `steps` as the macro compiled_steps gives them.

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


def render(url: str, variables: dict[str, Any], modes: Iterable[str]) -> Rendering:
    """Render all models in each of the build modes, for the kind of warehouse at `url`.

    See the macro build_mode.
    """
    # With a name for the database that is found again, whatever schemas are called.
    output = dbt_output(url)
    output |= {name: _DATABASE for name in ("path", "dbname") if name in output}
    # dbt parses all anew for a warehouse of another kind.
    cache = f"ahead_{output['type']}"
    with profile_of(output) as options:
        parsed = invoke(["parse", "--vars", json.dumps(variables), *options], cache=cache)
        checked(parsed)
        manifest = cast(Manifest, parsed.result)

        def compiled(mode: str, *arguments: str, **more: str) -> list[Any]:
            given = json.dumps(variables | {"build_mode": mode} | more)
            command = ["compile", *_AHEAD, *_NO_TESTS, *arguments, "--vars", given, *options]
            return checked(invoke(command, manifest=manifest, cache=cache))

        def selects_of(nodes: list[Any]) -> dict[str, str]:
            # The nodes are the manifest's own, which the next rendering writes over.
            return {node.name: _anywhere(node.compiled_code) for node in nodes}

        selects = {}
        for mode in modes:
            models = [node.node for node in compiled(mode) if node.node.resource_type == "model"]
            selects[mode] = selects_of(models)
        united = [node.name for node in models if node.config.get("unites")]
        of_source = {}
        for source in {node.sources[0][0] for node in models if node.config.get("appends")}:
            found = compiled("delta", "--select", *united, only_source=source)
            of_source[source] = selects_of([node.node for node in found])
        [inline] = compiled("delta", "--inline", "{{ headless_crm.compiled_steps() }}")
        steps = inline.node.compiled_code
    return Rendering(
        selects=selects,
        of_source=of_source,
        steps=json.loads(_anywhere(steps, quote='\\"')),
        dialect=str(manifest.metadata.adapter_type),
        layers={node.name: node.fqn[1] for node in models},
        sources={node.name: tuple(node.sources[0]) for node in models if node.sources},
    )


def _anywhere(sql: str, quote: str = '"') -> str:
    return sql.replace(f"{quote}{_DATABASE}{quote}.", f"{DATABASE}.")
