"""The project's SQL as dbt renders it, ahead of any warehouse."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from dbt.contracts.graph.manifest import Manifest

from headless_crm.config import Settings
from headless_crm.pipeline import checked, connection_options, invoke

DATABASE = ":database"
"""Stands in the SQL for the name of the database, so that it runs in any."""

# Rendering looks at nothing in a warehouse, so that none need be there.
_AHEAD = ("--no-introspect", "--no-populate-cache")


@dataclass(frozen=True)
class Rendering:
    """`selects` by build mode and model, `steps` as the macro compiled_steps gives them.

    `layers` has each model's folder under models/. `dialect` is dbt's name of the warehouse's kind;
    `sources` has the name and the table of the source that a raw model reads.
    """

    selects: dict[str, dict[str, str]]
    steps: dict[str, Any]
    layers: dict[str, str]
    dialect: str
    sources: dict[str, tuple[str, str]]


def render(settings: Settings, variables: dict[str, Any], modes: Iterable[str]) -> Rendering:
    """Render all models in each of the build modes, see the macro build_mode."""
    with connection_options(settings) as options:
        parsed = invoke(["parse", "--vars", json.dumps(variables), *options])
        checked(parsed)
        manifest = cast(Manifest, parsed.result)

        def compiled(mode: str, *arguments: str) -> list[Any]:
            given = json.dumps(variables | {"build_mode": mode})
            command = ["compile", *_AHEAD, *arguments, "--vars", given, *options]
            return checked(invoke(command, manifest=manifest))

        selects = {}
        for mode in modes:
            # The nodes are the manifest's own, which the next mode writes over.
            models = [node.node for node in compiled(mode) if node.node.resource_type == "model"]
            selects[mode] = {node.name: node.compiled_code for node in models}
        [inline] = compiled("delta", "--inline", "{{ headless_crm.compiled_steps() }}")
        steps = inline.node.compiled_code
    database = models[0].database
    return Rendering(
        selects={
            mode: {name: _anywhere(sql, database) for name, sql in found.items()}
            for mode, found in selects.items()
        },
        steps=json.loads(_anywhere(steps, database, quote='\\"')),
        dialect=str(manifest.metadata.adapter_type),
        layers={node.name: node.fqn[1] for node in models},
        sources={node.name: tuple(node.sources[0]) for node in models if node.sources},
    )


def _anywhere(sql: str, database: str, quote: str = '"') -> str:
    return sql.replace(f"{quote}{database}{quote}.", f"{DATABASE}.")
