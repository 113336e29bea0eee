"""What single events could fall for, one thing at a time, by the runner that serves them.

After each of them the fixture `warehouse` runs once more, and compares with a first build.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from checks import check_converged
from events import Events
from landings import TABLES, Landing
from told import ids, install, key_of, mail, seen, shop, taken
from warehouses import Warehouse

from headless_crm.erasing import Erased
from headless_crm.realtime.outcome import Status
from headless_crm.sources import find_source


@pytest.fixture
def events(warehouse: Warehouse) -> Iterator[Events]:
    events = Events(warehouse.engine)
    yield events
    events.close()


def process(warehouse: Warehouse, events: Events, *rows: Landing) -> set[Status]:
    """Land rows and process them together."""
    requests: dict[str, list[str]] = {}
    for row in rows:
        warehouse.land(row)
        requests.setdefault(row.source, []).append(row.key)
    return {outcome.status for outcome in events.process(requests)}


def land_as(warehouse: Warehouse, row: Landing, own_id: str | None) -> None:
    """Land a row under an id that is not its event's."""
    given = "null" if own_id is None else f"'{own_id}'"
    warehouse.engine.execute(
        f"insert into raw.{TABLES[row.source]} (id, record, synced_at) "
        f"values ({given}, '{row.record}', cast('{row.synced_at}' as timestamp))"
    )


def test_events_one_after_another_without_a_batch(warehouse: Warehouse, events: Events) -> None:
    """Each has identifiers to join, so that what the one before left would be met."""
    for n in range(4):
        row = seen(f"e{n}", 0, *(f"{n}-{part}" for part in range(n + 2)))
        assert process(warehouse, events, row) == {Status.PROCESSED}
        check_converged(warehouse)
    assert len(set(ids(warehouse).values())) == 4


def test_an_event_bridges_and_its_correction_parts_again(
    warehouse: Warehouse, events: Events
) -> None:
    process(warehouse, events, seen("a", -3, "a"), seen("b", -2, "b"))
    before = ids(warehouse)
    process(warehouse, events, seen("bridge", -1, "a", "b"))
    assert set(ids(warehouse).values()) == {key_of(warehouse, "a")}
    process(warehouse, events, seen("bridge", 0, "c", version=2))
    assert {value: ids(warehouse)[value] for value in before} == before
    check_converged(warehouse)


def test_an_event_overtakes_the_batch(warehouse: Warehouse, events: Events) -> None:
    warehouse.land(seen("before", -24 * 20, "a"))
    warehouse.run()
    warehouse.land(seen("waiting", -24 * 10, "a", "b"))
    assert process(warehouse, events, seen("overtaking", 0, "b", "c")) == {Status.PROCESSED}
    check_converged(warehouse)
    warehouse.run()
    assert set(ids(warehouse).values()) == {key_of(warehouse, "a")}


@pytest.mark.parametrize("model", ["manual_events_parsed", "events", "person_components"])
def test_an_event_makes_good_what_a_dead_batch_left(
    warehouse: Warehouse, events: Events, model: str
) -> None:
    """Of all sources, not only of its own."""
    for row in (seen("left", -2, "a", "b"), mail("m", -2, "x@a.test", "y@b.test"), shop("1", -1)):
        warehouse.land(row)
    warehouse.run(die_before=model)
    assert process(warehouse, events, seen("next", 0, "b", "c")) == {Status.PROCESSED}
    check_converged(warehouse)


def test_an_event_that_dies_anywhere_leaves_nothing(warehouse: Warehouse, events: Events) -> None:
    process(warehouse, events, seen("first", -1, "a"))
    row = seen("second", 0, "a", "b")
    warehouse.land(row)
    tables = [*warehouse.project.order, "identity_journal", "ledger", "watermarks", "writer_lock"]

    def everything() -> dict[str, list[tuple[object, ...]]]:
        return {
            table: sorted(warehouse.engine.execute(f"select * from crm.{table}"), key=repr)
            for table in tables
        }

    before = everything()
    for statements in (0, 3, 9, 20, 33):
        assert events.process({"manual": [row.key]}, die_after=statements) == []
        assert everything() == before
    assert process(warehouse, events, row) == {Status.PROCESSED}


