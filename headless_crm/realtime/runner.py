"""Events passed through all models, in one transaction."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from headless_crm.errors import CrmError, MismatchError
from headless_crm.queries import queries
from headless_crm.realtime.compiled import Compiled
from headless_crm.realtime.outcome import Outcome, Status
from headless_crm.realtime.session import Failed, Interrupted, Rows, Session, opener_of
from headless_crm.realtime.steps import PreparedStep
from headless_crm.recipe import latest_recipe
from headless_crm.status import check_built
from headless_crm.warehouse import open_warehouse

NEVER = datetime.min
"""Before all stamps."""


class Busy(Exception):  # noqa: N818
    """Another run holds the writer lock."""


class _NothingNew(Exception):  # noqa: N818
    """Rolls back a transaction that changed nothing, with its stamp and its entry in the ledger."""


class Runner:
    """Executes an artefact's steps on a session.

    It remembers between transactions whether all models have read all that there is, and looks
    again only if another run has written since.
    """

    def __init__(self, session: Session, compiled: Compiled) -> None:
        self.session, self.compiled = session, compiled
        self.sql = queries("realtime")
        self.sources = {source.name: source for source in compiled.sources}
        for sql in (sql for step in compiled.steps for sql in step.indexes):
            session.query(sql)
        self.steps = {step.model: PreparedStep(session, step) for step in compiled.steps}
        self.questions: dict[tuple[str, str], Callable[[], Rows]] = {}
        self.caught_up_at: datetime | None = None

    def run(self, requests: Mapping[str, Sequence[str]]) -> list[Outcome]:
        """Process the events with these ids, by source, and all that is pending after raw.

        Nothing is written where nothing is new. Raises Busy, or what the session raises; then
        nothing is written either.
        """
        run_id = str(uuid.uuid4())
        caught_up_at, self.caught_up_at = self.caught_up_at, None
        try:
            with self.session.transaction():
                stamp, before = self.begin(run_id)
                behind = set() if before == caught_up_at else self.look_again()
                found = {source: self.take(source, ids) for source, ids in requests.items()}
                ran = self.pass_on(
                    [source for source, ids in found.items() if any(ids.values())], behind
                )
                forgot = [self.ask("forget_failures", name) for name in requests]
                outcomes = [
                    outcome
                    for source, ids in requests.items()
                    for outcome in self.outcomes(source, ids, found[source])
                ]
                if not ran and not any(forgot):
                    raise _NothingNew
                self.end(run_id, stamp, ran)
        except _NothingNew:
            stamp = before
        self.caught_up_at = stamp
        return outcomes

    def begin(self, run_id: str, kind: str = "event") -> tuple[datetime, datetime]:
        """Take the writer lock; returns the run's stamp, and the one that was given out before."""
        for sql in self.compiled.lock:
            self.session.query(sql, holder=run_id, kind=kind)
        stamps = self.session.query(self.sql["stamps"], run_id=run_id)
        if not stamps:
            raise Busy
        return stamps[0][0], stamps[0][1]

    def end(self, run_id: str, stamp: datetime, ran: list[str]) -> None:
        """Note what the models have absorbed, close the ledger's entry and let the lock go."""
        self.session.query(self.sql["note_marks"], stamp=stamp, models=ran)
        for sql in self.compiled.unlock:
            self.session.query(sql, holder=run_id)

    def look_again(self) -> set[str]:
        """After another run: the models that have not read all there is of those that they read."""
        check_recipe(latest_recipe(self.session.query), self.compiled)
        marks = {
            (model, upstream): absorbed
            for model, upstream, absorbed in self.session.query(self.sql["marks"])
        }
        changed: dict[str, datetime | None] = dict(self.session.query(self.last_changes()))
        return {
            step.model
            for step in self.compiled.steps
            for upstream in step.reads
            if (changed[upstream] or NEVER) > marks.get((step.model, upstream), NEVER)
        }

    def last_changes(self) -> str:
        """The query of when each model's table last gained or lost a row."""
        return " union all ".join(
            f"select '{step.model}' as model, greatest("
            f"(select max(_ingested_at) from {step.relation}), "
            f"(select max(_removed_at) from {step.removed})) as changed_at"
            for step in self.compiled.steps
        )

    def pass_on(self, sources: Sequence[str], behind: set[str]) -> list[str]:
        """Run the models downstream of these sources, and those behind; returns which."""
        changed = {self.sources[source].raw for source in sources}
        alone = sources[0] if len(sources) == 1 and not behind else ""
        ran = []
        for step in self.steps.values():
            if step.model in behind or not changed.isdisjoint(step.reads):
                ran.append(step.model)
                if step.run(behind=step.model in behind, source=alone):
                    changed.add(step.model)
        return ran

    def take(self, source: str, ids: Sequence[str]) -> dict[str, bool]:
        """Take the rows of these ids from the source; returns which are there, and whether new."""
        raw = self.steps[self.sources[source].raw]
        self.session.request(raw.requested, ids)
        raw.run()
        found: dict[str, bool] = dict(self.ask("found", source))
        old = {one for one in ids if not found.get(one)}
        if not self.are_landed_by_id(raw, old) and raw.search():
            found = dict(self.ask("found", source))
        return found

    def are_landed_by_id(self, raw: PreparedStep, ids: set[str]) -> bool:
        """Whether source rows have all of these as their own ids, so that `raw` has seen them."""
        return not ids or ids <= {one for (one,) in raw.landed()}

    def note_failure(self, source: str, event_id: str, reason: str) -> Outcome:
        """Keep an event that the warehouse could not process, with the number of attempts."""
        now = datetime.now(UTC)
        values = {
            "source": source,
            "id": event_id,
            "reason": reason,
            "now": now.replace(tzinfo=None),
        }
        with self.session.transaction():
            for name in ("count_failure", "note_failure"):
                self.session.query(self.sql[name], **values)
        return Outcome(source, event_id, Status.DEAD_LETTERED, now, reason)

    def outcomes(self, source: str, ids: Sequence[str], found: dict[str, bool]) -> list[Outcome]:
        reasons: dict[str, str] = dict(self.ask("reasons", source)) if found else {}
        affected: dict[tuple[str, str], set[str]] = defaultdict(set)
        for request, kind, entity_id in self.ask("affected", source) if found else []:
            affected[request, kind].add(entity_id)
        return [
            Outcome(
                source=source,
                id=event_id,
                status=_status(found.get(event_id), event_id in reasons),
                processed_at=datetime.now(UTC),
                reason=reasons.get(event_id),
                persons=tuple(sorted(affected[event_id, "person"])),
                groups=tuple(sorted(affected[event_id, "group"])),
                memberships=tuple(sorted(affected[event_id, "membership"])),
            )
            for event_id in ids
        ]

    def ask(self, name: str, about: str) -> Rows:
        """Ask one of the queries that are about the requested rows of a source."""
        if (name, about) not in self.questions:
            found = self.sources[about]
            raw = self.steps[found.raw]
            sql = (
                self.sql[name]
                .replace(":events", found.events)
                .replace(":requested", raw.requested)
                .replace(":raw", raw.relation)
                .replace("':model'", f"'{raw.model}'")
                .replace("':source'", f"'{about}'")
            )
            self.questions[name, about] = self.session.question(sql)
        return self.questions[name, about]()


