"""Plants faults in the incremental SQL, one at a time, and sees that the convergence tests fail.

    python scripts/mutations.py [NUMBER…]

Each fault is planted in a copy of the tracked files. Exit code 1 where one survives.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Of DuckDB alone, which is the faster one; those that fail soonest come first.
TESTS = [
    "tests/unit/test_incremental.py",
    "tests/unit/test_contraction.py",
    "tests/convergence/test_traps.py",
    "tests/convergence/test_guards.py",
    "tests/convergence/test_sequences_duckdb.py",
]


@dataclass(frozen=True)
class Fault:
    what: str
    file: str
    text: str
    instead: str
    first: str | None = None
    """Where a test is that should catch it, and so runs before the others."""


def guard(what: str, file: str, text: str, instead: str) -> Fault:
    return Fault(what, file, text, instead, first="tests/convergence/test_guards.py")


def event(what: str, file: str, text: str, instead: str) -> Fault:
    return Fault(what, file, text, instead, first="tests/convergence/test_event_traps.py")


FAULTS = [
    Fault(
        "removed rows are not kept for those downstream",
        "macros/incremental/change_statements.sql",
        "        keep_aside,\n",
        "",
    ),
    Fault(
        "rows that went stay",
        "macros/incremental/change_statements.sql",
        "        take_away,\n",
        "",
    ),
    Fault(
        "rows that went are put in again",
        "macros/incremental/change_statements.sql",
        " where weight > 0) as added",
        ") as added",
    ),
    Fault(
        "a retraction upstream is not looked at",
        "macros/incremental/changed_rows.sql",
        "_removed_at {{ since }} and _removed_at <=",
        "_removed_at < {{ seen }} and _removed_at <=",
    ),
    Fault(
        "what came and went unseen counts as lost",
        "macros/incremental/changed_rows.sql",
        "{{ 'and _ingested_at <= ' ~ seen if not at_once }} ",
        "",
    ),
    Fault(
        "one watermark for all models that read a table",
        "macros/incremental/changed_rows.sql",
        "select absorbed from {{ headless_crm.state_table('watermarks') }}\n"
        "            where model = '{{ node.name }}' and upstream",
        "select max(absorbed) from {{ headless_crm.state_table('watermarks') }}\n"
        "            where upstream",
    ),
    Fault(
        "a stamp is given out twice",
        "macros/runs/lock_statements.sql",
        "stamp = greatest({{ headless_crm.utc_now() }}, "
        "{{ dbt.dateadd('microsecond', 1, 'stamp') }})",
        "stamp = greatest(timestamp '2020-01-01', stamp)",
    ),
    Fault(
        "the lock of a dead run stays",
        "macros/cross_db/writer_lock.sql",
        "{% macro default__holder_is_gone() -%}\n    true",
        "{% macro default__holder_is_gone() -%}\n    false",
    ),
    Fault(
        "a time ahead of the clock moves the source's watermark there",
        "macros/incremental/absorbed_statements.sql",
        "least({{ headless_crm.utc_timestamp('landed.synced_at') }}, "
        "{{ headless_crm.run_stamp() }})",
        "{{ headless_crm.utc_timestamp('landed.synced_at') }}",
    ),
    Fault(
        "no lookback for rows that land late",
        "macros/incremental/source_rows.sql",
        "-1 - var('lookback_days')",
        "0",
    ),
    Fault(
        "raw takes rows that it has",
        "macros/incremental/incremental_source_filter.sql",
        "and not exists (",
        "and true or not exists (",
    ),
    Fault(
        "a lost edge dissolves nothing",
        "macros/identity/component_start.sql",
        "where lost.weight < 0",
        "where lost.weight < -9",
    ),
    Fault(
        "a lost or older identifier dissolves nothing",
        "macros/identity/component_start.sql",
        "where before_id is not null",
        "where false",
    ),
    Fault(
        "an identifier that turned out older is not seen",
        "macros/identity/component_start.sql",
        "['identifier_key', 'is_current', 'synced_at']",
        "['identifier_key', 'is_current']",
    ),
    Fault(
        "a dissolved entity's edges are found by one side",
        "macros/identity/component_start.sql",
        "select edge_id from {{ t.edges }} where identifier_key_{{ side }} in",
        "select edge_id from {{ t.edges }} where identifier_key_a in",
    ),
    Fault(
        "a merged entity's other identifiers keep their id",
        "macros/identity/component_finish.sql",
        "where named.{{ id }} <> named.label and",
        "where false and",
    ),
    Fault(
        "an entity is named by its newest identifier",
        "macros/identity/component_finish.sql",
        "            nodes.synced_at,\n",
        "            nodes.synced_at desc,\n",
    ),
    Fault(
        "the journal is not kept",
        "macros/identity/component_finish.sql",
        "        + headless_crm.journal_statements(node, t.fresh, within)\n",
        "",
    ),
    Fault(
        "a merge is told as a split",
        "macros/identity/journal_changes.sql",
        "                when new_was_there then 'merged'\n",
        "",
    ),
    Fault(
        "a contraction forgets its later rounds",
        "macros/identity/contraction_rounds.sql",
        "coalesce(finals.final, picks.picked)",
        "picks.picked",
    ),
    Fault(
        "an edge is not looked at again when its other side changes",
        "models/identity/person_identifier_edges.sql",
        "'on': ['row_id', 'row_id']",
        "'on': ['row_id', 'event_id']",
    ),
    Fault(
        "edges are looked for where there are none",
        "models/identity/person_identifier_edges.sql",
        "'not is_alone'",
        "'is_alone'",
    ),
    Fault(
        "what was said before all that is known counts as known",
        "macros/traits/value_intervals.sql",
        "own.valid_from <= told.occurred_at\n",
        "1 = 1\n",
    ),
    Fault(
        "an identifier that occurred earlier than it first landed counts as known",
        "macros/identifiers/identifier_arrivals.sql",
        "own.is_current and own.first_seen_at <= told.occurred_at",
        "own.is_current",
    ),
    Fault(
        "what went is settled by what came before it",
        "macros/incremental/settled.sql",
        "told.weight > 0 and ",
        "",
    ),
    Fault(
        "copies of a message have times of their own",
        "models/source_layer/gmail/events/gmail_person_identifiers.sql",
        "messages.first_occurred_at",
        "messages.occurred_at",
    ),
    Fault(
        "a role of a participant is a row for each time of the event",
        "macros/marts/participants.sql",
        "        identifiers.role\n{%- endmacro %}",
        "        identifiers.role,\n        identifiers.occurred_at\n{%- endmacro %}",
    ),
    Fault(
        "participants don't follow a merge",
        "models/marts/person_participants.sql",
        "'columns': ['person_id']",
        "'columns': []",
    ),
    Fault(
        "memberships don't follow a group's merge",
        "models/identity/entity_memberships.sql",
        "'columns': ['group_id', 'is_guarded']",
        "'columns': ['is_guarded']",
    ),
    Fault(
        "memberships don't follow a person's name",
        "models/marts/memberships.sql",
        "'columns': ['name', 'email', 'phone']",
        "'columns': ['email', 'phone']",
    ),
    Fault(
        "a shop's versions are put in order one by one",
        "models/source_layer/gadget/gadget_shop_versions.sql",
        "scope='shop_id'",
        "scope='id'",
    ),
    Fault(
        "a generic domain that comes or goes touches nothing",
        "models/source_layer/gmail/events/gmail_group_identifiers.sql",
        "'on': ['domain', 'domain']",
        "'on': ['kind', 'domain']",
    ),
    Fault(
        "a refresh's differences are not published",
        "macros/runs/publish_refresh.sql",
        "        + headless_crm.change_statements(node, next)\n",
        "",
    ),
    guard(
        "a cap holds from as many partners on as it allows",
        "macros/guards/shared_identifiers.sql",
        "partners > max_partners",
        "partners >= max_partners",
    ),
    guard(
        "a cap counts partners of all types together",
        "macros/guards/shared_identifiers.sql",
        "            count(distinct partner_key)\n"
        "            - count(distinct case when partner_key <> least_key then partner_key end)",
        "            sum(count(distinct partner_key)\n"
        "            - count(distinct case when partner_key <> least_key then partner_key end))\n"
        "            over (partition by identifier_key)",
    ),
    guard(
        "a cap counts each of those that a row names together",
        "macros/guards/shared_identifiers.sql",
        "case when partner_key <> least_key then partner_key end",
        "case when false then partner_key end",
    ),
    guard(
        "a cap counts blocked partners",
        "macros/guards/shared_identifiers.sql",
        " and blocked_partner.identifier_key is null",
        "",
    ),
    guard(
        "a partner that is blocked leaves those beside it as they were",
        "models/identity/guards/shared_person_identifiers.sql",
        "            'beside': 'row_id',\n",
        "",
    ),
    guard(
        "a default comes before the user's own limit",
        "macros/guards/limits.sql",
        "    is_default,\n",
        "    is_default desc,\n",
    ),
    guard(
        "a limit for a type comes before one for a value",
        "macros/guards/limits.sql",
        "    breadth,\n",
        "    breadth desc,\n",
    ),
    guard(
        "a limit for all partners comes before one for their type",
        "macros/guards/limits.sql",
        "case when limited_type = '*' then 1 else 0 end",
        "case when limited_type = '*' then 0 else 1 end",
    ),
    guard(
        "a limit for a pattern that comes or goes touches nothing",
        "macros/guards/limits.sql",
        "'changes.value_pattern is not null and ",
        "'changes.value_pattern is null and ",
    ),
    guard(
        "both edges to a third of two that are never linked are cut",
        "macros/guards/edge_rules.sql",
        "            row_number() over (\n"
        "                partition by id, other_identifier_key\n"
        "                order by first_synced_at, "
        "{{ headless_crm.binary_order('identifier_key') }}\n",
        "            count(*) over (\n                partition by id, other_identifier_key\n",
    ),
    guard(
        "a third stays with the one that it came with last",
        "macros/guards/edge_rules.sql",
        "order by first_synced_at,",
        "order by first_synced_at desc,",
    ),
    guard(
        "no edge to a third of two that are never linked is cut",
        "macros/guards/edge_rules.sql",
        "landing > 1",
        "landing > 9",
    ),
    guard(
        "an always counts where a never does",
        "macros/guards/edge_rules.sql",
        " and cut.identifier_key is null",
        "",
    ),
    guard(
        "edges don't follow what is blocked",
        "models/identity/person_identifier_edges.sql",
        "'blocked_person_identifiers': ways_of_guards('person_identifier_edges')",
        "'blocked_person_identifiers': []",
    ),
    guard(
        "edges don't follow what is shared",
        "models/identity/person_identifier_edges.sql",
        "'shared_person_identifiers': ways_of_guards('person_identifier_edges')",
        "'shared_person_identifiers': []",
    ),
    guard(
        "edges follow the guards of one of their sides",
        "macros/guards/guarded_edges.sql",
        "    {%- for side in ['a', 'b'] -%}\n        {%- do ways",
        "    {%- for side in ['a'] -%}\n        {%- do ways",
    ),
    guard(
        "edges don't follow rules about a pair",
        "models/identity/person_identifier_edges.sql",
        "'person_edge_rules': 'identifier_key_a'",
        "'person_edge_rules': []",
    ),
    guard(
        "the guard of an edge's second side counts for nothing",
        "macros/guards/guarded_edges.sql",
        "else coalesce(guards_a.reason, guards_b.reason)",
        "else guards_a.reason",
    ),
    guard(
        "an inactive edge joins",
        "models/identity/person_components.sql",
        "where is_active",
        "where true",
    ),
    guard(
        "an edge that turns inactive is not lost",
        "macros/identity/component_start.sql",
        "sum(case when is_active then weight else 0 end)",
        "sum(weight)",
    ),
    guard(
        "memberships don't follow a guard that parts nobody",
        "models/identity/entity_memberships.sql",
        "'columns': ['person_id', 'is_guarded']",
        "'columns': ['person_id']",
    ),
    guard(
        "memberships are by the first identifier, guarded or not",
        "macros/identity/row_entities.sql",
        "case when resolved.is_guarded then 1 else 0 end,",
        "",
    ),
    guard(
        "a mail provider's domain joins groups",
        "models/source_layer/identity_rules/identifier_limits.sql",
        "        0 as max_partners,\n",
        "        cast(null as integer) as max_partners,\n",
    ),
    Fault(
        "a mail provider's domain is the group of whoever writes from it",
        "models/source_layer/gmail/events/gmail_group_identifiers.sql",
        "generic_domains.domain is null",
        "true",
    ),
    event(
        "an event takes models that are behind for ones that are not",
        "headless_crm/realtime/runner.py",
        "behind=step.model in behind",
        "behind=False",
    ),
    event(
        "an event does not see what its transaction took back upstream",
        "macros/incremental/changed_rows.sql",
        "weight from {{ headless_crm.step_table(upstream, 'changes') }}",
        "weight from {{ headless_crm.step_table(upstream, 'changes') }} where weight > 0",
    ),
    Fault(
        "the event's own rows of raw are not what changed",
        "macros/incremental/changed_rows.sql",
        "'>= ' ~ stamp if at_once",
        "'> ' ~ stamp if at_once",
        first="tests/convergence/test_event_traps.py",
    ),
    Fault(
        "rows go with one that agrees in the first part of their key",
        "macros/incremental/change_statements.sql",
        "same_keys('live', 'gone', keys)",
        "same_keys('live', 'gone', keys[:1])",
    ),
    Fault(
        "what went is looked for in another scope",
        "macros/incremental/change_statements.sql",
        "in (select {{ scope }} from {{ gone }})",
        "not in (select {{ scope }} from {{ gone }})",
    ),
    Fault(
        "all that is there counts as changed",
        "macros/incremental/changed_rows.sql",
        "where _ingested_at {{ since }} and _ingested_at <=",
        "where _ingested_at <=",
        first="tests/convergence/test_cost.py",
    ),
    Fault(
        "what was taken back is kept for good",
        "macros/runs/prune_statements.sql",
        " and model in ({{ headless_crm.text_list(readers) }})",
        "",
    ),
    Fault(
        "what a model makes beyond its scope is taken",
        "macros/incremental/upstream.sql",
        "{{ return(false) }}",
        "{{ return(true) }}",
    ),
    Fault(
        "identifiers that became good are still rejected",
        "models/core_layer/rejected_identifiers.sql",
        "counts='identifier_value is null'",
        "counts='identifier_value is not null'",
    ),
    Fault(
        "rows that can't be processed are no dead letters after the first build",
        "models/source_layer/manual/events/manual_dead_letters.sql",
        "'dead_letter_reason is not null'",
        "'false'",
    ),
    event(
        "an event takes back what other sources told under its key",
        "macros/runs/changes_by_source.sql",
        "where source in (",
        "where true or source in (",
    ),
    Fault(
        "what an ephemeral model reads is not looked at",
        "macros/incremental/graph.sql",
        "{%- for text in [node] + headless_crm.parts_of(node) -%}",
        "{%- for text in [node] -%}",
    ),
    Fault(
        "an ephemeral model's ways to the scope are its reader's",
        "macros/incremental/upstream.sql",
        "headless_crm.text_reading(node, name).config -%}",
        "node.config -%}",
    ),
    Fault(
        "a row tells the event that is named after it alone",
        "macros/runs/told_events.sql",
        "if 'is_current' in upstream.columns",
        "if 'is_never' in upstream.columns",
        first="tests/acceptance/test_process.py",
    ),
    Fault(
        "what a version no longer tells is told",
        "macros/runs/told_events.sql",
        "where is_current'",
        "where true'",
        first="tests/acceptance/test_process.py",
    ),
    Fault(
        "what macros see of the graph is in the database that was parsed for",
        "headless_crm/pipeline.py",
        "    manifest.build_flat_graph()",
        "    manifest.flat_graph",
        first="tests/acceptance/test_build_cli.py",
    ),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("numbers", metavar="NUMBER", nargs="*", type=int, help="Only these faults.")
    chosen = parser.parse_args().numbers or range(1, len(FAULTS) + 1)
    survived = 0
    for number in chosen:
        started = time.monotonic()
        failed = first_failure(FAULTS[number - 1])
        survived += failed is None
        seconds = time.monotonic() - started
        verdict = f"caught by {failed}" if failed else "SURVIVED"
        print(f"{number:2} {FAULTS[number - 1].what}: {verdict} ({seconds:.0f} s)", flush=True)  # noqa: T201
    print(f"{len(chosen) - survived} of {len(chosen)} faults were caught.")  # noqa: T201
    return 1 if survived else 0


def first_failure(fault: Fault) -> str | None:
    """The first test that fails with the fault in place; none where all pass."""
    with tempfile.TemporaryDirectory(prefix="crm-mutation-") as folder:
        copy_of_project(Path(folder))
        tests = dict.fromkeys([fault.first, *TESTS] if fault.first else TESTS)
        file = Path(folder) / fault.file
        text = file.read_text(encoding="utf-8")
        if fault.text not in text:
            sys.exit(f"{fault.file} does not hold the text of the fault: {fault.what}.")
        file.write_text(text.replace(fault.text, fault.instead), encoding="utf-8")
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pytest", "-x", "-q", "-k", "not postgres", *tests],
            cwd=folder,
            env=os.environ | {"CRM_SEQUENCES": os.environ.get("CRM_SEQUENCES", "25")},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode and not found:
        sys.exit(f"The tests did not run: {done.stdout[-500:]}{done.stderr[-500:]}")
    return found[1] if found else None


def copy_of_project(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


if __name__ == "__main__":
    sys.exit(main())
