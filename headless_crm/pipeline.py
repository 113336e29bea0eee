"""The batch pipeline: dbt, run in this process over the project's models."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from dbt.adapters.factory import load_plugin
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.exceptions import DbtProfileError, DbtProjectError
from dbt_common.events.base_types import EventMsg

from headless_crm.config import Settings, environment_with, project_dir
from headless_crm.errors import CrmError, UsageError
from headless_crm.queries import queries
from headless_crm.recipe import noted_recipe, recipe_of
from headless_crm.stops import ended_by, noted_stops
from headless_crm.warehouse import dbt_output, open_warehouse, run_of_dbt

ANY_DATABASE = "a_database_of_any_name"

_PASSWORD = "DBT_ENV_SECRET_CRM_PASSWORD"  # noqa: S105  # dbt hides values of such names.

_MODELS = ("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
_TESTS = ("test", "--exclude-resource-type", "unit_test")

Progress = Callable[[str, int, int], None]
"""Called with the name of the node that ended, its position and the number of nodes."""


@dataclass(frozen=True)
class BuildReport:
    """What a build did: numbers of dbt nodes, and seconds from first to last.

    `rebuilt` tells that the models or variables had changed, so that all rows were made anew.
    `dead_letters` are all rows there are that can't be processed; None with a profile of the user's
    own.
    """

    models: int
    tests: int
    rebuilt: bool
    dead_letters: int | None
    warnings: tuple[str, ...]
    seconds: float


def build(
    settings: Settings,
    *,
    full_refresh: bool = False,
    tests: bool | None = None,
    variables: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Run all models in the order of the graph, and `tests` them.

    Tests read all rows there are. Unless it's said, they are run when all rows were made anew: by
    the first build, and by a full refresh. That is what a build becomes when the models or their
    variables are not those that made the rows. With a profile of the user's own a build is whole
    by `full_refresh` alone: what made the rows is not noted there.

    Raises CrmError when a model or a test failed.
    """
    started = time.monotonic()
    # A profile's warehouse is the user's to know about.
    url = None if settings.profile else settings.warehouse
    recipe = recipe_of(variables or {})
    noted = noted_recipe(url) if url else None
    with _place_of_dbt(settings, first=noted is None):
        if url and noted is None:
            noted = noted_recipe(url)  # Another first build may have been waited for.
        rebuilt = noted is not None and noted != recipe
        full_refresh = full_refresh or rebuilt
        whole = full_refresh or (url is not None and noted is None)
        command = [*_MODELS, "--full-refresh"] if full_refresh else _MODELS
        # The run notes it at its end, or checks it at its start: macros/runs/start_run.sql.
        told = "CRM_RECIPE" if whole else "CRM_RECIPE_OF_ROWS"
        with environment_with({told: recipe} if url else {}):
            results = [_ran(settings, command, variables, progress)]
    if whole if tests is None else tests:
        results.append(run(settings, _TESTS, variables, progress))
    dead_letters = _dead_letters(url) if url else None
    return _report(results, rebuilt, dead_letters, time.monotonic() - started)


def _dead_letters(url: str) -> int:
    with open_warehouse(url, read_only=True) as warehouse:
        return sum(rows for _, _, rows in warehouse.query(queries("summary")["dead_letters"]))


def run(
    settings: Settings,
    command: Sequence[str],
    variables: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> list[Any]:
    """Run a command of dbt on a warehouse; returns its nodes, or raises as `checked` does."""
    with _place_of_dbt(settings):
        return _ran(settings, command, variables, progress)


def _place_of_dbt(settings: Settings, *, first: bool = False) -> AbstractContextManager[None]:
    """Where dbt may run, as `run_of_dbt` has it. A profile of the user's own needs nothing."""
    return nullcontext() if settings.profile else run_of_dbt(settings.warehouse, first=first)


def _ran(
    settings: Settings,
    command: Sequence[str],
    variables: dict[str, Any] | None,
    progress: Progress | None,
) -> list[Any]:
    given = ["--vars", json.dumps(variables or {})]
    if settings.profile:
        return checked(invoke([*command, *given, *_own_profile(settings)], progress))
    output = dbt_output(settings.warehouse)
    manifest = parsed(ahead_of_any(output), variables or {})
    _put_in_database(manifest, _database_of(output))
    with profile_of(output) as options:
        arguments = [*command, *given, *options]
        return checked(invoke(arguments, progress, manifest, output["type"]))


def _own_profile(settings: Settings) -> list[str]:
    """The options that tell dbt of a user's own profile."""
    folder = Path(os.environ.get("DBT_PROFILES_DIR") or Path.home() / ".dbt")
    if not any((place / "profiles.yml").is_file() for place in (folder, Path.cwd())):
        raise UsageError(
            f"--profile {settings.profile}: there is no profiles.yml here or in {folder}. "
            "Write one, or use --warehouse."
        )
    own = ["--profile", str(settings.profile)]
    return [*own, "--target", settings.target] if settings.target else own


def ahead_of_any(output: dict[str, Any]) -> dict[str, Any]:
    """A profile's output without its connection: one for all warehouses of a kind.

    So what dbt parsed for one serves the others. SQL names ANY_DATABASE, which is replaced later.
    """
    neutral = {name: output[name] for name in ("type", "schema", "threads")} | {"port": 1}
    neutral |= dict.fromkeys(("path", "host", "user", "password", "dbname"), ANY_DATABASE)
    return {name: value for name, value in neutral.items() if name in output}


def parsed(output: dict[str, Any], variables: dict[str, Any]) -> Manifest:
    """The project, as dbt parses it with this output of a profile.

    Raises CrmError where the project can't be parsed.
    """
    with profile_of(output) as options:
        command = ["parse", "--vars", json.dumps(variables), *options]
        result = invoke(command, cache=output["type"])
        checked(result)
    return cast(Manifest, result.result)


def _put_in_database(manifest: Manifest, database: str) -> None:
    """Name the database of a manifest that was parsed ahead of any."""
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        node.database = database
        if name := getattr(node, "relation_name", None):
            node.relation_name = name.replace(f'"{ANY_DATABASE}"', f'"{database}"')
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]  # Macros see it as `graph`.


