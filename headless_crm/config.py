"""Settings: everything that a command needs to know about its surroundings, in one place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEFAULT_WAREHOUSE = "duckdb:///crm.duckdb"
DEFAULT_COMPILED = "crm-compiled.json"
DEFAULT_DIAGRAM = "database-diagram.xml"
CRM_SCHEMA = "crm"


@dataclass(frozen=True)
class Settings:
    """What the command line and the environment decided.

    `warehouse` is a URL. `profile` and `target` name a dbt user's own profile instead; then the
    URL is not used to build.
    """

    warehouse: str = DEFAULT_WAREHOUSE
    profile: str | None = None
    target: str | None = None


@contextmanager
def environment_with(values: Mapping[str, str]) -> Iterator[None]:
    """Give this process's environment these values while the block runs."""
    before = {name: os.environ[name] for name in values.keys() & os.environ.keys()}
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]
        os.environ.update(before)


_PACKAGED = Path(__file__).parent / "dbt"


def in_package() -> bool:
    """Whether the dbt project is the one inside an installed wheel."""
    return _PACKAGED.is_dir()


def project_dir() -> Path:
    """Where the dbt project stands: inside an installed wheel, or at the root of a checkout."""
    return _PACKAGED if in_package() else Path(__file__).parent.parent
