"""Sources: the tables that raw data lands in, as the dbt project declares them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from headless_crm.config import project_dir
from headless_crm.errors import UsageError

Variables = Mapping[str, Any]
"""Settings of the models by name: those of dbt_project.yml, or what stands in for some of them."""


@dataclass(frozen=True)
class Source:
    """A source table: its source's name, its own in the project, and where its rows land."""

    name: str
    declared: str
    schema: str
    table: str

    @property
    def raw_model(self) -> str:
        """The model that takes its rows."""
        return f"{self.declared}_raw"


def find_source(name: str, variables: Variables | None = None) -> Source:
    """The table of the source called `name`; raises UsageError that tells the known names."""
    names = known_sources(variables=variables)
    if name in names:
        return names[name]
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    known = ", ".join(sorted({source.name for source in names.values()}))
    raise UsageError(f"Source {name!r} is not one that crm knows.{hint} Known are: {known}.")


def known_sources(
    project: Path | None = None, variables: Variables | None = None
) -> dict[str, Source]:
    """Every source by its table's name, and by its own where it has a single table.

    They are what the dbt project declares, so that a new source needs no line of Python; where
    their rows land, `variables` say before the project does. Without a `project`, it is the one
    that crm runs. Raises UsageError where one is not declared as the others are.
    """
    project = project or project_dir()
    variables = project_variables(project) | dict(variables or {})
    names: dict[str, Source] = {}
    for path in sorted(project.glob("models/source_layer/*/_*__sources.yml")):
        try:
            for declared in _yaml(path)["sources"]:
                tables = [table["name"] for table in declared["tables"] if _holds_records(table)]
                for table in tables:
                    schema, landing = relation_of(variables, f"{table}_table")
                    names[table] = Source(declared["name"], table, schema, landing)
                if len(tables) == 1:
                    names[declared["name"]] = names[tables[0]]
        except (KeyError, TypeError) as error:
            raise UsageError(
                f"{path} declares no source as the others are: each table has a name, and the var "
                "<name>_table in dbt_project.yml says where its rows land, as schema.table."
            ) from error
    return names


def _holds_records(table: dict[str, Any]) -> bool:
    """Whether rows land there, rather than rules."""
    columns = table.get("columns")
    return columns is None or "record" in [column["name"] for column in columns]


def source_tables(variables: Variables | None = None) -> list[Source]:
    """Each source table once, whatever names lead to it."""
    return list(dict.fromkeys(known_sources(variables=variables).values()))


def relation_of(variables: Variables, name: str) -> tuple[str, str]:
    """The schema and the table that a variable names; raises UsageError where it names none."""
    *_, schema, table = ("", *str(variables[name]).split("."))
    if not schema or not table:
        raise UsageError(f"{name} is {variables[name]!r}: say it as schema.table.")
    return schema, table


def project_variables(project: Path | None = None) -> dict[str, Any]:
    """The dbt vars of a project, or of the one that crm runs, as its dbt_project.yml has them."""
    variables: dict[str, Any] = _yaml((project or project_dir()) / "dbt_project.yml")["vars"]
    return variables


def _yaml(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is not YAML.") from error
    return content
