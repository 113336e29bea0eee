"""The folder of a new source, written into a dbt project from the files of `template/`."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from headless_crm.errors import CrmError, UsageError
from headless_crm.new_source.project_file import PROJECT_FILE, with_source
from headless_crm.sources import known_sources

_PLACEHOLDER = "newsource"
"""Stands for the source's name in the template's files and in their names."""

_LONGEST_NAME = 30
"""A temporary table of the model with the longest name still has one that PostgreSQL takes."""

_TABLES_OF_RUNS = ("failed_events",)
"""Tables beside the models', of a name that a model could have."""


@dataclass(frozen=True)
class NewSource:
    """What was written: paths are of the project, `sample` is a file for `crm load`."""

    folder: Path
    files: tuple[Path, ...]
    sample: Path


def write_source(project: Path, name: str) -> NewSource:
    """Write the source called `name` into the dbt project: its folder, its lines in PROJECT_FILE.

    Raises UsageError, with nothing written, for a name that can't be one and for a project that
    can't take it, and CrmError where the file system refuses.
    """
    _check_name(name)
    models = project / "models" / "source_layer"
    if not models.is_dir():
        raise UsageError(f"{project} is no checkout of the project: it has no models/source_layer.")
    written = _filled(name)
    text = with_source(project / PROJECT_FILE, name, written)
    _check_free(project, name, written)
    folder = models / name
    try:
        _write(project, folder, written, text)
    except OSError as error:
        place = error.filename or project
        raise CrmError(f"{place} can't be written: {error.strerror}.") from error
    paths = tuple(folder / path for path in written)
    [sample] = [path for path in paths if path.suffix == ".jsonl"]
    return NewSource(folder, paths, sample)


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(
            f"{name!r} can't be a source's name: use a to z, 0 to 9 and _, and begin with a letter."
        )
    if len(name) > _LONGEST_NAME:
        raise UsageError(
            f"{name!r} is too long for a source's name: {_LONGEST_NAME} characters at most."
        )
    if yaml.safe_load(name) != name:
        raise UsageError(f"{name!r} can't be a source's name: YAML reads it as no text.")


def _check_free(project: Path, name: str, written: dict[Path, str]) -> None:
    """Raise UsageError where the project has the source, or a table that it would make."""
    if (project / "models" / "source_layer" / name).exists():
        raise UsageError(f"models/source_layer/{name} exists already: choose another name.")
    known = known_sources(project)
    for taken in (name, f"{name}_events"):
        if taken in known:
            raise UsageError(
                f"There is a source table {known[taken].declared} already: choose another name."
            )
    models = {path.stem for path in (project / "models").rglob("*.sql")}
    taken_models = {path.stem for path in written if path.suffix == ".sql"} & {
        *models,
        *(path.stem for path in (project / "seeds").glob("*.csv")),
        *_TABLES_OF_RUNS,
    }
    if taken_models:
        raise UsageError(f"There is a table {min(taken_models)} already: choose another name.")


def _filled(name: str) -> dict[Path, str]:
    """Path in the source's folder → text of each file."""
    found: dict[Path, str] = {}

    def read(folder: Traversable, place: Path) -> None:
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            path = place / entry.name.replace(_PLACEHOLDER, name)
            if entry.is_dir():
                read(entry, path)
            else:
                found[path] = entry.read_text(encoding="utf-8").replace(_PLACEHOLDER, name)

    read(files(__name__) / "template", Path())
    return found


def _write(project: Path, folder: Path, written: dict[Path, str], project_text: str) -> None:
    """Write all files beside the project's own, and then move them to their places."""
    with tempfile.TemporaryDirectory(prefix=".new-source-", dir=project) as beside:
        for path, text in written.items():
            target = Path(beside) / folder.name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        file = project / PROJECT_FILE
        new_file = Path(shutil.copy(file, beside))  # For its permissions.
        new_file.write_text(project_text, encoding="utf-8", newline="")
        (Path(beside) / folder.name).rename(folder)
        try:
            new_file.replace(file)
        except BaseException:
            shutil.rmtree(folder)
            raise
