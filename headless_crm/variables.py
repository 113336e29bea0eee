"""Settings of the models: the names that the project knows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from headless_crm.config import project_dir
from headless_crm.errors import UsageError
from headless_crm.sources import project_variables

_FOLDERS = ("models", "macros", "seeds", "dbt_packages")
_ASKED_FOR = re.compile(r"""\bvar\(\s*['"](\w+)['"]""")
_NAMED_BY_AN_ARGUMENT = {"override_incremental"}
"""Variables whose name a macro gets as the default of an argument, so that no `var` has it."""
_OF_THE_PACKAGE = {"build_mode"}
"""Variables that the package sets itself, for SQL that is rendered ahead."""


def known_variables() -> set[str]:
    """The variables that can be set: those in dbt_project.yml, and those that its files ask for.

    A source or a macro of the user's own may ask for one that has no default there.
    """
    project = project_dir()
    asked_for = {
        name
        for folder in _FOLDERS
        for path in (project / folder).rglob("*")
        if path.suffix in (".sql", ".yml", ".yaml")
        for name in _ASKED_FOR.findall(path.read_text(encoding="utf-8"))
    }
    return {*project_variables(project), *asked_for, *_NAMED_BY_AN_ARGUMENT} - _OF_THE_PACKAGE


def check_known(names: Iterable[str]) -> None:
    """Raise UsageError where one of the names is of no variable: it would have no effect."""
    known = known_variables()
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]}?" if close else " docs/settings.md lists them."
            raise UsageError(f"{name!r} is no variable of the models.{hint}")
