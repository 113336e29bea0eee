"""What became of each source's rows, counted in the background: conservation as a metric."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict

from headless_crm.audit.flow import read_conservation
from headless_crm.errors import CrmError
from headless_crm.server.metrics import Metrics
from headless_crm.server.reads import DeadlineError, Reads
from headless_crm.sources import Variables, source_tables
from headless_crm.traces import trace_of
from headless_crm.warehouse import Query

LONGEST_SECONDS = 120.0
"""How long a statement that counts may take."""
_EVERY_SECONDS = 60.0
_REST = 20
"""How many times as long as it counted it rests at least: where rows are many, all are read."""
_STATES = ("landed", "processed", "dead_letters", "pending", "missing")

_logger = logging.getLogger(__name__)


class Counts:
    """Keeps the metric `crm_rows` up to date.

    `raws` has the raw model of each source, `variables` say where rows land.
    """

    def __init__(
        self, reads: Reads, raws: Mapping[str, str], variables: Variables, metrics: Metrics
    ) -> None:
        self._reads = reads
        self._names = {raw: source for source, raw in raws.items()}
        self._variables = variables
        self._metrics = metrics

    async def keep(self) -> None:
        """Count again and again, until it is cancelled."""
        while True:
            started = time.monotonic()
            await self._count()
            took = time.monotonic() - started
            await asyncio.sleep(max(_EVERY_SECONDS, _REST * took))

    async def _count(self) -> None:
        counts: dict[str, dict[str, int]] = {}
        try:
            counts = await self._reads.run(self._counted, LONGEST_SECONDS)
        except (CrmError, DeadlineError) as error:
            # What the warehouse says of a row that landed may be data.
            _logger.warning("The rows of the sources were not counted: %s", trace_of(error))
        self._metrics.rows(counts)

    def _counted(self, query: Query) -> dict[str, dict[str, int]]:
        tables = source_tables(self._variables)
        sources = [source for source in tables if source.raw_model in self._names]
        return {
            self._names[source.raw_model]: {state: asdict(found)[state] for state in _STATES}
            for source, found in zip(sources, read_conservation(query, sources), strict=True)
        }
