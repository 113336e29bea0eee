"""The project's SQL as dbt renders it ahead of any warehouse, for the tests to execute."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml
from dbt.cli.main import dbtRunner

from headless_crm.config import project_dir
from headless_crm.warehouse import dbt_output, run_of_dbt

OPERATIONAL = ("_ingested_at", "source_ingested_at")


@dataclass(frozen=True)
class Project:
    """Statements by model: `steps` as compiled_steps gives them, `selects` by build mode."""

    steps: dict[str, Any]
    selects: dict[str, dict[str, str]]
    layers: dict[str, str]

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


def compile_project(url: str, folder: Path, database: str) -> Project:
    """Load the seeds into the warehouse at `url`, and render all models in both modes.

    The name of its `database` goes from the SQL, so that it runs in any. Rendering looks at nothing
    in it.
    """
    profile = {"headless_crm": {"target": "crm", "outputs": {"crm": dbt_output(url)}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
    ahead = ("--no-introspect", "--no-populate-cache")
    with run_of_dbt(url):
        _dbt(folder, "seed")
        results = {
            mode: _dbt(folder, "compile", *ahead, "--vars", json.dumps({"build_mode": mode}))
            for mode in ("create", "delta")
        }
        inline_sql = "{{ headless_crm.compiled_steps() }}"
        [inline] = _dbt(folder, "compile", *ahead, "--inline", inline_sql)
    selects = {
        mode: {
            node.node.name: _plain(node.node.compiled_code, database)
            for node in nodes
            if node.node.resource_type == "model"
        }
        for mode, nodes in results.items()
    }
    layers = {
        node.node.name: node.node.fqn[1]
        for node in results["delta"]
        if node.node.resource_type == "model"
    }
    steps = json.loads(_plain(inline.node.compiled_code, database, quote='\\"'))
    return Project(steps, selects, layers)


def _dbt(folder: Path, *arguments: str) -> list[Any]:
    options = {
        "--profiles-dir": folder,
        "--project-dir": project_dir(),
        "--target-path": folder / "target",
        "--log-path": folder,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        result = dbtRunner().invoke(
            [*arguments, *(str(part) for option in options.items() for part in option)]
        )
    assert result.success, result.exception
    return result.result.results  # type: ignore[union-attr,return-value]


def _plain(sql: str, database: str, quote: str = '"') -> str:
    return sql.replace(f"{quote}{database}{quote}.", "")
