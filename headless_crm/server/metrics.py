"""Metrics for Prometheus. Labels are sources, statuses, states and kinds: no data of anyone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from headless_crm.realtime.outcome import Status
from headless_crm.realtime.processing import UNAVAILABLE

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_STATUSES = frozenset({*(status.value for status in Status), UNAVAILABLE})
_OTHER = "other"


class Metrics:
    """What the server and the processor count; the processor's observer, called in its thread."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self, sources: Iterable[str]) -> None:
        self._sources = frozenset(sources)
        self._registry = CollectorRegistry()
        self._requests = self._counter("requests", "GraphQL requests.", "kind", "status")
        self._request_seconds = self._histogram("request_seconds", "Seconds a request.", "kind")
        self._events = self._counter("events", "Events processed.", "source", "status")
        self._event_seconds = self._histogram(
            "event_seconds", "Seconds from an event's coming to its commit.", "source"
        )
        self._group_size = Histogram(
            "crm_group_size",
            "Events that shared a transaction.",
            registry=self._registry,
            buckets=(1, 2, 5, 10, 25, 50, 100, 250),
        )
        self._group_seconds = self._histogram("group_seconds", "Seconds a transaction.")
        self._lock_seconds = self._histogram(
            "lock_wait_seconds", "Seconds that a transaction waited for the writer lock."
        )
        self._builds = self._counter("builds", "Builds of this process.", "status")
        self._lag = self._gauge("lag_seconds", "Since a run last took a row of the source.")
        self._dead_letters = self._gauge("dead_letters", "Rows in the dead letters.")
        self._failed = self._gauge("failed_events", "Events that the warehouse failed.")
        self._rows = self._gauge("rows", "Versions of the source's records by state.", "state")
        self._up = Gauge(
            "crm_warehouse_up", "Whether the warehouse answered.", registry=self._registry
        )

    def request(self, kind: str, status: int, seconds: float) -> None:
        self._requests.labels(kind, str(status)).inc()
        self._request_seconds.labels(kind).observe(seconds)

    def event(self, source: str, status: str, seconds: float) -> None:
        source = source if source in self._sources else _OTHER
        self._events.labels(source, status if status in _STATUSES else _OTHER).inc()
        self._event_seconds.labels(source).observe(seconds)

    def group(self, size: int, seconds: float, lock_wait_seconds: float) -> None:
        self._group_size.observe(size)
        self._group_seconds.observe(seconds)
        self._lock_seconds.observe(lock_wait_seconds)

    def build(self, done: bool) -> None:
        self._builds.labels("done" if done else "failed").inc()

    def warehouse(
        self,
        lag: Mapping[str, float],
        dead_letters: Mapping[str, int],
        failed_events: Mapping[str, int],
        *,
        up: bool,
    ) -> None:
        """What the warehouse says by source; nothing where it is not `up`."""
        self._up.set(up)
        told = (self._lag, lag), (self._dead_letters, dead_letters), (self._failed, failed_events)
        for gauge, values in told:
            gauge.clear()
            for source in self._sources & values.keys():
                gauge.labels(source).set(values[source])

    def rows(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """What became of each source's rows, by state; nothing where that is not known."""
        self._rows.clear()
        for source in self._sources & counts.keys():
            for state, number in counts[source].items():
                self._rows.labels(source, state).set(number)

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"crm_{name}", what, labels, registry=self._registry)

    def _histogram(self, name: str, what: str, *labels: str) -> Histogram:
        return Histogram(f"crm_{name}", what, labels, registry=self._registry, buckets=_SECONDS)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"crm_{name}", what, ["source", *labels], registry=self._registry)
