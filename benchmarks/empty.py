"""A dbt project that does nothing, with as many models as this one: what dbt itself costs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import yaml

from benchmarks.bases import Base
from headless_crm.pipeline import profile_of
from headless_crm.warehouse import dbt_output

_SCHEMA = "crm_empty"


class EmptyProject:
    """Its tables stand in the base's warehouse, in a schema of their own."""

    def __init__(self, base: Base, models: int) -> None:
        self.base, self.folder = base, base.folder / "empty"
        (self.folder / "models").mkdir(parents=True, exist_ok=True)
        project = {
            "name": "empty",
            "version": "0.1.0",
            "profile": "headless_crm",
            "models": {"+materialized": "table"},
            "flags": {"send_anonymous_usage_stats": False},
        }
        (self.folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
        for number in range(models):
            (self.folder / "models" / f"model_{number}.sql").write_text("select 1 as one\n")

    def run(self) -> float:
        """The seconds of `dbt run`, the whole of the command."""
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "run"]
        with profile_of(dbt_output(self.base.url) | {"schema": _SCHEMA}) as options:
            started = time.perf_counter()
            subprocess.run([*command, *options], cwd=self.folder, env=os.environ, check=True)
            return time.perf_counter() - started


def models_of(project: Path) -> int:
    """How many models a dbt project has."""
    return sum(1 for _ in (project / "models").rglob("*.sql"))