def open_runner(url: str, compiled: Compiled, batch: bool = False) -> Runner:
    """A runner of its own on the warehouse at `url`, for single events or a batch of changes.

    Raises CrmError where the two do not match.
    """
    opener = opener_of(url, compiled)
    with open_warehouse(url, read_only=True) as warehouse:
        check_built(warehouse.query)
        check_recipe(latest_recipe(warehouse.query), compiled)
    session = opener.open_session(url, batch)
    try:
        with session.transaction():
            runner = Runner(session, compiled)
            session.query(runner.last_changes())  # Are all tables there?
            return runner
    except BaseException as error:
        session.close()
        if isinstance(error, Failed | Interrupted):
            raise (MismatchError if isinstance(error, Failed) else CrmError)(
                f"The warehouse's tables are not those of the artefact ({error}). "
                "Run crm build, and crm compile with the same --vars."
            ) from error
        raise


def check_recipe(noted: str | None, compiled: Compiled) -> None:
    """Raises MismatchError where the rows were made by other models than the artefact's.

    What plain dbt built has no recipe that was noted.
    """
    if noted not in (None, compiled.recipe):
        raise MismatchError(
            "The warehouse was built from different models or --vars. Say the same --vars, or run "
            "crm build with these, and crm compile again for single events."
        )


def _status(is_new: bool | None, is_dead: bool) -> Status:
    if is_new is None:
        return Status.NOT_FOUND
    if is_dead:
        return Status.DEAD_LETTERED
    return Status.PROCESSED if is_new else Status.DUPLICATE
