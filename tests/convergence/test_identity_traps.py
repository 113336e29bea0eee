"""Merges, splits and late rows: which ids they leave, and what the journal says of the others.

After each of them the fixture `warehouse` runs once more, and compares with a first build.
"""

from __future__ import annotations

import json

from told import Entry, event_of, ids, key_of, land_and_run, seen
from warehouses import Warehouse


def test_a_chain_that_grows_by_a_link_in_each_run_is_one_person(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("start", -60, "id00"))
    first = key_of(warehouse, "id00")
    for link in range(1, 50):
        row = seen(f"link{link}", link - 60, f"id{link - 1:02}", f"id{link:02}")
        assert land_and_run(warehouse, row) == [
            Entry("accreted", first, None, event_of(warehouse, row.key))
        ]
        assert set(ids(warehouse).values()) == {first}
    assert len(ids(warehouse)) == 50


def test_three_entities_fused_by_two_bridges_leave_the_oldest(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("b", -20, "b"), seen("a", -30, "a"), seen("c", -10, "c"))
    assert len(set(ids(warehouse).values())) == 3
    logged = land_and_run(warehouse, seen("bc", -5, "b", "c"), seen("ab", -4, "c", "a"))
    a, b, c = (key_of(warehouse, value) for value in "abc")
    assert ids(warehouse) == dict.fromkeys("abc", a)
    assert {entry[:3] for entry in logged} == {("merged", b, a), ("merged", c, a)}
    assert len(logged) == 2
    bridges = {event_of(warehouse, key) for key in ("bc", "ab")}
    assert {entry.event_id for entry in logged} <= bridges
    led_to = warehouse.engine.execute(
        "select distinct person_id from crm.resolved_person_identifiers "
        f"where identifier_key in ('{b}', '{c}')"
    )
    assert led_to == [(a,)]


def test_a_bridge_taken_away_parts_what_it_joined(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("a", -30, "a"), seen("b", -20, "b"))
    apart = ids(warehouse)
    land_and_run(warehouse, seen("bridge", -10, "a", "b"))
    assert set(ids(warehouse).values()) == {apart["a"]}
    logged = land_and_run(warehouse, seen("bridge", -5, version=2))
    assert ids(warehouse) == apart
    [entry] = logged
    assert entry[:3] == ("split", apart["b"], apart["a"])
    assert entry.event_id == event_of(warehouse, "bridge")


def test_a_merge_and_the_split_that_undoes_it_leave_all_ids(warehouse: Warehouse) -> None:
    rows = [seen("a", -30, "a1", "a2"), seen("b", -30, "b1", "b2"), seen("c", -20, "c1", "c2")]
    land_and_run(warehouse, *rows, seen("bridge", -9))
    before = ids(warehouse)
    assert len(set(before.values())) == 3
    land_and_run(warehouse, seen("bridge", -8, "a2", "b2", "c1", version=2))
    assert len(set(ids(warehouse).values())) == 1
    land_and_run(warehouse, seen("bridge", -7, version=3))
    assert ids(warehouse) == before


def test_an_identifier_that_an_event_loses_is_nobody_s(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("e", -20, "kept", "lost"))
    logged = land_and_run(warehouse, seen("e", -10, "kept", version=2))
    assert ids(warehouse) == {"kept": key_of(warehouse, "kept")}
    assert logged == []
    [(person, identifiers, events)] = warehouse.engine.execute(
        "select person_id, identifiers, event_count from crm.persons"
    )
    assert person == key_of(warehouse, "kept")
    assert json.loads(identifiers) == {"user_id": ["kept"]}
    assert events == 1


def test_the_oldest_identifier_taken_away_renames(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("e", -30, "old"))
    land_and_run(warehouse, seen("f", -20, "young", "old"))
    old, young = key_of(warehouse, "old"), key_of(warehouse, "young")
    assert set(ids(warehouse).values()) == {old}
    gone = [seen("e", -10, version=2), seen("f", -10, "young", version=2)]
    [entry] = land_and_run(warehouse, *gone)
    assert entry[:3] == ("renamed", old, young)
    assert entry.event_id in {event_of(warehouse, key) for key in "ef"}
    assert ids(warehouse) == {"young": young}


def test_a_late_row_that_makes_an_identifier_the_oldest_renames(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("a", -10, "a"))
    land_and_run(warehouse, seen("ab", -5, "a", "b"))
    a, b = key_of(warehouse, "a"), key_of(warehouse, "b")
    assert set(ids(warehouse).values()) == {a}
    [entry] = land_and_run(warehouse, seen("late", -40, "b"))
    assert entry == ("renamed", a, b, event_of(warehouse, "late"))
    assert ids(warehouse) == {"a": b, "b": b}
