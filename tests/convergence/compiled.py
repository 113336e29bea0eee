"""The project's SQL as dbt renders it ahead of any warehouse, for the tests to execute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

from headless_crm.config import Settings
from headless_crm.pipeline import run
from headless_crm.realtime.compiled import Compiled
from headless_crm.realtime.compiling import compiled_from
from headless_crm.realtime.rendering import ALL_MODELS, DATABASE, render

OPERATIONAL = ("_ingested_at", "source_ingested_at")


@dataclass(frozen=True)
class Project:
    """Statements by model: `steps` as compiled_steps gives them, `selects` by build mode."""

    steps: dict[str, Any]
    selects: dict[str, dict[str, str]]
    layers: dict[str, str]
    compiled: Compiled

    @cached_property
    def order(self) -> list[str]:
        """The models' names, each after those that it reads."""
        graph = {name: sorted(step["depends_on"]) for name, step in self.models.items()}
        return list(TopologicalSorter(graph).static_order())

    @property
    def models(self) -> dict[str, Any]:
        return self.steps["models"]  # type: ignore[no-any-return]

    def with_select(self, name: str, statements: list[str] | str, mode: str) -> Any:
        """Statements with the model's own select in its place."""
        if isinstance(statements, str):
            return statements.replace(":select", self.selects[mode][name])
        return [self.with_select(name, sql, mode) for sql in statements]

    @cached_property
    def reads_source(self) -> set[str]:
        return {name for name, step in self.models.items() if step["appends"]}


def compile_project(url: str) -> Project:
    """Load the seeds into the warehouse at `url`, and render all models in all modes."""
    run(Settings(url), ["seed"])
    rendering = render(url, {}, whole=ALL_MODELS)
    return Project(
        _texts(rendering.steps, rendering.dialect),
        _texts(rendering.selects, rendering.dialect),
        rendering.layers,
        compiled_from(rendering, "a recipe"),
    )


def _texts(value: Any, dialect: str) -> Any:
    """All temporary tables as the statements by which dbt makes them."""
    if isinstance(value, str):
        return value.replace(f"{DATABASE}.", "")
    if isinstance(value, list):
        return [_texts(item, dialect) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) != {"table", "select"}:
        return {name: _texts(item, dialect) for name, item in value.items()}
    table, select = value["table"], _texts(value["select"], dialect)
    if dialect == "duckdb":
        return f"create or replace temporary table {table} as {select}"
    return (
        f"drop table if exists pg_temp.{table}; "
        f"create temporary table {table} as {select}; analyze {table}"
    )
