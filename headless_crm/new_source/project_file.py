"""The lines of a source in dbt_project.yml, put in as text, so that all others stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from headless_crm.errors import UsageError

PROJECT_FILE = "dbt_project.yml"

_LISTS = {
    "events": "event_sources",
    "person_identifiers": "person_identifier_sources",
    "group_identifiers": "group_identifier_sources",
    "person_traits": "person_trait_sources",
    "group_traits": "group_trait_sources",
    "membership_identifiers": "membership_sources",
    "dead_letters": "dead_letter_sources",
}
"""The end of a model's name → the var that lists such models."""


def with_source(path: Path, name: str, models: Iterable[Path]) -> str:
    """The text of dbt_project.yml with the lines of a source that has these models.

    They are the var of its table, and one entry in the list of each kind of model. Raises
    UsageError where the file is not as it must be for that.
    """
    text = _read(path)
    block = _vars(path, text)
    variables = _entries(block)
    stems = {model.stem for model in models}
    table = f"{name}_events_table"
    indent = " " * block.start_mark.column
    places = [(_end_of_tables(path, variables), f"{indent}{table}: raw.{name}_events\n")]
    expected = yaml.safe_load(text)
    expected["vars"][table] = f"raw.{name}_events"
    for ending, variable in _LISTS.items():
        model = f"{name}_{ending}"
        if model in stems:
            line, column = _end_of_list(path, variables, variable)
            own, dash = " " * (column + 2), " " * column
            places.append((line, f"{dash}- name: {model}\n{own}source: {name}\n"))
            expected["vars"][variable].append({"name": model, "source": name})
    result = _inserted(text, places)
    if _parsed(result) != expected:
        raise UsageError(f"{path} is not laid out so that lines can be added to its vars.")
    return result


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text.") from error


def _vars(path: Path, text: str) -> yaml.MappingNode:
    """The vars, as a node that knows where in the text it stands."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise UsageError(f"{path} is not YAML{place}.") from error
    found = _entries(root).get("vars")
    if not isinstance(found, yaml.MappingNode) or found.flow_style:
        raise UsageError(f"{path} has no vars, one a line.")
    return found


def _entries(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): value for key, value in node.value}


def _end_of_tables(path: Path, variables: dict[str, yaml.Node]) -> int:
    """The line after the last var of a source's table."""
    ends = [node.end_mark.line for name, node in variables.items() if name.endswith("_table")]
    if not ends:
        raise UsageError(f"{path} has no var of a source's table, such as manual_events_table.")
    return max(ends) + 1


def _end_of_list(path: Path, variables: dict[str, yaml.Node], name: str) -> tuple[int, int]:
    """The line after the last item of a var's list, and the column of its dashes."""
    node = variables.get(name)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise UsageError(f"{path} has no list {name}, one model an item.")
    last = node.value[-1]
    ends = [value.end_mark.line for value in _entries(last).values()] or [last.end_mark.line]
    return max(ends) + 1, node.start_mark.column


def _inserted(text: str, places: list[tuple[int, str]]) -> str:
    """The text with further ones before lines, which count from 0."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    for line, added in sorted(places, reverse=True):
        lines.insert(line, added.replace("\n", newline))
    return "".join(lines)


def _parsed(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None
