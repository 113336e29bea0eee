"""Renders the project's macros to SQL without a dbt project or a profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template

ROOT = Path(__file__).parents[2]
FOLDERS = ("addresses", "cross_db", "identity", "incremental", "keys", "normalize")
VARS: dict[str, Any] = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]


ENVIRONMENT = Environment(undefined=StrictUndefined, extensions=["jinja2.ext.do"])  # noqa: S701


@cache
def _code() -> CodeType:
    files = [path for name in FOLDERS for path in sorted((ROOT / "macros" / name).glob("*.sql"))]
    return ENVIRONMENT.compile("\n".join(path.read_text(encoding="utf-8") for path in files))


def _module(**variables: Any) -> SimpleNamespace:
    own = SimpleNamespace()
    settings = VARS | variables
    dialect = settings.get("dialect", "default")

    def dispatch(name: str, _: str) -> Any:
        return getattr(own, f"{dialect}__{name}", None) or getattr(own, f"default__{name}")

    context = {
        "adapter": SimpleNamespace(dispatch=dispatch),
        "api": SimpleNamespace(
            Column=SimpleNamespace(translate_type=lambda kind: kind),
            Relation=SimpleNamespace(create=_relation),
        ),
        "dbt": SimpleNamespace(
            dateadd=lambda part, count, time: f"({time} + interval ({count}) {part})",
            escape_single_quotes=lambda text: text.replace("'", "''"),
            string_literal=lambda text: f"'{text}'",
            type_int=lambda: "integer",
            type_string=lambda: "text" if dialect == "postgres" else "varchar",
        ),
        "execute": settings.get("is_incremental", False),
        "flags": SimpleNamespace(FULL_REFRESH=False),
        "graph": SimpleNamespace(nodes=settings.get("nodes", {})),
        "headless_crm": own,
        "is_incremental": lambda: settings.get("is_incremental", False),
        "ref": lambda name: name,
        "return": _returning,
        "target": SimpleNamespace(
            database="memory", name=settings.get("target_name", "crm"), schema="crm"
        ),
        "this": "this_model",
        "load_cached_relation": lambda name: name,
        "should_full_refresh": lambda: settings.get("full_refresh", False),
        "model": {
            "resource_type": "model",
            "name": "this_model",
            "alias": "this_model",
            "config": {"materialized": settings.get("materialized", "delta")},
            "sources": [["said", "events"]],
        },
        "var": lambda name, *default: settings.get(name, *default),
    }
    template = Template.from_code(ENVIRONMENT, _code(), ENVIRONMENT.globals | context)
    for name, macro in vars(template.module).items():
        setattr(own, name, _catching(macro) if callable(macro) else macro)
    return own


def _relation(schema: str, identifier: str, **_: str) -> str:
    return f"{schema}.{identifier}"


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
    """What a macro returns, such as SQL; `variables` are vars of the project.

    Of what dbt knows besides, `dialect`, `is_incremental`, `target_name` and `nodes` can be said
    like a var.
    """
    return getattr(_module(**variables), macro)(*args)
