"""A step of the artefact, made ready on a session."""

from __future__ import annotations

from headless_crm.errors import CrmError
from headless_crm.realtime.compiled import Statement, Step, TemporaryTable
from headless_crm.realtime.session import Session


class PreparedStep:
    """Brings the table of one model up to date."""

    def __init__(self, session: Session, step: Step) -> None:
        self.session = session
        self.model, self.reads = step.model, step.reads
        self.relation, self.removed = step.relation, step.removed
        self.requested, self.landed = step.requested, session.question(step.landed)
        self.rounds = step.rounds
        if step.requested:
            session.create_table(step.requested, "select cast('' as varchar) as id")
        self.start = session.prepare(step.statements, _kept(step))
        self.at_once = session.prepare(_at_once(step), _kept(step)) if step.at_once else self.start
        self.of_source = {
            source: session.prepare(statements) for source, statements in step.of_source.items()
        }
        self.search = session.prepare(step.search)
        self.finish = session.prepare(step.finish)

    def run(self, behind: bool = False, source: str = "") -> int:
        """Returns how many rows of the table were written and deleted.

        `behind`: something upstream changed before this transaction that it has not absorbed.
        `source`: the one that all that changed in this transaction came of, if it is one.
        """
        start = self.start if behind else self.of_source.get(source, self.at_once)
        written = start()
        if not self.rounds:
            return written
        done = []
        for round_ in self.rounds:
            [(edges,)] = self.session.query(round_.edges_left)
            if not edges:
                break
            for sql in round_.contract:
                self.session.query(sql)
            done.append(round_)
        else:
            raise CrmError(
                f"{self.model}: edges were left after {len(self.rounds)} rounds. "
                "Nothing was published."
            )
        for round_ in reversed(done):
            self.session.query(round_.compose)
        return self.finish()


def _at_once(step: Step) -> list[Statement]:
    """The step's first statements where nothing is behind."""
    instead = {item.table: item for item in step.at_once if isinstance(item, TemporaryTable)}
    return [
        instead.get(item.table, item) if isinstance(item, TemporaryTable) else item
        for item in step.statements
    ]


def _kept(step: Step) -> list[str]:
    """The temporary tables of the step's first statements that later ones read."""
    later: list[Statement] = [*step.finish]
    for round_ in step.rounds[:1]:
        later += [round_.edges_left, *round_.contract, round_.compose]
    texts = [item.select if isinstance(item, TemporaryTable) else item for item in later]
    return [
        item.table
        for item in step.statements
        if isinstance(item, TemporaryTable) and any(item.table in text for text in texts)
    ]