def _database_of(output: dict[str, Any]) -> str:
    """What dbt calls the database of a profile's output."""
    credentials = load_plugin(output["type"])
    return str(credentials.from_dict(credentials.translate_aliases(output)).database)


@contextmanager
def profile_of(output: dict[str, Any]) -> Iterator[list[str]]:
    """The options that give dbt a profile with this output alone.

    Its password is in this process's environment while the block runs: a process that is killed
    leaves the file.
    """
    literal = {name: _literal(value) for name, value in output.items()}
    secret = {}
    if password := output.get("password"):
        literal["password"] = f"{{{{ env_var('{_PASSWORD}') }}}}"
        secret[_PASSWORD] = password
    profile = {"headless_crm": {"target": "crm", "outputs": {"crm": literal}}}
    with tempfile.TemporaryDirectory(prefix="crm-") as profiles, environment_with(secret):
        (Path(profiles) / "profiles.yml").write_text(yaml.safe_dump(profile))
        yield ["--profiles-dir", profiles]


def _literal(value: Any) -> Any:
    """A profile's value that dbt takes as it is: a user's name may hold what Jinja would render."""
    return f"{{% raw %}}{value}{{% endraw %}}" if isinstance(value, str) and "{" in value else value


def invoke(
    arguments: list[str],
    progress: Progress | None = None,
    manifest: Manifest | None = None,
    cache: str = "",
) -> dbtRunnerResult:
    """Run dbt in this process on the project, which a `manifest` saves it to parse again.

    What it parsed is kept in a folder that is named after the project's place, and `cache`: for
    another kind of warehouse, dbt would parse all anew. Its JSON files nobody would read there.

    Raises KeyboardInterrupt when a signal stopped it, whatever dbt made of that.
    """
    project = project_dir()
    artefacts = _artefacts(project)
    command = [
        *arguments, "--project-dir", str(project), "--target-path", str(artefacts / cache),
        "--log-path", str(artefacts), "--log-level", "none", "--log-level-file", "info",
        "--no-write-json",
    ]  # fmt: skip
    with _no_collection(), noted_stops() as stops:
        callbacks = [ended_by(stops), *([_node_callback(progress)] if progress else [])]
        result = dbtRunner(manifest=manifest, callbacks=callbacks).invoke(command)
        if stops:
            raise KeyboardInterrupt
        return result


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave cycles of objects where they are: dbt keeps nearly all that it makes, and searching it
    again and again is a seventh of a small build. It frees 90 MB, however many rows there are.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _artefacts(project: Path) -> Path:
    """Where dbt keeps what it parsed and its log, one folder for each place of the project."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = hashlib.sha256(str(project).encode()).hexdigest()[:12]
    folder = cache / "headless_crm" / place
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # dbt does not say what is wrong where it can't write.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"{folder}, where dbt keeps what it parsed, can't be written: {error.strerror}. "
            "Name another folder with the environment variable XDG_CACHE_HOME."
        ) from error
    return folder


def _node_callback(progress: Progress) -> Callable[[EventMsg], None]:
    done = total = 0

    def on_event(event: EventMsg) -> None:
        nonlocal done, total
        if event.info.name == "ConcurrencyLine":
            total = event.data.node_count
        elif event.info.name == "NodeFinished":
            done += 1
            progress(event.data.node_info.node_name, done, total)

    return on_event


def checked(result: dbtRunnerResult) -> list[Any]:
    """The nodes that dbt ran; raises CrmError where one of them failed."""
    if result.exception is not None:
        # Nothing ran yet, so that the message holds no data.
        message = " ".join(str(result.exception).split()) or type(result.exception).__name__
        if isinstance(result.exception, DbtProfileError | DbtProjectError):
            raise UsageError(message) from result.exception
        raise CrmError(f"dbt did not start: {message}") from result.exception
    nodes: list[Any] = getattr(result.result, "results", [])
    failed = [node for node in nodes if node.status in ("error", "fail")]
    if failed or not result.success:
        lines = [f"  {node.node.name}: {_without_values(node.message or '')}" for node in failed]
        skipped = sum(node.status == "skipped" for node in nodes)
        raise CrmError(
            f"{len(failed)} of {len(nodes)} models and tests failed, {skipped} were skipped:\n"
            + "\n".join(lines[:10])
            + f"\nThe log is {_artefacts(project_dir()) / 'dbt.log'}."
        )
    return nodes


def _report(
    results: list[list[Any]], rebuilt: bool, dead_letters: int | None, seconds: float
) -> BuildReport:
    nodes = [node for result in results for node in result]
    kinds = [node.node.resource_type for node in nodes]
    return BuildReport(
        models=sum(kind == "model" for kind in kinds),
        tests=sum(kind == "test" for kind in kinds),
        rebuilt=rebuilt,
        dead_letters=dead_letters,
        warnings=tuple(
            getattr(node.node, "description", "") or f"The test {node.node.name} found something."
            for node in nodes
            if node.status == "warn"
        ),
        seconds=seconds,
    )


def _without_values(message: str) -> str:
    """The first lines of a warehouse's message without what stands in quotes: it may be data."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return re.sub(r"'[^']*'|\"[^\"]*\"", "'…'", " ".join(lines[:3]))
