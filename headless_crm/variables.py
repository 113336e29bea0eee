"""Settings of the models: the names that the project knows, and the kinds of their values."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from headless_crm.config import project_dir
from headless_crm.csv_files import read_csv
from headless_crm.errors import UsageError
from headless_crm.sources import project_variables

_FOLDERS = ("models", "macros", "seeds", "dbt_packages")
_ASKED_FOR = re.compile(r"""\bvar\(\s*['"](\w+)['"]""")
_NAMED_BY_AN_ARGUMENT = {"override_incremental"}
"""Variables whose name a macro gets as the default of an argument, so that no `var` has it."""
_OF_THE_PACKAGE = {"build_mode", "only_source"}
"""Variables that the package sets itself, for SQL that is rendered ahead."""
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
}
_EXAMPLES: dict[str, Any] = {
    "internal_domains": ["acme.com"],
    "test_emails": ["test@acme.com"],
    "trait_rules": {"name": {"rule": "source_priority", "sources": ["manual", "gadget"]}},
    "audit_max_entity_size": 50.0,
    "audit_max_dead_letter_share": 0.01,
    "audit_max_suppressed_share": 0.01,
}
"""Values of variables whose default is empty or null, and tells no kind; they may be null."""


def _asked_for() -> set[str]:
    """The variables that the project's files ask for: the user's own may have no default."""
    return {
        name
        for folder in _FOLDERS
        for path in (project_dir() / folder).rglob("*")
        if path.suffix in (".sql", ".yml", ".yaml")
        for name in _ASKED_FOR.findall(path.read_text(encoding="utf-8"))
    }


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raise UsageError where one has a name that has no effect, or a value of another kind."""
    examples = project_variables() | _EXAMPLES
    known = {*examples, *_asked_for(), *_NAMED_BY_AN_ARGUMENT} - _OF_THE_PACKAGE
    for name, value in variables.items():
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]}?" if close else " docs/settings.md lists them."
            raise UsageError(f"{name!r} is no variable of the models.{hint}")
        if value is not None or name not in _EXAMPLES:
            _check_kind(name, value, examples.get(name))
    _check_region(variables.get("default_phone_region"))


def _check_kind(name: str, value: Any, example: Any) -> None:
    if not _is_like(value, example):
        shown = {name: example[:2] if isinstance(example, list) else example}
        written = yaml.safe_dump(shown, default_flow_style=True, sort_keys=False, width=1000)
        quotes = " Put text that YAML reads otherwise, such as NO, into quotes."
        raise UsageError(
            f"{name} is {json.dumps(value, ensure_ascii=False)}, and must be "
            f"{_KINDS[type(example)]}, as in {written.strip()}."
            + (quotes if isinstance(example, str) else "")
        )


def _is_like(value: Any, example: Any) -> bool:
    """Whether it is of the example's kind, and so is all in it; any is like what tells no kind."""
    if type(example) not in _KINDS:
        return True
    if isinstance(example, float):
        return type(value) in (int, float)
    if type(value) is not type(example):
        return False
    if isinstance(example, list):
        return not example or all(_is_like(part, example[0]) for part in value)
    if isinstance(example, dict):
        first = next(iter(example.values()), None)
        return all(_is_like(part, example.get(name, first)) for name, part in value.items())
    return True


def _check_region(region: str | None) -> None:
    if region is None:
        return
    _, rows = read_csv(project_dir() / "seeds" / "phone_regions.csv")
    if region not in {row["region"] for _, row in rows}:
        raise UsageError(
            f"default_phone_region is {region!r}, and must be one of seeds/phone_regions.csv: "
            "mostly a country's code of two letters, such as US or GB."
        )
