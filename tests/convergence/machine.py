"""Sequences of what happens to a warehouse, and what must hold after each of them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from checks import check_converged, check_explained, check_nothing_kept, check_nothing_pending
from events import Events
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
)
from landings import DOMAINS, EMAILS, TABLES, Landing, landings
from warehouses import Engine, Postgres, Warehouse

from headless_crm.realtime.outcome import Status
from headless_crm.realtime.runner import Busy
from headless_crm.sources import find_source

RECENT = st.integers(-10, 0)
LAYERS = ("source_layer", "core_layer", "identity", "marts")
ENTITIES = ("person", "group")
LIMIT_COLUMNS = ("entity", "identifier_type", "identifier_value", "partner_type", "max_partners")
LIMITS = (
    ("person", "email", EMAILS[0], "*", 0),
    ("person", "email", " Ann@A.test", "*", None),
    ("person", "email", "*@a.test", "*", 0),
    ("person", "email", "*", "user_id", 1),
    ("person", "user_id", "*", "*", 1),
    ("person", "phone", "*", "*", 3),
    ("group", "domain", DOMAINS[0], "*", 0),
    ("group", "myshopify_domain", "*", "*", 1),
)
LINKED = (*(("email", email) for email in EMAILS[:3]), ("user_id", "1"), ("user_id", "2"))


class Convergence(RuleBasedStateMachine):
    """Whatever happened, one run that completes gives what a first build of the raw rows gives."""

    rows = Bundle("rows")
    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.warehouse = Warehouse(self.engine.empty())
        self.events = Events(self.warehouse.engine)
        self.ids: dict[str, set[str]] = {entity: set() for entity in ENTITIES}

    @initialize(built=st.sampled_from([True, True, False]))
    def begin(self, built: bool) -> None:
        """With tables without rows, or with none."""
        if built:
            self.warehouse.run()

    @rule(target=rows, row=landings(RECENT))
    def arrive(self, row: Landing) -> Landing:
        self.warehouse.land(row)
        return row

    @rule(target=rows, row=landings(st.integers(-60, -11)))
    def arrive_late(self, row: Landing) -> Landing:
        """With a synced_at that is older than what runs have taken."""
        self.warehouse.land(row)
        return row

    @rule(target=rows, row=landings(st.just(0)))
    def arrive_together(self, row: Landing) -> Landing:
        """With a synced_at that others have too."""
        self.warehouse.land(row)
        return row

    @rule(target=rows, row=landings(st.sampled_from([24, 24 * 365])))
    def arrive_ahead(self, row: Landing) -> Landing:
        """With a synced_at that the clock has not reached."""
        self.warehouse.land(row)
        return row

    @rule(row=rows, later=st.integers(0, 5))
    def arrive_again(self, row: Landing, later: int) -> None:
        self.warehouse.land(dataclasses.replace(row, hours=row.hours + later))

    @rule(target=rows, row=rows, other=landings(RECENT))
    def supersede(self, row: Landing, other: Landing) -> Landing:
        """Other content under a key that is there; of any source, as far as its parser goes."""
        version = dataclasses.replace(other, source=row.source, key=row.key)
        self.warehouse.land(version)
        return version

    @rule(source=st.sampled_from(sorted(TABLES)))
    def a_column_appears(self, source: str) -> None:
        self.warehouse.engine.execute(
            f"alter table raw.{TABLES[source]} add column if not exists cursor varchar"
        )

    @rule(domain=st.sampled_from(DOMAINS))
    def a_guard_flips(self, domain: str) -> None:
        """A domain becomes one that is no group, or ceases to be."""
        engine = self.warehouse.engine
        if engine.execute(f"select 1 from crm.generic_domains where domain = '{domain}'"):
            engine.execute(f"delete from crm.generic_domains where domain = '{domain}'")
        else:
            engine.execute(f"insert into crm.generic_domains values ('{domain}', 'freemail')")

    @rule(limit=st.sampled_from(LIMITS))
    def a_limit_flips(self, limit: tuple[str, str, str, str, int | None]) -> None:
        """An identifier is blocked or allowed, a pattern is, or a cap is set; or no longer."""
        self.flip(
            "identifier_limits",
            dict(zip(LIMIT_COLUMNS, limit, strict=True)),
        )

    @rule(
        rule=st.sampled_from(["always", "never"]),
        ends=st.lists(st.sampled_from(LINKED), min_size=2, max_size=2, unique=True),
    )
    def a_link_flips(self, rule: str, ends: list[tuple[str, str]]) -> None:
        """Two identifiers are linked, or forbidden to be; or no longer."""
        row = {"entity": "person", "rule": rule}
        for side, (kind, value) in zip("ab", ends, strict=True):
            row |= {f"identifier_type_{side}": kind, f"identifier_value_{side}": value}
        self.flip("identifier_links", row)

    def flip(self, table: str, row: dict[str, Any]) -> None:
        """Take the row out of a table of rules, or put it in if it was not there."""
        values = {name: "null" if value is None else f"'{value}'" for name, value in row.items()}
        same = " and ".join(
            f"cast({name} as varchar) is not distinct from {value}"
            for name, value in values.items()
        )
        engine = self.warehouse.engine
        if engine.execute(f"select 1 from raw.{table} where {same}"):
            engine.execute(f"delete from raw.{table} where {same}")
        else:
            columns, row_values = ", ".join(values), ", ".join(values.values())
            engine.execute(f"insert into raw.{table} ({columns}) values ({row_values})")

    @rule(layer=st.sampled_from(LAYERS))
    def run_layer(self, layer: str) -> None:
        if self.is_built:
            self.warehouse.run(layer)
        self.check_journal()

    @rule(row=rows)
    def process(self, row: Landing) -> None:
        self.process_all([row])

    @rule(target=rows, row=landings(RECENT))
    def process_at_once(self, row: Landing) -> Landing:
        """An event that no batch has seen."""
        self.warehouse.land(row)
        self.process_all([row])
        return row

    @rule(target=rows, some=st.lists(landings(RECENT), min_size=2, max_size=4))
    def process_one_after_another(self, some: list[Landing]) -> MultipleResults[Landing]:
        """The first makes good what is pending, so that the others have only themselves to tell."""
        for row in some:
            self.warehouse.land(row)
            self.process_all([row])
        return multiple(*some)

    @rule(some=st.lists(rows, min_size=2, max_size=6))
    def process_together(self, some: list[Landing]) -> None:
        self.process_all(some)

    @rule(row=rows, statements=st.integers(0, 80))
    def die_in_an_event(self, row: Landing, statements: int) -> None:
        self.process_all([row], die_after=statements)

    @rule(row=rows)
    def process_while_a_batch_runs(self, row: Landing) -> None:
        """Where a server tells who holds the lock; a file's owner sees to that itself."""
        if self.is_built and isinstance(self.warehouse.engine, Postgres):
            with self.warehouse.lock("batch"), pytest.raises(Busy):
                self.events.open().run({row.source: [row.key]})

    @rule(row=rows)
    def process_what_never_landed(self, row: Landing) -> None:
        self.process_all([dataclasses.replace(row, key=f"no {row.key}")])

    @rule(row=rows)
    def erase(self, row: Landing) -> None:
        """Nothing is left of it in its source, or taken from there; nor a correction, not taken."""
        if self.is_built:
            source = find_source(row.source)
            self.warehouse.engine.execute(
                f"insert into raw.{source.table} (id, record, synced_at) "
                f"values (null, '{row.corrected}', cast('{row.synced_at}' as timestamp))"
            )
            self.events.erase(source, [row.key])
            for table in (f"raw.{source.table}", f"crm.{source.raw_model}"):
                sql = f"select 1 from {table} where id = '{row.key}' or id is null"
                assert not self.warehouse.engine.execute(sql)

    def process_all(self, some: list[Landing], die_after: int | None = None) -> None:
        """Afterwards an event is there, and the same again is a duplicate, or a dead letter."""
        if not self.is_built:
            return
        requests = {
            source: sorted({row.key for row in some if row.source == source})
            for source in sorted({row.source for row in some})
        }
        outcomes = self.events.process(requests, die_after)
        for outcome in outcomes:
            raw = f"crm.{TABLES[outcome.source]}_raw"
            found = self.warehouse.engine.execute(
                f"select 1 from {raw} where id = '{outcome.id}'"  # Ours, from a small pool.
            )
            assert bool(found) == (outcome.status != Status.NOT_FOUND)
        if outcomes:
            before = self.warehouse.engine.execute("select max(stamp) from crm.ledger")
            again = self.events.process(requests)
            assert all(outcome.status != Status.PROCESSED for outcome in again)
            assert self.warehouse.engine.execute("select max(stamp) from crm.ledger") == before
        self.check_journal()

    @property
    def is_built(self) -> bool:
        """Whether a first build got to its end."""
        return set(self.warehouse.project.order) <= self.warehouse.tables

    @rule(statements=st.integers(0, 700), full=st.booleans())
    def die(self, statements: int, full: bool) -> None:
        self.warehouse.run(full=full, die_after=statements)
        self.check_journal()

    @rule()
    def run_all(self) -> None:
        self.warehouse.run()
        self.check_journal()
        check_nothing_pending(self.warehouse)
        check_nothing_kept(self.warehouse)

    @rule()
    def full_refresh(self) -> None:
        self.warehouse.run(full=True)
        self.check_journal()

    def teardown(self) -> None:
        try:
            if self.warehouse.runs:
                self.run_all()
                check_converged(self.warehouse)
                check_explained(self.warehouse)
                entries = self.journal_size()
                self.warehouse.run(full=True)
                assert self.journal_size() == entries, (
                    "a full refresh of what converged logs a change"
                )
        finally:
            self.events.close()
            self.warehouse.engine.close()

    def journal_size(self) -> int:
        return int(self.warehouse.engine.execute("select count(*) from crm.identity_journal")[0][0])

    def check_journal(self) -> None:
        """Each id that came or went has an entry that says so, and leads on to one that lives."""
        for entity in ENTITIES:
            if f"{entity}_components" not in self.warehouse.tables:
                continue  # A first build died before it came there.
            now = dict(
                self.warehouse.engine.execute(
                    f"select identifier_key, {entity}_id from crm.{entity}_components"
                )
            )
            entries = self.warehouse.engine.execute(
                "select change, id, other_id from crm.identity_journal "
                f"where entity = '{entity}' order by stamp"
            )
            came = {i for change, i, _ in entries if change in ("born", "split")}
            came |= {other for change, _, other in entries if change == "renamed"}
            assert set(now.values()) <= came, "an id that no entry speaks of"
            went = {
                i: other
                for change, i, other in entries
                if change in ("merged", "renamed", "removed")
            }
            self.ids[entity] |= set(now.values())
            for published in self.ids[entity]:
                at, steps = published, 0
                while at is not None and at not in now:
                    assert at in went, "an id is gone, and no entry says why"
                    at, steps = went[at], steps + 1
                    assert steps <= len(went), "entries that lead in a circle"
