"""What rules would do: the models are brought up to date with them, and all is rolled back."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from headless_crm.entities import ENTITIES, name_of
from headless_crm.errors import CrmError
from headless_crm.queries import queries, quoted
from headless_crm.realtime.compiled import Compiled, Step
from headless_crm.realtime.compiling import compile_events
from headless_crm.realtime.runner import Busy, Runner, open_runner
from headless_crm.realtime.session import Failed, Interrupted, Session
from headless_crm.rules.stored import placed
from headless_crm.rules.tables import TABLES, Rule, RuleTable


@dataclass(frozen=True)
class Change:
    """What would become of an id; see the journal. `name` is whose it is now, where known."""

    entity: str
    change: str
    id: str
    other_id: str | None
    identifiers: int
    name: str | None


@dataclass(frozen=True)
class Preview:
    """All changes, the largest first."""

    changes: list[Change]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Entity → change → how many ids."""
        return {
            entity: dict(Counter(item.change for item in self.changes if item.entity == entity))
            for entity in ENTITIES
        }


class _RolledBack(Exception):  # noqa: N818
    """Ends the transaction; what it would have changed is known."""


def preview(url: str, variables: dict[str, Any], rules: Mapping[RuleTable, list[Rule]]) -> Preview:
    """What a build would merge and split if these were the rules; of other tables, as they stand.

    Writes nothing: events wait while it looks. Raises CrmError where it can't look.
    """
    runner = open_runner(url, _of_rules(compile_events(url, variables)), batch=True)
    run_id = str(uuid.uuid4())
    changes: list[Change] = []
    try:
        with runner.session.transaction():
            runner.begin(run_id)
            for table, rows in rules.items():
                _put(runner.session, table, variables, rows)
            for step in runner.steps.values():
                step.run(behind=True)
            changes = [item for entity in ENTITIES for item in _changes(runner, run_id, entity)]
            raise _RolledBack
    except _RolledBack:
        return Preview(changes)
    except Busy as error:
        raise CrmError("Another run is writing. Try again when it is done.") from error
    except (Failed, Interrupted) as error:
        raise CrmError(f"The warehouse could not preview the rules: {error}.") from error
    finally:
        runner.session.close()


def _of_rules(compiled: Compiled) -> Compiled:
    """The steps from the rules to the components: what stands upstream is as it is."""
    reached = {table.name for table in TABLES}
    steps: list[Step] = []
    needed = _upstream(compiled, {step.model for step in compiled.steps if step.rounds})
    for step in compiled.steps:
        if step.model in reached or reached & set(step.reads):
            reached.add(step.model)
            if step.model in needed:
                steps.append(replace(step, indexes=()))  # It writes nothing.
    return replace(compiled, steps=tuple(steps), sources=())


def _upstream(compiled: Compiled, models: set[str]) -> set[str]:
    found = set(models)
    for step in reversed(compiled.steps):
        if step.model in found:
            found |= set(step.reads)
    return found


def _put(session: Session, table: RuleTable, variables: dict[str, Any], rows: list[Rule]) -> None:
    relation = f":database.{quoted(*table.relation(variables))}"
    session.query(placed("forget", table, relation))
    say = placed("say", table, relation, ", ".join(f":{name}" for name in table.columns))
    for row in rows:
        session.query(say, **dict(zip(table.columns, row, strict=True)))


def _changes(runner: Runner, run_id: str, entity: str) -> list[Change]:
    sql = queries("rules")["preview_changes"]
    for name, text in {
        ":entities": f"{entity}s",
        ":entity": entity,
        ":other_name": name_of(entity, "others"),
        ":name": name_of(entity, "names"),
    }.items():
        sql = sql.replace(name, text)
    rows = runner.session.query(sql, run_id=run_id)
    return [Change(entity, *row) for row in rows]
