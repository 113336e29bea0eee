"""Events that requests hand to the processor, and what is answered of them."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from enum import Enum
from typing import Protocol, TypeVar

import strawberry

from headless_crm.errors import CrmError, MismatchError, UsageError
from headless_crm.realtime.outcome import Outcome
from headless_crm.realtime.session import GROUP_SIZE
from headless_crm.server.loaders import Loads
from headless_crm.server.reads import DeadlineError
from headless_crm.server.types import First, Group, Info, Membership, Person, first_of, told
from headless_crm.texts import storable

MOST_EVENTS = GROUP_SIZE
LONGEST_ID = 512

_logger = logging.getLogger(__name__)
Found = TypeVar("Found", Person, Group, Membership)


class Processor(Protocol):
    """What the server needs of a processor; headless_crm.realtime.processing has the real one."""

    sources: tuple[str, ...]

    def submit_all(self, events: Iterable[tuple[str, str]]) -> list[Future[Outcome]]: ...
    def close(self) -> None: ...


@strawberry.enum(description="What became of an event.")
class ProcessStatus(Enum):
    PROCESSED = "PROCESSED"
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="It was there already, as it is.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="No row makes such an event.")
    DEAD_LETTERED = strawberry.enum_value(
        "DEAD_LETTERED", description="It can't be processed; it is kept with the reason."
    )
    FAILED = strawberry.enum_value(
        "FAILED", description="It was not processed, or that is not known yet; see userErrors."
    )


@strawberry.enum
class UserErrorCode(Enum):
    UNKNOWN_SOURCE = "UNKNOWN_SOURCE"
    INVALID_ID = "INVALID_ID"
    TOO_MANY_EVENTS = "TOO_MANY_EVENTS"
    NOT_FOUND = "NOT_FOUND"
    DEAD_LETTERED = "DEAD_LETTERED"
    UNAVAILABLE = strawberry.enum_value(
        "UNAVAILABLE", description="The warehouse failed. Try again: twice changes nothing."
    )
    DEADLINE_EXCEEDED = strawberry.enum_value(
        "DEADLINE_EXCEEDED", description="Not known in time. Ask again: twice changes nothing."
    )


@strawberry.type(description="Why an event was not processed, and which argument is at fault.")
class UserError:
    field: str | None
    code: UserErrorCode
    message: str


@strawberry.input(description="An event: its source, and its id in the source table.")
class EventInput:
    source: str
    id: strawberry.ID


@strawberry.type
class ProcessResult:
    success: bool = strawberry.field(description="Whether it is processed, now or before.")
    processed_at: str = strawberry.field(description="ISO 8601, in UTC.")
    status: ProcessStatus
    user_errors: list[UserError]
    outcome: strawberry.Private[Outcome | None] = None

    # The lists can be null: a read that fails takes nothing from what became of the events.

    @strawberry.field(description="The persons that the event is about.")
    async def persons(self, info: Info, first: First = 20) -> list[Person] | None:
        ids = self.outcome.persons if self.outcome else ()
        return await _all(Person, info.context.loads, ids, first)

    @strawberry.field(description="The groups that the event is about.")
    async def groups(self, info: Info, first: First = 20) -> list[Group] | None:
        ids = self.outcome.groups if self.outcome else ()
        return await _all(Group, info.context.loads, ids, first)

    @strawberry.field(description="The memberships that the event is about.")
    async def memberships(self, info: Info, first: First = 20) -> list[Membership] | None:
        ids = self.outcome.memberships if self.outcome else ()
        return await _all(Membership, info.context.loads, ids, first)


async def _all(
    type_: type[Found], loads: Loads, ids: Sequence[str], first: int | None
) -> list[Found]:
    found = await asyncio.gather(*(type_.find(loads, id_) for id_ in ids[: first_of(first)]))
    return [entity for entity in found if entity is not None]


class Events:
    """Gives events to the processor, all of a request at once, and waits until its deadline."""

    def __init__(self, processor: Processor) -> None:
        self._processor = processor

    async def process(self, loads: Loads, events: Sequence[EventInput]) -> list[ProcessResult]:
        if len(events) > MOST_EVENTS:
            why = f"{len(events)} events at once: send at most {MOST_EVENTS}."
            return [_refused("events", UserErrorCode.TOO_MANY_EVENTS, why)]
        refused = [self._refusal(event) for event in events]
        good = [event for event, why in zip(events, refused, strict=True) if why is None]
        try:
            seconds = loads.seconds_left()
            futures = self._processor.submit_all((event.source, event.id) for event in good)
        except DeadlineError:
            return [why or _too_late() for why in refused]
        except CrmError as error:
            return [why or _unavailable(error) for why in refused]
        asked = [asyncio.wrap_future(future) for future in futures]
        for one in asked:
            one.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        if asked:
            await asyncio.wait(asked, timeout=seconds)
            loads.forget()
        done = iter(futures)
        return [why or _result(next(done)) for why in refused]

    def _refusal(self, event: EventInput) -> ProcessResult | None:
        if event.source not in self._processor.sources:
            known = ", ".join(self._processor.sources)
            why = f"Source {_short(event.source)} is not one of {known}."
            return _refused("source", UserErrorCode.UNKNOWN_SOURCE, why)
        if not 1 <= len(event.id) <= LONGEST_ID:
            why = f"The id has {len(event.id)} characters: it takes 1 to {LONGEST_ID}."
            return _refused("id", UserErrorCode.INVALID_ID, why)
        if not storable(event.id):
            why = f"The id {_short(event.id)} has what is no character of text in a warehouse."
            return _refused("id", UserErrorCode.INVALID_ID, why)
        return None


def _result(done: Future[Outcome]) -> ProcessResult:
    """What is known of an event now; one that has not started is called off."""
    if done.cancelled():
        return _unavailable(CrmError("The processor gave the event up."))
    if done.cancel():
        return _too_late()
    if not done.done():
        why = "It is not known yet whether it was processed. Ask again: twice changes nothing."
        return _refused(None, UserErrorCode.DEADLINE_EXCEEDED, why)
    if error := done.exception():
        if isinstance(error, CrmError) and not isinstance(error, UsageError):
            return _unavailable(error)
        raise error
    return _told(done.result())


def _told(outcome: Outcome) -> ProcessResult:
    status = ProcessStatus[outcome.status.name]
    errors = []
    if status is ProcessStatus.NOT_FOUND:
        why = f"No row of {outcome.source} makes an event {_short(outcome.id)}. Load it first."
        errors = [UserError(field="id", code=UserErrorCode.NOT_FOUND, message=why)]
    elif status is ProcessStatus.DEAD_LETTERED:
        why = (
            f"Event {_short(outcome.id)} of {outcome.source} can't be processed"
            f"{_because(outcome.reason)}. Correct the row and land it again."
        )
        errors = [UserError(field="id", code=UserErrorCode.DEAD_LETTERED, message=why)]
    return ProcessResult(
        success=status in (ProcessStatus.PROCESSED, ProcessStatus.DUPLICATE),
        processed_at=told(outcome.processed_at) or "",
        status=status,
        user_errors=errors,
        outcome=outcome,
    )


def _because(reason: str | None) -> str:
    """A reason of the models; where the warehouse refused the event, it is a driver's class."""
    return f": {reason}" if reason and not re.fullmatch(r"[A-Z]\w*", reason) else ""


def _unavailable(error: CrmError) -> ProcessResult:
    _logger.error("An event was not processed: %s", error)
    why = "The warehouse did not take it. Try again: twice changes nothing."
    if isinstance(error, MismatchError):
        why = (
            "The warehouse was built by other models or settings than this server's. It processes "
            "none until it is started anew with what crm compile writes; a build takes the event."
        )
    return _refused(None, UserErrorCode.UNAVAILABLE, why)


def _too_late() -> ProcessResult:
    why = "Its turn did not come in time: it was not processed. Try again."
    return _refused(None, UserErrorCode.DEADLINE_EXCEEDED, why)


def _refused(field: str | None, code: UserErrorCode, message: str) -> ProcessResult:
    return ProcessResult(
        success=False,
        processed_at=told(datetime.now(UTC)) or "",
        status=ProcessStatus.FAILED,
        user_errors=[UserError(field=field, code=code, message=message)],
    )


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
