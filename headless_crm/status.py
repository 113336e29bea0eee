"""What a warehouse's runs have done, what is left for the next one, and who writes now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from headless_crm.config import CRM_SCHEMA
from headless_crm.errors import CrmError
from headless_crm.queries import queries, quoted
from headless_crm.sources import Source, Variables, source_tables
from headless_crm.warehouse import Query, Warehouse

Tables = Set[tuple[str, str]]
"""The tables that there are, as schema and name."""

_LAST_TABLES = {
    (CRM_SCHEMA, name) for name in ("persons", "groups", "rejected_identifiers", "dead_letters")
}
"""With these, a build has come to its end once."""


@dataclass(frozen=True)
class Run:
    """A run of the ledger; `rows` is how many rows the raw models took in it."""

    stamp: datetime
    kind: str
    started_at: datetime
    finished_at: datetime | None
    status: str
    seconds: float | None
    rows: int


@dataclass(frozen=True)
class SourceStatus:
    """A source table: what landed there, and how much of it the raw model holds.

    `dead_letters` are rows by reason; `failed_events` the same of single events that the warehouse
    refused, and that are pending since.
    """

    source: str
    table: str
    landed: int
    taken: int
    pending: int
    newest_synced_at: datetime | None
    lag_seconds: float | None
    watermark: datetime | None
    dead_letters: dict[str, int]
    failed_events: dict[str, int]


@dataclass(frozen=True)
class Lock:
    """The writer lock: whose it is, all null where it is nobody's."""

    holder: str | None = None
    kind: str | None = None
    since: datetime | None = None
    renewed_at: datetime | None = None


@dataclass(frozen=True)
class Status:
    """`behind` names the models that have not seen all that the last run wrote."""

    built: bool
    runs: list[Run]
    sources: list[SourceStatus]
    behind: list[str]
    lock: Lock


def read_status(warehouse: Warehouse, variables: Variables | None = None) -> Status:
    """The state of a warehouse, of an empty one too. Times are UTC without a zone.

    Where sources land, `variables` say before the project does.
    """
    tables = _tables(warehouse.query)
    sources = source_tables(variables)
    built = (CRM_SCHEMA, "ledger") in tables
    lock = _lock(warehouse) if built else Lock()
    return Status(
        built=built,
        runs=_runs(warehouse, tables, sources, lock) if built else [],
        sources=_sources(warehouse.query, tables, sources),
        behind=[name for (name,) in warehouse.query(_sql("behind"), [lock.holder or ""])]
        if built
        else [],
        lock=lock,
    )


def read_sources(query: Query, sources: Iterable[Source]) -> list[SourceStatus]:
    """What landed in these source tables and what of it was taken, by whatever runs queries."""
    return _sources(query, _tables(query), sources)


def check_built(query: Query) -> Tables:
    """The tables that there are. Raises CrmError where no build has come to its last ones yet."""
    tables = _tables(query)
    if not tables >= _LAST_TABLES:
        raise CrmError("Nothing was built yet. Run crm build first.")
    return tables


def _tables(query: Query) -> Tables:
    return {(schema, name) for schema, name in query(_sql("tables"))}


def _lock(warehouse: Warehouse) -> Lock:
    """The lock as a run would meet it: one that a dead run left is free."""
    for *held, session_id in warehouse.query(_sql("lock")):
        if warehouse.run_lives(session_id):
            return Lock(*held)
    return Lock()


def _runs(warehouse: Warehouse, tables: Tables, sources: list[Source], lock: Lock) -> list[Run]:
    ledger = warehouse.query(_sql("runs"))
    rows: Counter[datetime] = Counter()
    for source in sources if ledger else []:
        oldest = ledger[-1][1]
        rows.update(dict(warehouse.query(_sql("taken_by_run", tables, source), [oldest])))
    return [
        Run(
            stamp=stamp,
            kind=kind,
            started_at=started_at,
            finished_at=finished_at,
            # The ledger is put right by the next run only.
            status="died" if status == "running" and run_id != lock.holder else status,
            seconds=(finished_at - started_at).total_seconds() if finished_at else None,
            rows=rows[stamp],
        )
        for run_id, stamp, kind, started_at, finished_at, status in ledger
    ]


def _sources(query: Query, tables: Tables, sources: Iterable[Source]) -> list[SourceStatus]:
    now = datetime.now(UTC).replace(tzinfo=None)
    return [_source(query, tables, source, now) for source in sources]


def _source(query: Query, tables: Tables, source: Source, now: datetime) -> SourceStatus:
    [(landed, newest)] = query(_sql("landed", tables, source))
    [(taken,)] = query(_sql("taken", tables, source))
    [(pending,)] = query(_sql("pending", tables, source))
    marks = dead_letters = failed_events = []
    if (CRM_SCHEMA, "watermarks") in tables:
        marks = query(_sql("watermark"), [source.raw_model, source.declared])
    if (CRM_SCHEMA, "dead_letters") in tables:
        dead_letters = query(_sql("dead_letters"), [source.raw_model])
    if (CRM_SCHEMA, "failed_events") in tables:
        # A source with several tables is known there by each of theirs.
        names = [source.name, source.declared]
        failed_events = query(_sql("failed_events", tables, source), names)
    return SourceStatus(
        source=source.name,
        table=f"{source.schema}.{source.table}",
        landed=landed,
        taken=taken,
        pending=pending,
        newest_synced_at=newest,
        lag_seconds=max((now - newest).total_seconds(), 0.0) if newest else None,
        watermark=marks[0][0] if marks else None,
        dead_letters=dict(dead_letters),
        failed_events=dict(failed_events),
    )


def _sql(name: str, tables: Tables = frozenset(), source: Source | None = None) -> str:
    """A query, of a source's tables where one is given: a table that does not exist is empty."""
    sql = queries("status")
    if source is None:
        return sql[name]
    text = sql[name]
    places = {"landed": (source.schema, source.table), "taken": (CRM_SCHEMA, source.raw_model)}
    for place, table in places.items():
        text = text.replace(f":{place}", quoted(*table) if table in tables else sql[f"no_{place}"])
    return text
