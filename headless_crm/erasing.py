"""Events erased: their rows in the source table, and each version that was taken."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from headless_crm.errors import CrmError
from headless_crm.queries import queries, quoted
from headless_crm.realtime.compiling import compiled_from
from headless_crm.realtime.rendering import render
from headless_crm.realtime.runner import Busy, Runner, open_runner
from headless_crm.realtime.session import Failed, Interrupted
from headless_crm.recipe import recipe_of
from headless_crm.sources import Source, find_source

_LONGEST_ID = 500
"""Of a row's own id that a raw model takes: see first_landings."""

Version = tuple[str, str]
"""The id of an event, and the hash of a content of it."""


@dataclass(frozen=True)
class Erased:
    """The ids that were there, and how many rows of the source table and of its raw model."""

    ids: set[str]
    landed: int
    versions: int


def erase(url: str, variables: dict[str, Any], name: str, ids: Sequence[str]) -> Erased:
    """Delete the events of a source that have these ids, all or none; a build is to follow.

    Raises CrmError where the warehouse refuses, and UsageError for a source that there is not.
    """
    source = find_source(name, variables)
    rendering = render(url, variables, whole=source.raw_model)
    compiled = compiled_from(rendering, recipe_of(variables))
    steps = tuple(step for step in compiled.steps if step.model == source.raw_model)
    sources = tuple(one for one in compiled.sources if one.raw == source.raw_model)
    runner = open_runner(url, replace(compiled, steps=steps, sources=sources), batch=True)
    try:
        return erase_events(runner, source, rendering.selects["create"][source.raw_model], ids)
    except Busy as error:
        raise CrmError("Another run is writing. Try again when it is done.") from error
    except (Failed, Interrupted) as error:
        raise CrmError(
            f"The warehouse could not erase the events ({error}), and nothing was erased. Has it "
            f"the table {source.schema}.{source.table}, and have you the right to delete there?"
        ) from error
    finally:
        runner.session.close()


def erase_events(runner: Runner, source: Source, keyed: str, ids: Sequence[str]) -> Erased:
    """The same by a runner that is open, in a transaction of its own.

    `keyed` is the raw model's query of all rows that have landed.
    """
    run_id = str(uuid.uuid4())
    session, raw = runner.session, runner.steps[source.raw_model]
    places = {
        ":requested": raw.requested,
        ":landed": f":database.{quoted(source.schema, source.table)}",
        ":raw": raw.relation,
        ":removed": raw.removed,
        ":keyed": keyed,
    }

    def ask(name: str, **values: object) -> list[tuple[Any, ...]]:
        sql = queries("erasing")[name]
        for place, relation in places.items():
            sql = sql.replace(place, relation)
        return session.query(sql, **values)

    [name] = [one.name for one in runner.compiled.sources if one.raw == source.raw_model]
    with session.transaction():
        stamp, _ = runner.begin(run_id, "erasure")
        session.request(raw.requested, ids)
        made = set(ask("made"))
        asked = set(ids)
        versions = {version for version in made if version[0] in asked}
        contents = sorted({content for _, content in made})
        theirs = [
            (id_, content)
            for id_, content in ask("landed", hashes=contents)
            if _is_of(id_, content, versions, made)
        ]
        own_ids, hashes = [id_ for id_, _ in theirs], [content for _, content in theirs]
        landed = len(ask("forget_landed", ids=own_ids, hashes=hashes))
        ask("keep_aside", stamp=stamp)
        taken = len(ask("take_away"))
        ask("forget_failures", source=name)
        runner.end(run_id, stamp, [])
    return Erased({id_ for id_, _ in versions}, landed, taken)


def _is_of(id_: str, content: str, versions: set[Version], made: set[Version]) -> bool:
    """Whether what landed under an id, blank for none, is one of these versions.

    A model takes a row's own id, or puts some of the content behind it; where there is none, or one
    that is too long for a key, it takes one that is in the content, or its hash. Which of them it
    took is seen by what it `made` of the content, under whatever id that landed.
    """
    own = id_ if 1 <= len(id_) <= _LONGEST_ID else content
    if (own, content) in made:
        return (own, content) in versions
    behind = f"{id_}-" if own == id_ else ""
    return any(key.startswith(behind) for key, hashed in versions if hashed == content)
