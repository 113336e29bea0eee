"""Builds at an interval, beside the requests."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from headless_crm.errors import CrmError
from headless_crm.server.metrics import Metrics
from headless_crm.traces import trace_of

_STOP_SECONDS = 30.0
"""How long the end of the server waits for a build; the next run heals one that it cuts off."""

_logger = logging.getLogger(__name__)


class Builds:
    """Calls `build` every so many seconds, in one thread: a tick while it runs is left out."""

    def __init__(self, build: Callable[[], object], seconds: float, metrics: Metrics) -> None:
        self._build = build
        self._seconds = seconds
        self._metrics = metrics
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="crm-builds", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)
        if self.are_running():
            _logger.warning("A build was cut off. The next one makes good what it left.")

    def are_running(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        started = time.monotonic()
        while not self._stopping.wait(self._until_next(started)):
            self._metrics.build(done=self._built())

    def _until_next(self, started: float) -> float:
        return self._seconds - (time.monotonic() - started) % self._seconds

    def _built(self) -> bool:
        try:
            self._build()
        except CrmError as error:
            _logger.error("The build failed, and the server goes on: %s", error)
            return False
        except Exception as error:
            _logger.error("The build failed, and the server goes on: %s", trace_of(error))
            return False
        return True
