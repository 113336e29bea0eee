"""Renders the project's macros to SQL without a dbt project or a profile."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).parents[2]
FOLDERS = ("addresses", "cross_db", "keys", "normalize")
VARS: dict[str, Any] = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]


@cache
def _module(**variables: Any) -> SimpleNamespace:
    own = SimpleNamespace()
    settings = VARS | variables
    environment = Environment(undefined=StrictUndefined, extensions=["jinja2.ext.do"])  # noqa: S701
    environment.globals |= {
        "adapter": SimpleNamespace(dispatch=lambda name, _: getattr(own, f"default__{name}")),
        "dbt": SimpleNamespace(
            type_int=lambda: "integer",
            type_string=lambda: "varchar",
            string_literal=lambda text: f"'{text}'",
        ),
        "headless_crm": own,
        "ref": lambda name: name,
        "return": str,
        "var": lambda name, *default: settings.get(name, *default),
    }
    files = [path for name in FOLDERS for path in sorted((ROOT / "macros" / name).glob("*.sql"))]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    vars(own).update(vars(environment.from_string(source).module))
    return own


def render(macro: str, *args: Any, **variables: Any) -> str:
    """The SQL of a macro, in its `default__` variant; `variables` are vars of the project."""
    return str(getattr(_module(**variables), macro)(*args))
