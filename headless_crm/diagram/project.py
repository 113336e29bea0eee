"""The tables of the project, as dbt's graph has them; no warehouse is looked at."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from dbt.contracts.graph.manifest import Manifest

from headless_crm.config import DEFAULT_WAREHOUSE
from headless_crm.diagram.tables import SOURCES, STATE, Column, Link, Table
from headless_crm.pipeline import ahead_of_any, checked, invoke, parsed, profile_of
from headless_crm.warehouse import dbt_output

_STATE = "{{ tojson({'string': dbt.type_string(), 'tables': headless_crm.state_tables()}) }}"
_COMPILE = ("compile", "--no-introspect", "--no-populate-cache", "--inline", _STATE)


@dataclass(frozen=True)
class Project:
    """All tables, and the references that tests of dbt's kind `relationships` hold them to."""

    tables: tuple[Table, ...]
    declared: tuple[Link, ...]


def read_project() -> Project:
    """Parse the project. Raises CrmError where dbt can't."""
    # The kind of warehouse makes no difference: types are shown as the project writes them.
    output = ahead_of_any(dbt_output(DEFAULT_WAREHOUSE))
    manifest = parsed(output, {})
    with profile_of(output) as options:
        command = [*_COMPILE, *options]
        [inline] = checked(invoke(command, manifest=manifest, cache=output["type"]))
    return project_of(manifest, json.loads(inline.node.compiled_code))


def project_of(manifest: Manifest, state: dict[str, Any]) -> Project:
    """The project of a manifest; `state` has the columns of the macro state_tables."""
    nodes: list[Any] = [
        node for node in manifest.nodes.values() if node.resource_type in ("model", "seed")
    ]
    names = {node.unique_id: node.name for node in nodes}
    names |= {node.unique_id: _landing(node) for node in manifest.sources.values()}
    ephemeral = {node.unique_id: node for node in nodes if node.config.materialized == "ephemeral"}
    nodes = [node for node in nodes if node.unique_id not in ephemeral]
    models: list[Any] = [node for node in nodes if node.resource_type == "model"]
    # Where sources are read, a folder is a source.
    grouped = {node.fqn[1] for node in models if node.sources}
    tables = [_model(node, _reads(node, names, ephemeral), grouped) for node in models]
    made = {node.unique_id for node in models}
    readers: defaultdict[str, set[str]] = defaultdict(set)
    for table in tables:
        for name in table.reads:
            readers[name].add(table.group)
    for node in [*nodes, *manifest.sources.values()]:
        if node.unique_id not in made:
            name = names[node.unique_id]
            groups = readers[name]
            group = next(iter(groups)) if len(groups) == 1 else ""
            tables.append(Table(name, SOURCES, _columns(node, ()), group=group))
    for name, columns in state["tables"].items():
        tables.append(Table(name, STATE, _state_columns(columns, state["string"])))
    return Project(
        tuple(sorted(tables, key=lambda table: table.name)),
        tuple(sorted(_declared(manifest))),
    )


def _landing(node: Any) -> str:
    return f"{node.schema}.{node.identifier}"


def _reads(node: Any, names: dict[str, str], ephemeral: dict[str, Any]) -> set[str]:
    """The tables that a node reads: of what has none, those that it reads itself."""
    found: set[str] = set()
    for up in node.depends_on.nodes:
        if up in ephemeral:
            found |= _reads(ephemeral[up], names, ephemeral)
        elif up in names:
            found.add(names[up])
    return found


def _model(node: Any, reads: set[str], grouped: set[str]) -> Table:
    layer, *folders = node.fqn[1:-1]
    folders = [*folders, "", ""] if layer in grouped else ["", ""]
    keys = node.config.unique_key or ()
    return Table(
        name=node.name,
        layer=layer,
        columns=_columns(node, (keys,) if isinstance(keys, str) else tuple(keys)),
        reads=tuple(sorted(reads)),
        group=folders[0],
        stage=folders[1],
    )


def _columns(node: Any, keys: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(
        Column(column.name, column.data_type or "", column.name in keys)
        for column in node.columns.values()
    )


def _state_columns(columns: str, string: str) -> tuple[Column, ...]:
    """Of `name type, name type`, with the warehouse's own word for a string."""
    pairs = [column.split(maxsplit=1) for column in re.split(r",\s*(?![^(]*\))", columns)]
    return tuple(Column(name, "string" if kind == string else kind) for name, kind in pairs)


def _declared(manifest: Manifest) -> list[Link]:
    found = []
    nodes: list[Any] = list(manifest.nodes.values())
    for node in nodes:
        test = getattr(node, "test_metadata", None)
        if test is None or test.name != "relationships" or not node.attached_node:
            continue
        start = manifest.nodes[node.attached_node]
        column = str(test.kwargs["column_name"])
        [end] = re.findall(r"ref\(.*?(\w+)['\"]\)", test.kwargs["to"])
        found.append(Link(start.name, end, column, str(test.kwargs["field"])))
    return found