def test_a_key_that_stands_in_the_record_alone_is_found(
    warehouse: Warehouse, events: Events
) -> None:
    """The source table gave the row no id; and a shop's version is no id of its table."""
    land_as(warehouse, seen("inside", 0, "a"), None)
    [outcome] = events.process({"manual": ["inside"]})
    assert (outcome.status, len(outcome.persons)) == (Status.PROCESSED, 1)
    version = shop("7", 0)
    land_as(warehouse, version, "7")
    [bare] = events.process({"gadget": ["7"]})
    assert bare.status == Status.NOT_FOUND, "a bare shop id is no event's"
    [outcome] = events.process({"gadget": [version.key]})
    assert (outcome.status, len(outcome.groups)) == (Status.PROCESSED, 1)
    # As the fixture expects to find them.
    warehouse.engine.execute("update raw.manual_events set id = 'inside' where id is null")
    warehouse.engine.execute(f"update raw.gadget_shops set id = '{version.key}'")


def test_what_has_landed_and_is_not_taken_is_erased_with_the_rest(
    warehouse: Warehouse, events: Events
) -> None:
    """Whether its id is its own or in the record alone, and before what a build looks at again."""
    land_as(warehouse, seen("e", -3, "a"), None)
    warehouse.land(seen("f", -3, "b"))
    warehouse.run()
    land_as(warehouse, seen("e", -2, "a", version=2), None)
    land_as(warehouse, seen("e", -24 * 60, "a", version=3), None)
    warehouse.land(seen("e", -1, "a", version=4))
    land_as(warehouse, seen("new", -1, "c"), None)
    erased = events.erase(find_source("manual"), ["e", "new"])
    assert erased == Erased({"e", "new"}, landed=5, versions=1)
    warehouse.run()
    assert taken(warehouse, "manual_events_raw") == {"f"}


def test_a_version_is_erased_by_its_own_id_and_by_no_part_of_it(
    warehouse: Warehouse, events: Events
) -> None:
    """A shop's rows have its bare id, which is the beginning of another shop's."""
    rows = {"7": shop("7", -2), "7-x": shop("7-x", -2, "b.test")}
    for own_id, row in rows.items():
        land_as(warehouse, row, own_id)
    warehouse.run()
    # The next version, of which the source keeps a row and has none of the one before.
    newer = rows["7"].record.replace("2025-02-01", "2025-02-02")
    warehouse.engine.execute(f"update raw.gadget_shops set record = '{newer}' where id = '7'")
    warehouse.run()
    source = find_source("gadget")
    versions = taken(warehouse, "gadget_shops_raw")
    assert len(versions) == 3
    assert events.erase(source, ["7", "7-x"]) == Erased(set(), landed=0, versions=0)
    of_7 = sorted(versions - {rows["7-x"].key})
    assert events.erase(source, of_7[:1]) == Erased({*of_7[:1]}, landed=0, versions=1)
    assert events.erase(source, of_7) == Erased({*of_7[1:]}, landed=1, versions=1)
    assert warehouse.engine.execute("select id from raw.gadget_shops") == [("7-x",)]
    # As the fixture expects to find it.
    warehouse.engine.execute(f"update raw.gadget_shops set id = '{rows['7-x'].key}'")


def test_what_is_compiled_for_each_source_runs_and_writes_nothing_where_nothing_is_new(
    warehouse: Warehouse, events: Events
) -> None:
    process(warehouse, events, seen("e", 0, "a", "b"))
    runner = events.open()
    with runner.session.transaction():
        for source in runner.sources:
            assert not any(step.run(source=source) for step in runner.steps.values())


def test_events_of_each_source_by_themselves(warehouse: Warehouse, events: Events) -> None:
    """Nothing else is pending, so that each looks at what its own source tells alone."""
    mailed = mail("m", 0, "x@a.test", "y@b.test")
    rows = [seen("e", 0, "a", "b"), mailed, shop("1", 0), install("i", 0)]
    assert {row.source for row in rows} == set(TABLES)
    process(warehouse, events, seen("first", 0, "c"))
    for row in rows:
        assert process(warehouse, events, row) == {Status.PROCESSED}
        check_converged(warehouse)


def test_sources_share_a_transaction(warehouse: Warehouse, events: Events) -> None:
    rows = (seen("e", 0, "a", "b"), mail("m", 0, "x@a.test", "y@b.test"), shop("1", 0))
    assert process(warehouse, events, *rows) == {Status.PROCESSED}
    assert len(warehouse.engine.execute("select 1 from crm.ledger where kind = 'event'")) == 1
    check_converged(warehouse)


def test_an_event_leaves_alone_what_other_sources_told_under_its_key(
    warehouse: Warehouse, events: Events
) -> None:
    """Dead letters are looked up by the source's own key, which several sources may give."""
    for source in ("manual", "shopify_partner", "gmail"):
        assert process(warehouse, events, Landing(source, "1", "{}", 0)) == {Status.DEAD_LETTERED}
    assert len(warehouse.engine.execute("select 1 from crm.dead_letters")) == 3
    check_converged(warehouse)
