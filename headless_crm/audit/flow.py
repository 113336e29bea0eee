"""What an audit tells of data's way: conservation, volume, processing times, freshness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from headless_crm.queries import queries
from headless_crm.sources import Source
from headless_crm.status import SourceStatus, read_sources
from headless_crm.warehouse import Query, Warehouse


@dataclass(frozen=True)
class Conservation:
    """What became of the versions of a source's records: none is lost, none counts twice.

    `landed` is versions, each once however often it landed: those that were taken, and those that
    are pending. `missing` is what no other number accounts for, and should be 0.
    """

    source: str
    table: str
    landed: int
    processed: int
    dead_letters: int
    pending: int
    missing: int


@dataclass(frozen=True)
class DeadLetters:
    source: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Volume:
    """Events of a source on a day (UTC) by when they occurred."""

    day: date
    source: str
    events: int


@dataclass(frozen=True)
class Processing:
    """Seconds that runs of a kind took that were done; on one `day`, or on all where it's null."""

    day: date | None
    kind: str
    runs: int
    p50: float
    p95: float
    longest: float


@dataclass(frozen=True)
class Freshness:
    """Seconds from an event's occurred_at to its synced_at, and on to its _ingested_at."""

    source: str
    events: int
    landing_p50: float
    landing_p95: float
    landing_longest: float
    building_p50: float
    building_p95: float
    building_longest: float


def read_conservation(query: Query, sources: list[Source]) -> list[Conservation]:
    """What became of each source's rows. They are counted one after the other."""
    return [
        _conserved(query, source, found)
        for source, found in zip(sources, read_sources(query, sources), strict=True)
    ]


def _conserved(query: Query, source: Source, found: SourceStatus) -> Conservation:
    sql = queries("audit")["processed"].replace(":raw", source.raw_model)
    parsed = sql.replace(":parsed", f"{source.declared}_parsed")
    [(processed, waiting)] = query(parsed)
    dead_letters = sum(found.dead_letters.values())
    return Conservation(
        source=source.name,
        table=found.table,
        landed=found.taken + found.pending,
        processed=processed,
        dead_letters=dead_letters,
        pending=found.pending + waiting,
        missing=found.taken - processed - dead_letters - waiting,
    )


def read_dead_letters(warehouse: Warehouse) -> list[DeadLetters]:
    return [DeadLetters(*row) for row in warehouse.query(queries("summary")["dead_letters"])]


def read_volume(warehouse: Warehouse) -> list[Volume]:
    return [Volume(*row) for row in warehouse.query(queries("audit")["volume"])]


def read_processing(warehouse: Warehouse) -> tuple[list[Processing], list[Processing]]:
    """By kind, over all days, and day by day."""
    sql = queries("audit")
    return (
        [Processing(None, *row) for row in warehouse.query(sql["processing"])],
        [Processing(*row) for row in warehouse.query(sql["processing_by_day"])],
    )


def read_freshness(warehouse: Warehouse) -> list[Freshness]:
    return [Freshness(*row) for row in warehouse.query(queries("audit")["freshness"])]
