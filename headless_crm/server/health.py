"""Whether the server lives, whether it can work, and what the warehouse says of itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from headless_crm.errors import CrmError
from headless_crm.queries import queries, quoted
from headless_crm.server.metrics import Metrics
from headless_crm.server.reads import DeadlineError, Reads
from headless_crm.warehouse import Query

_SECONDS = 2.0
_FRESH_SECONDS = 10.0
"""How long what the warehouse said of lag and dead letters is told again."""

_logger = logging.getLogger(__name__)


class Health:
    """`ready` raises CrmError where no event can be processed, as it asks the warehouse.

    `raws` has the raw model of each source.
    """

    def __init__(
        self,
        reads: Reads,
        ready: Callable[[Query], None],
        raws: Mapping[str, str],
        metrics: Metrics,
    ) -> None:
        self._reads = reads
        self._ready = ready
        self._metrics = metrics
        self._raws = raws
        self._looking = asyncio.Lock()
        self._looked_at = float("-inf")
        self._lag: dict[str, float] = {}

    async def checks(self) -> dict[str, bool]:
        """What there is to be ready, and whether it is."""
        return {"database": await self._answers(), "processor": await self._processes()}

    async def lag(self) -> dict[str, float]:
        """Seconds since a run last took a row, by source; the metrics are brought up to date."""
        async with self._looking:
            if time.monotonic() - self._looked_at > _FRESH_SECONDS:
                await self._look()
                self._looked_at = time.monotonic()
        return self._lag

    async def _look(self) -> None:
        try:
            self._lag = await self._lag_by_source()
            dead_letters = await self._counts("dead_letters")
            failed_events = await self._counts("failed_events")
            self._metrics.warehouse(
                self._lag,
                {source: dead_letters.get(raw, 0) for source, raw in self._raws.items()},
                {source: failed_events.get(source, 0) for source in self._raws},
                up=True,
            )
        except (CrmError, DeadlineError) as error:
            _logger.warning("The warehouse did not tell its lag: %s", error)
            self._lag = {}
            self._metrics.warehouse({}, {}, {}, up=False)

    async def _counts(self, name: str) -> dict[str, int]:
        return dict(await self._reads.rows(queries("server")[name], (), _SECONDS))

    async def _lag_by_source(self) -> dict[str, float]:
        now = datetime.now(UTC).replace(tzinfo=None)
        lag: dict[str, float] = {}
        for source, raw in self._raws.items():
            sql = queries("server")["last_taken"].replace(":raw", quoted(raw))
            [(taken,)] = await self._reads.rows(sql, (), _SECONDS)
            if taken is not None:
                lag[source] = max(0.0, (now - taken).total_seconds())
        return lag

    async def _answers(self) -> bool:
        try:
            await self._reads.rows(queries("server")["trivial"], (), _SECONDS)
        except (CrmError, DeadlineError) as error:
            _logger.warning("The warehouse did not answer: %s", error)
            return False
        return True

    async def _processes(self) -> bool:
        try:
            await self._reads.run(self._ready, _SECONDS)
        except (CrmError, DeadlineError) as error:
            _logger.warning("No event can be processed: %s", error)
            return False
        return True
