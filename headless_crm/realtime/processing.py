"""Events that arrive one by one: those that come together share a transaction."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Protocol

from headless_crm.errors import CrmError, MismatchError, UsageError
from headless_crm.realtime.outcome import Outcome, Status
from headless_crm.realtime.runner import Busy, Runner
from headless_crm.realtime.session import GROUP_SIZE, Failed, Interrupted
from headless_crm.texts import storable
from headless_crm.traces import trace_of

UNAVAILABLE = "UNAVAILABLE"
"""What an observer is told of an event that the warehouse failed: no status, it may come again."""
_GAP_SECONDS = 0.005
"""How long a group that is smaller than was to be expected waits for each next event."""
_LOCK_WAIT_SECONDS = 60
"""How long a group waits for another run to end."""
_PAUSE_SECONDS = 0.05
"""Before the second attempt, and twice as long before each next one: six seconds in all, in which
a server that is restarted is there again.
"""
_ATTEMPTS = 8
_TURN_SECONDS = 0.1
"""How often it is asked, while another has the turn, whether anyone still waits."""
_log = logging.getLogger(__name__)


class Observer(Protocol):
    """Is told what the processor does, in its thread: for metrics."""

    def event(self, source: str, status: str, seconds: float) -> None: ...
    def group(self, size: int, seconds: float, lock_wait_seconds: float) -> None: ...


class NoObserver:
    def event(self, source: str, status: str, seconds: float) -> None: ...
    def group(self, size: int, seconds: float, lock_wait_seconds: float) -> None: ...


@dataclass(frozen=True)
class Request:
    """An event that waits; `arrived_at` is a monotonic time."""

    source: str
    id: str
    done: Future[Outcome] = field(default_factory=Future)
    arrived_at: float = field(default_factory=time.monotonic)


class Processor:
    """Processes events in a thread of its own.

    While a transaction runs others arrive, and they are the next one, with those that follow within
    milliseconds: so a lone event waits for nothing, and many share what a transaction costs.
    `open_runner` is called at once, and in that thread after the connection was lost.
    """

    def __init__(
        self,
        open_runner: Callable[[], Runner],
        *,
        observer: Observer | None = None,
    ) -> None:
        self.open_runner, self.observer = open_runner, observer or NoObserver()
        self.queue: SimpleQueue[list[Request] | None] = SimpleQueue()
        self.left: list[Request] = []
        self.closing = self.ending = False
        self.turn = threading.Lock()
        self.runner: Runner | None = open_runner()
        self.sources = tuple(self.runner.sources)
        self.thread = threading.Thread(target=self._work, name="processor", daemon=True)
        self.thread.start()

    def submit(self, source: str, event_id: str) -> Future[Outcome]:
        """Queue an event. The future has its outcome, or a CrmError where the warehouse failed.

        Raises UsageError for a source that there is not.
        """
        return self.submit_all([(source, event_id)])[0]

    def submit_all(self, events: Iterable[tuple[str, str]]) -> list[Future[Outcome]]:
        """Queue events, of a source and an id each, that come together: one transaction has them.

        At most 250 of them, or the rest is in another one.
        """
        requests, queued = [], []
        for source, event_id in events:
            if source not in self.sources:
                raise UsageError(
                    f"There is no source {source!r}. The sources are {', '.join(self.sources)}."
                )
            request = Request(source, event_id)
            requests.append(request)
            if event_id and storable(event_id):
                queued.append(request)
            else:
                now = datetime.now(UTC)
                request.done.set_result(Outcome(source, event_id, Status.NOT_FOUND, now))
        for start in range(0, len(queued), GROUP_SIZE):
            self.queue.put(queued[start : start + GROUP_SIZE])
        return [request.done for request in requests]

    @contextmanager
    def paused(self) -> Iterator[None]:
        """A context in which no event is processed: for whoever writes in the same process."""
        with self.turn:
            self._close_runner()  # What it planned will be out of date.
            yield

    def check(self) -> None:
        """Raises CrmError where no event will be processed, whatever the warehouse does."""
        if not self.thread.is_alive():
            raise CrmError("The processor has ended. Start the server again.")

    def close(self) -> None:
        """Finish what is queued, then stop; nothing waits for another run any more.

        Then what has not started is cancelled, and what has fails.
        """
        self.ending = True
        self.queue.put(None)
        self.thread.join()
        self._close_runner()

    def _work(self) -> None:
        answered = 0
        while not self.closing or self.left:
            answered = self._process(self._gather(answered))

    def _gather(self, answered: int) -> list[Request]:
        """The next group: those that wait, and those that come on their heels.

        Clients that were just `answered` are likely to ask again. Without them, those that each
        wait for their answer would go in two groups by turns, each of which takes nearly as long as
        one for all.
        """
        group, self.left = self.left, []
        expected, queued = GROUP_SIZE, True
        while len(group) < expected and not self.closing:
            more = self._next(0 if queued else _GAP_SECONDS if group else None)
            if more is None:
                self.closing = True
            elif len(group) + len(more) > GROUP_SIZE:
                self.left = more
                break
            elif more:
                group = group + more
            elif queued:
                queued, expected = False, min(answered + len(group) or 1, GROUP_SIZE)
            else:
                break
        return group

    def _next(self, timeout: float | None) -> list[Request] | None:
        """Those that were queued next, together; an empty list if there are none in time."""
        try:
            return self.queue.get(timeout=timeout)
        except Empty:
            return []

    def _process(self, gathered: list[Request]) -> int:
        """Process those that are still asked for when their turn has come; returns their number."""
        started = time.monotonic()
        while not self.turn.acquire(timeout=_TURN_SECONDS):
            if self.ending:
                for one in gathered:
                    one.done.cancel()
            if all(one.done.cancelled() for one in gathered):
                return 0
        try:
            group = [one for one in gathered if one.done.set_running_or_notify_cancel()]
            if group:
                waited = time.monotonic() - started
                waited += self._process_group(group)
                self.observer.group(len(group), time.monotonic() - started, waited)
                self._tidy()
            return len(group)
        finally:
            self.turn.release()

    def _process_group(self, group: list[Request]) -> float:
        """Answer all of a group; returns the wait for the lock."""
        try:
            return self._attempt(group)
        except CrmError as error:
            self._fail(group, error)
        except Exception as error:
            _log.error("A group of events failed: %s", trace_of(error))
            self._fail(group, CrmError("The events could not be processed. The log says more."))
        return 0.0

    def _fail(self, group: list[Request], error: CrmError) -> None:
        for request in group:
            if not request.done.done():
                self.observer.event(request.source, UNAVAILABLE, _age(request))
                request.done.set_exception(error)

    def _attempt(self, group: list[Request]) -> float:
        """Process a group, and again where no event is to blame; returns the wait for the lock."""
        waited, attempts, failed = 0.0, 0, False
        while True:
            try:
                runner = self._opened()
                self._answer(group, runner.run(_by_source(group)))
            except Busy:
                if waited >= _LOCK_WAIT_SECONDS or self.ending:
                    raise CrmError(
                        "Another run has been writing to this warehouse for "
                        f"{waited:.0f} seconds. Try again when it is done."
                    ) from None
                time.sleep(_PAUSE_SECONDS)
                waited += _PAUSE_SECONDS
            except Interrupted as error:
                attempts += 1
                if attempts == _ATTEMPTS:
                    raise _unanswered(error) from None
                self._close_runner()
                time.sleep(_PAUSE_SECONDS * 2 ** (attempts - 1))
            except Failed as error:
                if len(group) == 1 and not failed:
                    failed = True  # Not for what a new connection would make good.
                    self._close_runner()
                    continue
                self._take_out(group, runner, error)
                return waited
            else:
                return waited

    def _tidy(self) -> None:
        """After the answers, which no failure takes back."""
        try:
            if self.runner:
                self.runner.session.tidy()
        except (Interrupted, Failed):
            self._close_runner()

    def _take_out(self, group: list[Request], runner: Runner, error: Failed) -> None:
        """An event of the group can't be processed: the others are, in halves."""
        if len(group) > 1:
            half = len(group) // 2
            for part in (group[:half], group[half:]):
                self._attempt(part)
            return
        [request] = group
        self._answer(group, [runner.note_failure(request.source, request.id, str(error))])

    def _opened(self) -> Runner:
        """Raises Interrupted where there is no runner and none can be had now, or MismatchError."""
        if self.runner is None:
            try:
                self.runner = self.open_runner()
            except MismatchError:
                raise
            except Exception as error:
                raise Interrupted(type(error).__name__) from error
        return self.runner

    def _close_runner(self) -> None:
        if self.runner:
            self.runner.session.close()
        self.runner = None

    def _answer(self, group: list[Request], outcomes: list[Outcome]) -> None:
        found = {(outcome.source, outcome.id): outcome for outcome in outcomes}
        for request in group:
            outcome = found[request.source, request.id]
            self.observer.event(request.source, outcome.status, _age(request))
            request.done.set_result(outcome)


def _by_source(group: list[Request]) -> dict[str, list[str]]:
    requests: dict[str, list[str]] = {}
    for request in group:
        ids = requests.setdefault(request.source, [])
        if request.id not in ids:
            ids.append(request.id)
    return requests


def _unanswered(error: Interrupted) -> CrmError:
    """Why no connection could be had, where that is known."""
    why = error.__cause__
    return (
        why if isinstance(why, CrmError) else CrmError("The warehouse gave no answer. Try again.")
    )


def _age(request: Request) -> float:
    return time.monotonic() - request.arrived_at
