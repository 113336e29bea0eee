"""Signals that stop a run of dbt, which may make another error of what they raise, or lose it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from dbt_common.events.base_types import EventMsg

from headless_crm.errors import CrmError


@contextmanager
def noted_stops() -> Iterator[Sequence[int]]:
    """The numbers of SIGINT and SIGTERM that come while the block runs, in a list that grows.

    Their handlers are called as ever. They are the main thread's: elsewhere none is noted.
    """
    stops: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield stops
        return
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handlers = {number: handler for number, handler in found.items() if callable(handler)}

    def note(number: int, frame: FrameType | None) -> None:
        stops.append(number)
        handlers[signal.Signals(number)](number, frame)

    for number in handlers:
        signal.signal(number, note)
    try:
        yield stops
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def ended_by(stops: Sequence[int]) -> Callable[[EventMsg], None]:
    """A callback by which dbt fails where it goes on after a stop: at the end of a hook or node."""

    def on_event(event: EventMsg) -> None:
        # In a node's thread dbt takes an Exception alone; with another it would wait for ever.
        if stops and event.info.name in ("LogHookEndLine", "NodeFinished"):
            raise CrmError("A signal stopped the run.")

    return on_event
