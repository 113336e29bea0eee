"""The recipe of a warehouse's rows: the models and the variables that made them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from headless_crm.config import project_dir
from headless_crm.queries import queries
from headless_crm.warehouse import open_warehouse

_FOLDERS = ("models", "macros", "seeds")
_INCREMENTAL_SEEDS = ("generic_domains.csv", "default_identifier_limits.csv")
"""Seeds whose changes an incremental build follows, as it does those of source tables."""
_OF_RUNS = (
    "audit_max_dead_letter_share",
    "audit_max_entity_size",
    "audit_max_suppressed_share",
    "event_id",
    "ledger_days",
    "lock_lapse_minutes",
    "lock_wait_seconds",
    "lookback_days",
    "override_incremental",
    "realtime_event_id",
    "rebuild_raw",
    "single_identifier_types",
)
"""Variables that say how a run goes or what is good enough, and not what a row holds."""


def recipe_of(variables: dict[str, Any]) -> str:
    """A digest of the project's files and these variables: another one makes other rows."""
    project = project_dir()
    telling = {name: value for name, value in variables.items() if name not in _OF_RUNS}
    digest = hashlib.sha256(json.dumps(telling, sort_keys=True, default=str).encode())
    files = [path for name in _FOLDERS for path in (project / name).rglob("*") if _counts(path)]
    for path in [project / "dbt_project.yml", *sorted(files)]:
        digest.update(str(path.relative_to(project)).encode())
        digest.update(path.read_bytes())
    for path in sorted((project / "models").rglob("*.yml")):
        digest.update("\n".join(_declarations(path)).encode())
    return digest.hexdigest()


def _declarations(path: Path) -> list[str]:
    """The lines of a yml that say columns and types: a union of sources is rendered by them."""
    lines = map(str.strip, path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line.startswith(("- name:", "data_type:"))]


def _counts(path: Path) -> bool:
    return path.suffix in (".sql", ".csv") and path.name not in _INCREMENTAL_SEEDS


def noted_recipe(url: str) -> str | None:
    """The recipe that made all rows of the warehouse anew; none before its first whole build."""
    with open_warehouse(url) as warehouse:
        if not warehouse.query(queries("ledger")["ledger_exists"]):
            return None
        return latest_recipe(warehouse.query)


def latest_recipe(query: Callable[[str], list[tuple[Any, ...]]]) -> str | None:
    """The recipe that the ledger notes last, asked by `query`."""
    return next((row[0] for row in query(queries("ledger")["noted_recipe"])), None)
