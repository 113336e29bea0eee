"""The server of a warehouse, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from headless_crm.config import Settings
from headless_crm.errors import UsageError
from headless_crm.realtime.compiled import Compiled
from headless_crm.realtime.processing import Processor
from headless_crm.realtime.runner import check_recipe, open_runner
from headless_crm.recipe import latest_recipe, recipe_of
from headless_crm.server.app import Server
from headless_crm.server.builds import Builds
from headless_crm.server.counts import LONGEST_SECONDS
from headless_crm.server.keys import Keys
from headless_crm.server.metrics import Metrics
from headless_crm.server.reads import Reads
from headless_crm.server.sessions import Session, duckdb_sessions, postgres_sessions
from headless_crm.status import check_built
from headless_crm.warehouse import Query, open_warehouse


@dataclass(frozen=True)
class Options:
    """How to serve. Without `keys` anyone may ask; without `build_every_seconds` nothing builds."""

    keys: Keys | None
    development: bool = False
    build_every_seconds: float | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    deadline_seconds: float = 10.0


@contextmanager
def server_of(url: str, compiled: Compiled, options: Options) -> Iterator[Server]:
    """The server of the warehouse at `url`, which stays open meanwhile."""
    metrics = Metrics(source.name for source in compiled.sources)
    with _sessions(url) as sessions:
        processor = Processor(lambda: open_runner(url, compiled), observer=metrics)
        builds = None
        if options.build_every_seconds:
            if recipe_of(dict(options.variables)) != compiled.recipe:
                raise UsageError(
                    "The artefact was made from other models or --vars than --build-every builds "
                    "by: no event could be processed after it. Run crm compile with the same "
                    "--vars first."
                )
            build = _build(url, options.variables, processor)
            builds = Builds(build, options.build_every_seconds, metrics)
        yield Server(
            processor=processor,
            raws={source.name: source.raw for source in compiled.sources},
            reads=Reads(sessions(options.deadline_seconds)),
            watch=Reads(sessions(LONGEST_SECONDS), threads=2),
            metrics=metrics,
            ready=lambda query: _check(query, compiled, processor),
            keys=options.keys,
            builds=builds,
            variables=options.variables,
            development=options.development,
            deadline_seconds=options.deadline_seconds,
        )


def _check(query: Query, compiled: Compiled, processor: Processor) -> None:
    processor.check()
    check_recipe(latest_recipe(query), compiled)


@contextmanager
def _sessions(url: str) -> Iterator[Callable[[float], Callable[[], Session]]]:
    """What makes sessions in which a statement may take so many seconds."""
    with ExitStack() as stack:
        if url.startswith("duckdb:"):
            from headless_crm.warehouse.duckdb import DuckDB, shared

            stack.enter_context(shared(url))
            warehouse = stack.enter_context(open_warehouse(url))
            check_built(warehouse.query)
            connect = duckdb_sessions(cast(DuckDB, warehouse))
            yield lambda _: connect
        else:
            with open_warehouse(url, read_only=True) as warehouse:
                check_built(warehouse.query)
            yield partial(postgres_sessions, url)


def _build(url: str, variables: Mapping[str, Any], processor: Processor) -> Callable[[], object]:
    from headless_crm import pipeline

    def build() -> None:
        # The writer lock of a file is its owner's, which is this process as a whole.
        with processor.paused():
            pipeline.build(Settings(warehouse=url), variables=dict(variables))

    return build
