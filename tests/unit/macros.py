"""Renders the project's macros to SQL without a dbt project or a profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).parents[2]
FOLDERS = ("addresses", "cross_db", "identity", "keys", "normalize")
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
        "return": _returning,
        "var": lambda name, *default: settings.get(name, *default),
    }
    files = [path for name in FOLDERS for path in sorted((ROOT / "macros" / name).glob("*.sql"))]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for name, macro in vars(environment.from_string(source).module).items():
        setattr(own, name, _catching(macro) if callable(macro) else macro)
    return own


class _Returned(Exception):  # noqa: N818
    """Carries what a macro returns, which can be more than text."""


def _returning(value: Any) -> None:
    raise _Returned(value)


def _catching(macro: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        try:
            return macro(*args, **options)
        except _Returned as returned:
            return returned.args[0]

    return call


def render(macro: str, *args: Any, **variables: Any) -> Any:
    """What a macro returns, such as SQL; `variables` are vars of the project."""
    return getattr(_module(**variables), macro)(*args)
